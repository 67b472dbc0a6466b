"""What both kill suites need: an emulator, a project of its own for each story, and a look into the ledger.

Standard library only; it shares no code with dockhand.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "tok-kills-5e1f"
# Short waits, so that a lost answer costs seconds.
TIMES = {"timeout": "1s", "settle": "2s"}


class Trouble(Exception):
    """Something that must not happen has happened."""


def environment(state, **more):
    """What dockhand sees; nothing of the caller's own variables but PATH."""
    own = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(state), "DOCKHAND_STATE_DIR": str(state)}
    return own | more


class Emulator:
    """`dockhand emulator` on a free port, killed at the end of a `with`."""

    def __init__(self, binary, folder, *options):
        self.process = subprocess.Popen(
            [binary, "emulator", "--port", "0", "--token", f"{TOKEN}=admin", "--limit", "1000000", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(folder))
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise Trouble(f"the emulator does not listen: {line!r}")
        self.url = line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def get(self, path):
        with urllib.request.urlopen(f"{self.url}/_emulator/{path}", timeout=60) as answer:
            return json.load(answer)

    def post(self, path, body):
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def count(self, name):
        """A count of requests: `writes`, `commits`, `total`."""
        return self.get("requests")[name]

    def wait(self, name, target, running):
        """Waits until a count of requests is reached or the process has ended; the emulator answers when it may be."""
        counts = self.get("requests")
        while counts[name] < target and running.poll() is None:
            counts = self.get(f"requests?after={counts['total'] + target - counts[name] - 1}")


class Project:
    """A ledger and a state directory of their own, over pipelines that lie anywhere."""

    def __init__(self, binary, emulator, folder, pipelines, options=(), times=TIMES):
        self.binary, self.emulator, self.folder, self.pipelines = binary, emulator, Path(folder), str(pipelines)
        self.ledger = self.folder / "ledger.sqlite"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.options = list(options)
        for name, value in times.items():
            self.options += ["--set", f"salesdock.{name}={value}"]

    def environment(self, **more):
        return environment(
            self.folder / "state", SALESDOCK_DOMAIN="demo", SALESDOCK_TOKEN=TOKEN,
            SALESDOCK_BASE_URL=self.emulator.url, **more)

    def start(self, *arguments, **variables):
        """`run`, under way; what it prints goes into files."""
        with open(self.folder / "run.out", "w") as out, open(self.folder / "run.err", "w") as errors:
            return subprocess.Popen(
                [self.binary, "run", self.pipelines, "--ledger", str(self.ledger), "--format", "json", "--quiet",
                 *self.options, *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=self.environment(**variables))

    def run(self, *arguments, **variables):
        """`run`, to its end: the exit code."""
        return self.start(*arguments, **variables).wait()

    def errors(self):
        return (self.folder / "run.err").read_text()

    def dockhand(self, *arguments):
        """Another verb, which must succeed; what it prints."""
        done = subprocess.run(
            [self.binary, *arguments], capture_output=True, text=True, check=False, env=self.environment())
        if done.returncode != 0:
            raise Trouble(f"dockhand {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def status(self):
        return json.loads(
            self.dockhand("status", "--ledger", str(self.ledger), "--format", "json"))["pipelines"]

    def ask_ledger(self, query):
        """What a query finds in a copy: the ledger stays as the kill left it."""
        copy = self.folder / "copy.sqlite"
        for suffix in ("", "-wal"):
            source = Path(f"{self.ledger}{suffix}")
            if source.exists():
                shutil.copyfile(source, f"{copy}{suffix}")
            else:
                Path(f"{copy}{suffix}").unlink(missing_ok=True)
        Path(f"{copy}-shm").unlink(missing_ok=True)
        if not copy.exists():
            return []
        with closing(sqlite3.connect(copy)) as connection:
            try:
                return connection.execute(query).fetchall()
            except sqlite3.OperationalError as problem:
                # Killed before the tables were made.
                if "no such table" in str(problem):
                    return []
                raise

    def open_attempts(self):
        """Tries without a known outcome, as (state, run, latest run)."""
        return self.ask_ledger(
            "SELECT state, run_id, (SELECT MAX(id) FROM run) FROM attempt"
            " WHERE state IN ('intent', 'unknown', 'in_doubt')")

    def cut_power(self, synced):
        """Leaves of the ledger what lay on the disk when each of its files was synced last; nothing else was written."""
        for suffix in ("", "-wal", "-shm"):
            file, kept = Path(f"{self.ledger}{suffix}"), Path(synced) / f"{self.ledger.name}{suffix}"
            file.unlink(missing_ok=True)
            if kept.exists():
                shutil.copyfile(kept, file)

    def decide(self, find):
        """A person's look at every record in doubt: `find(pipeline, key, state)` says its id or `None`. How many."""
        state, count = self.emulator.get("state?contents=omit"), 0
        for pipeline in self.status():
            for doubt in pipeline["in_doubt"]:
                found = find(pipeline["pipeline"], doubt["key"], state)
                self.dockhand("resolve", doubt["key"], "--as", str(found or "absent"), "--pipeline",
                              pipeline["pipeline"], "--ledger", str(self.ledger))
                count += 1
        return count

    def run_to_the_end(self, find, rounds=20):
        """Runs until nothing is left to do, with a person's decisions: how many runs and decisions it took."""
        decided = 0
        for count in range(1, rounds + 1):
            code = self.run()
            if code not in (0, 1, 3):
                raise Trouble(f"a run ended with {code}: {self.errors()}")
            decided += self.decide(find)
            if code != 3 and not self.open_attempts() and code == self.run():
                return count, decided
        raise Trouble(f"not done after {rounds} runs: {self.status()}")
