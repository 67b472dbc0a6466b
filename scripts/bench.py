"""Runs dockhand and plain Python on the same file in turn, compares their answers, and prints medians."""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROUNDS = 5


def measured(command: list[str], environment: dict[str, str]) -> tuple[str, float, float]:
    """Standard output, wall seconds and peak MiB of one process."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{command[0]} failed")
    return output, wall, usage.ru_maxrss / 1024


def fates(output: str) -> dict[str, int]:
    answer = json.loads(output)
    counts = answer.get("fates", answer)
    return {"read": answer["read"]} | {name: counts[name] for name in ("rejected", "duplicate", "valid")}


def main() -> None:
    work, binary = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
    source = work / "customers.csv"
    environment = os.environ | {"BENCH_FILE": str(source), "DOCKHAND_STATE_DIR": str(work / "state")}
    commands = {
        "dockhand": [binary, "validate", "Benchmarks/customers.yaml", "--format", "json", "--quiet", "--report", str(work / "report")],
        "plain Python": [sys.executable, "Benchmarks/plain.py", str(source), str(work / "rejects.ndjson")],
    }
    answers = {name: fates(measured(command, environment)[0]) for name, command in commands.items()}
    print(f"{source.stat().st_size / 1e6:.0f} MB, {answers['dockhand']}")
    if len({json.dumps(answer, sort_keys=True) for answer in answers.values()}) != 1:
        sys.exit(f"the answers differ: {answers}")
    walls: dict[str, list[float]] = {name: [] for name in commands}
    peaks: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            _, wall, peak = measured(command, environment)
            walls[name].append(wall)
            peaks[name].append(peak)
    for name in commands:
        print(f"{name:14} {statistics.median(walls[name]):6.2f} s   {statistics.median(peaks[name]):6.0f} MiB")
    ratios = [plain / own for plain, own in zip(walls["plain Python"], walls["dockhand"])]
    print(f"plain Python takes {statistics.median(ratios):.1f} times as long (median of {ROUNDS} pairs)")


main()
