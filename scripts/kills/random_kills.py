#!/usr/bin/env python3
"""Thousands of creates, and a run that is killed (SIGKILL) again and again while answers and requests are lost.

    random_kills.py --binary .build/release/dockhand                 10,000 creates, 200 kills
    random_kills.py --binary … --creates 300 --kills 8 --seed 7      shorter, and the same again

Moments are counted in requests that the emulator has seen, so they do not depend on the machine's speed. The pipeline
has no `match`: nothing but the ledger keeps a record single. At the end every customer must be there exactly once, with
the values of the file, and a further run must write nothing. After each kill at most `concurrency` tries may stand in
the ledger whose outcome the killed run has not noted: those are what the next run must look up on its account. Tries whose
answer was lost before the kill are looked up as well; the faults are to blame for those, and they are counted apart.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from harness import ROOT, Emulator, Project, Trouble

sys.path.insert(0, str(ROOT / "scripts" / "expected"))
from comparison import Comparison  # noqa: E402

CONCURRENCY = 8
# Most kills that find no request under way, in percent; more would mean that they come at harmless moments.
IDLE_MAX = 50
FAULTS = [
    {"method": "POST", "action": "drop_after", "probability": 0.005},
    {"method": "POST", "action": "drop_before", "probability": 0.005},
    {"method": "POST", "action": "error_before", "status": 500, "probability": 0.005},
    {"method": "POST", "action": "error_after", "status": 500, "probability": 0.005},
    {"method": "POST", "action": "delay", "seconds": 1.5, "probability": 0.002},
]
PIPELINE = """\
pipeline: customers
key: nr
source:
  csv: { path: customers.csv, delimiter: ";" }
transforms:
  - map:
      visibility: { const: account }
      business:   { const: "0" }
      firstname:  voornaam
      lastname:   naam
      email:      mail
      phone:      telefoon
      postcode:   postcode
      city:       plaats
      cf_origin:  nr
sink:
  salesdock.customers: {}
"""


def customers(count, rng):
    """Customers of which no two share an e-mail address; many share a name, a phone number or a postcode."""
    for number in range(1, count + 1):
        yield {
            "cf_origin": f"K{number:06}", "firstname": rng.choice(["Sanne", "Pieter", "Noor", "Daan"]),
            "lastname": rng.choice(["Jansen", "de Vries", "Bakker", "Visser"]), "email": f"klant{number}@post.example",
            "phone": f"06{rng.randrange(count):08}", "postcode": f"{rng.randrange(1000, 1100)} AB",
            "city": rng.choice(["Delft", "Utrecht", "Zwolle"]),
        }


def write_source(folder, people):
    columns = ["cf_origin", "firstname", "lastname", "email", "phone", "postcode", "city"]
    lines = ["nr;voornaam;naam;mail;telefoon;postcode;plaats"]
    lines += [";".join(person[name] for name in columns) for person in people]
    (folder / "customers.csv").write_text("\n".join(lines) + "\n")
    (folder / "customers.yaml").write_text(PIPELINE)


def differences(state, people):
    """Every customer that is missing, there twice, or other than the file says."""
    check = Comparison()
    expected = {person["cf_origin"]: person for person in people}
    for name, wanted, found in check.pair("customer", expected, state["relations"], lambda record: record["cf_origin"]):
        check.fields(f"customer {name}", wanted, found)
    return check.differences


def find(_pipeline, key, state):
    ids = [record["id"] for record in state["relations"] if record["cf_origin"] == key]
    if len(ids) > 1:
        raise Trouble(f"{key} is there {len(ids)} times")
    return ids[0] if ids else None


class Kills:
    """The kills of one suite, and what they left behind."""

    def __init__(self, project, emulator, rng, options):
        self.project, self.emulator, self.rng, self.options = project, emulator, rng, options
        self.begun = time.monotonic()
        self.left, self.unknown_max = [], 0

    def kill_all(self):
        while len(self.left) < self.options.kills:
            to_go = self.options.creates - self.emulator.count("commits")
            if to_go <= 0:
                raise Trouble(f"all was created after {len(self.left)} kills; give more creates")
            average = to_go // (self.options.kills - len(self.left))
            # Not so far that the run could be through before.
            self.kill(max(1, min(2 * average, to_go * 3 // 4)))

    def kill(self, requests_max):
        """Kills a run some writes on, or, one time in eight, some requests of any kind: while it looks things up."""
        count = "total" if self.rng.randrange(8) == 0 else "writes"
        target = self.emulator.count(count) + self.rng.randint(1, requests_max)
        running = self.project.start()
        self.emulator.wait(count, target, running)
        running.send_signal(signal.SIGKILL)
        if running.wait() != -signal.SIGKILL:
            raise Trouble(f"a run ended with {running.returncode} before it was killed: {self.project.errors()}")
        self.note(self.project.open_attempts())

    def note(self, attempts):
        left = sum(1 for state, run, latest in attempts if state == "intent" and run == latest)
        if left > CONCURRENCY:
            raise Trouble(f"a kill left {left} tries without an outcome, more than {CONCURRENCY}")
        self.left.append(left)
        self.unknown_max = max(self.unknown_max, len(attempts))
        if len(self.left) % self.options.progress == 0:
            print(f"{time.monotonic() - self.begun:6.0f} s  {len(self.left)} kills, "
                  f"{self.emulator.count('commits')} created", flush=True)

    def check(self):
        """What the suite would be worth nothing without: that it was killed so often, with requests under way."""
        idle = self.left.count(0)
        if len(self.left) != self.options.kills or 100 * idle > IDLE_MAX * len(self.left):
            raise Trouble(f"of {self.options.kills} kills {len(self.left)} were made, {idle} with nothing under way")

    def summary(self):
        """What was killed, and what the runs after that had to find out."""
        found, again = self.project.ask_ledger(
            "SELECT COUNT(*) FILTER (WHERE state = 'applied' AND note LIKE '%found by a look-up%'),"
            " COUNT(*) FILTER (WHERE resends IS NOT NULL) FROM attempt")[0]
        return (f"{len(self.left)} kills, {sum(1 for left in self.left if left)} with requests under way; "
                f"to look up by a kill: {sum(self.left) / len(self.left):.1f} on average, {max(self.left)} at most, of "
                f"{CONCURRENCY} allowed, {sum(self.left)} in all; with lost answers of before: {self.unknown_max} at most; "
                f"found by a look-up: {found}, sent again: {again}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build" / "release" / "dockhand")
    parser.add_argument("--creates", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000_000))
    parser.add_argument("--progress", type=int, default=20, help="kills between two lines of progress")
    options = parser.parse_args()
    print(f"seed {options.seed}: {options.creates} creates, {options.kills} kills", flush=True)
    rng = random.Random(options.seed)
    binary = str(options.binary.resolve())
    with tempfile.TemporaryDirectory(prefix="dockhand-kills-") as name:
        folder = Path(name)
        people = list(customers(options.creates, rng))
        write_source(folder, people)
        with Emulator(binary, folder, "--seed", str(options.seed)) as emulator:
            emulator.post("faults", {"rules": FAULTS, "seed": options.seed})
            project = Project(
                binary, emulator, folder, folder / "customers.yaml",
                ["--set", f"salesdock.concurrency={CONCURRENCY}"])
            kills = Kills(project, emulator, rng, options)
            kills.kill_all()
            runs, decided = project.run_to_the_end(find)
            found = differences(emulator.get("state"), people)
            if found:
                raise Trouble("\n".join(found[:20] + [f"{len(found)} differences"]))
            writes = emulator.count("writes")
            if project.run() != 0 or emulator.count("writes") != writes:
                raise Trouble(f"a further run wrote something: {project.errors()}")
            kills.check()
            print(f"{time.monotonic() - kills.begun:6.0f} s  done: {len(people)} customers, each once; {runs} runs to the "
                  f"end, {writes} writes, decided by a person: {decided}; {kills.summary()}")


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"random_kills: {trouble}")
