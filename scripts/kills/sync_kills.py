#!/usr/bin/env python3
"""A small migration that is killed at every point where it makes something durable (fsync, fdatasync), one by one.

    sync_kills.py --binary .build/release/dockhand             every point, before and after
    sync_kills.py --binary … --sample 6 --seed 7               six of them, and the same again

A library that is loaded before the C library kills the process before or after its Nth such call. Before it, the power
is cut as well: the ledger loses whatever was not synced, so that a sync that is missing shows. Each time the migration
begins anew: an empty emulator, no ledger, a run that is killed, and another to the end. Then Salesdock must hold what
`scripts/expected` works out, and a further run must write nothing. The migration is a part of the samples with their own
pipelines: suppliers, products in two steps, customers without `match`, and offers that refer to them.
"""

import argparse
import gzip
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import ROOT, Emulator, Project, Trouble

sys.path.insert(0, str(ROOT / "scripts" / "expected"))
from comparison import compare_state  # noqa: E402
from expectation import expect  # noqa: E402

SAMPLES = ROOT / "samples" / "legacy-crm"
# Shorter still than elsewhere: nothing but a kill keeps an answer from coming.
TIMES = {"timeout": "5s", "settle": "300ms"}
# A migration makes about a hundred syncs; fewer kills than half of that would show nothing.
POINTS_MIN = 50
CUSTOMERS, PRODUCTS, OFFERS = 9, 6, 6


def make_project(folder):
    """A part of the samples, where the pipelines look for them."""
    pipelines, samples = folder / "pipelines" / "legacy-crm", folder / "samples" / "legacy-crm"
    samples.mkdir(parents=True)
    shutil.copytree(ROOT / "pipelines" / "legacy-crm", pipelines)
    customers = pipelines / "customers.yaml"
    text = customers.read_text()
    assert "{ match: [email], existing: update }" in text
    customers.write_text(text.replace("{ match: [email], existing: update }", "{}"))
    shutil.copyfile(SAMPLES / "leveranciers.csv", samples / "leveranciers.csv")
    (samples / "contracten").symlink_to(SAMPLES / "contracten")
    lines = (SAMPLES / "klanten.csv").read_bytes().splitlines(keepends=True)[:CUSTOMERS + 1]
    (samples / "klanten.csv").write_bytes(b"".join(lines))
    keys = {line.split(b";")[0].decode() for line in lines}
    catalogue = (SAMPLES / "producten.xml").read_text(encoding="utf-8")
    products = list(re.finditer(r"<product[ >].*?</product>\s*", catalogue, re.DOTALL))
    (samples / "producten.xml").write_text(
        catalogue[:products[PRODUCTS].start()] + catalogue[products[-1].end():], encoding="utf-8")
    with gzip.open(SAMPLES / "offertes.ndjson.gz", "rt", encoding="utf-8") as file:
        offers = [line for line in file if line.startswith("{") and is_wanted(line, keys)][:OFFERS]
    with gzip.open(samples / "offertes.ndjson.gz", "wt", encoding="utf-8") as file:
        file.writelines(offers)
    return pipelines, samples


def is_wanted(line, customers):
    try:
        return json.loads(line)["klantnummer"] in customers
    except ValueError:
        return False


def find(pipeline, key, state):
    """What a person finds in Salesdock of a record of the old system."""
    kind, field, value = {
        "suppliers": ("suppliers", "identifier", key.lower()), "products": ("products", "identifier", key.lower()),
        "customers": ("relations", "cf_origin", f"legacy {key}"), "offers": ("sales", "external_reference", key),
    }[pipeline]
    ids = [record["id"] for record in state[kind] if record.get(field) == value]
    if len(ids) > 1:
        raise Trouble(f"{pipeline} {key} is there {len(ids)} times")
    return ids[0] if ids else None


class Worker:
    """One emulator, and one story after the other in it."""

    def __init__(self, binary, library, folder, pipelines, samples):
        self.binary, self.library, self.folder, self.pipelines = binary, library, folder, pipelines
        self.expected = expect(samples)
        self.emulator = Emulator(binary, folder, "--search-lag", "0.1")
        self.stories = 0

    def story(self, number, when):
        """Kills a fresh migration at its Nth sync and brings it to its end; false when it ends by itself before that."""
        self.emulator.post("reset", {})
        self.stories += 1
        place = self.folder / f"story-{self.stories}"
        project = Project(
            self.binary, self.emulator, place, self.pipelines, ["--max-errors", "100%"], TIMES)
        synced = place / "synced"
        synced.mkdir()
        code = project.run(
            LD_PRELOAD=self.library, KILL_AT_SYNC=str(number), KILL_WHEN=when, KEEP_SYNCED=str(synced))
        is_killed = code == -signal.SIGKILL
        if not is_killed and code not in (0, 1):
            raise Trouble(f"sync {number}, {when}: the run ended with {code}: {project.errors()}")
        if is_killed and when == "before":
            project.cut_power(synced)
        left = len(project.open_attempts())
        decided = project.run_to_the_end(find)[1] if is_killed else 0
        found = compare_state(self.emulator.get("state"), self.expected)
        if found:
            raise Trouble("\n".join([f"sync {number}, {when}:"] + found))
        writes = self.emulator.count("writes")
        if project.run() not in (0, 1) or self.emulator.count("writes") != writes:
            raise Trouble(f"sync {number}, {when}: a further run wrote something: {project.errors()}")
        shutil.rmtree(place)
        return is_killed, left, decided


def build_library(folder):
    library = folder / "kill_at_sync.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", str(library), str(Path(__file__).parent / "kill_at_sync.c"),
         "-ldl"], check=True)
    return str(library)


class Suite:
    """Stories over several workers."""

    def __init__(self, workers):
        self.workers, self.results, self.begun = workers, [], time.monotonic()

    def tell(self, numbers):
        """The stories of these calls, before and after, shared by the workers."""
        stories = [(number, when) for number in numbers for when in ("before", "after")]
        shares = [stories[place::len(self.workers)] for place in range(len(self.workers))]

        def work(pair):
            worker, share = pair
            return [(number, when, *worker.story(number, when)) for number, when in share]

        with ThreadPoolExecutor(len(self.workers)) as pool:
            results = [result for part in pool.map(work, zip(self.workers, shares)) for result in part]
        self.results += results
        return any(is_killed for _, _, is_killed, _, _ in results)

    def points(self):
        """At how many syncs something was killed."""
        return len({number for number, _, is_killed, _, _ in self.results if is_killed})

    def summary(self):
        killed = [result for result in self.results if result[2]]
        lefts = [left for *_, left, _ in killed]
        return (f"{time.monotonic() - self.begun:6.0f} s  done: killed {len(killed)} times at {self.points()} points, "
                f"{sum(1 for left in lefts if left)} times with tries to look up, {max(lefts, default=0)} at most; "
                f"decided by a person: {sum(decided for *_, decided in killed)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build" / "release" / "dockhand")
    parser.add_argument("--sample", type=int, help="so many points instead of all")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000_000), help="of the sample")
    parser.add_argument("--points", type=int, default=100, help="among so many the sample is taken")
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    binary = str(options.binary.resolve())
    with tempfile.TemporaryDirectory(prefix="dockhand-kills-") as name:
        folder = Path(name)
        pipelines, samples = make_project(folder)
        library = build_library(folder)
        workers = []
        try:
            for number in range(options.workers):
                workers.append(Worker(binary, library, folder / f"worker-{number}", pipelines, samples))
            suite = Suite(workers)
            if options.sample:
                points = sorted(random.Random(options.seed).sample(range(1, options.points + 1), options.sample))
                print(f"seed {options.seed}: syncs {points}", flush=True)
                suite.tell(points)
            else:
                first, step = 1, 5 * options.workers
                while suite.tell(range(first, first + step)):
                    first += step
                    print(f"{time.monotonic() - suite.begun:6.0f} s  {first - 1} syncs", flush=True)
            print(suite.summary())
            if suite.points() < (1 if options.sample else POINTS_MIN):
                raise Trouble("hardly anything was killed: the library does not see the syncs, or there are none")
        finally:
            for worker in workers:
                worker.emulator.__exit__()


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"sync_kills: {trouble}")
