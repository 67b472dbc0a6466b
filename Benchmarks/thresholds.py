"""Counts the instructions of a dry run for each format and compares them with thresholds.json.

thresholds.py BINARY [--accept]: with --accept, the counts become the new thresholds.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import generate

HERE = pathlib.Path(__file__).parent
THRESHOLDS = HERE / "thresholds.json"
FORMS = ["csv", "csv.gz", "ndjson", "xml"]
# Enough that the start of the process is a small part.
ROWS = 20_000
TOLERANCE = 0.03


def count(binary: pathlib.Path, form: str, source: pathlib.Path, work: pathlib.Path) -> int:
    kind = form.removesuffix(".gz")
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={work}/callgrind.out", str(binary), "validate"]
    # Beside the pipeline go the files that it makes.
    shutil.copy(HERE / "pipelines" / f"{kind}.yaml", work / "pipeline.yaml")
    command += [str(work / "pipeline.yaml"), "--set", f"source.{kind}.path={source}"]
    command += ["--accepted", "--format", "json", "--quiet"]
    environment = os.environ | {
        "DOCKHAND_STATE_DIR": str(work / "state"),
        "LD_PRELOAD": str(work / "sigsuspend.so"),
        "SWIFT_DETERMINISTIC_HASHING": "1",
    }
    # One processor, so that the order of the work is the same every time.
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )  # fmt: skip
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode not in (0, 1) or not found:
        sys.exit(f"error: counting {form} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return int(found[1])


def main() -> None:
    accepts = sys.argv[2:] == ["--accept"]
    known = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    counts, worse = {}, []
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        # Valgrind can't read this much debug information.
        subprocess.run(["strip", "-o", work / "dockhand", sys.argv[1]], check=True)
        subprocess.run(
            ["clang", "-shared", "-fPIC", "-O1", HERE / "sigsuspend.c", "-o", work / "sigsuspend.so"], check=True
        )
        generate.generate(ROWS, work, FORMS)
        for form in FORMS:
            counts[form] = round(count(work / "dockhand", form, generate.path_of(work, ROWS, form), work) / ROWS)
            before = known.get(form)
            change = "" if before is None else f"  {100 * (counts[form] / before - 1):+.2f} % of {before}"
            print(f"{form:8} {counts[form]:8} instructions a row{change}", flush=True)
            if before is None or counts[form] > before * (1 + TOLERANCE):
                worse.append(form)
    if accepts:
        THRESHOLDS.write_text(json.dumps(counts, indent=2) + "\n")
    elif worse:
        print(f"more than {TOLERANCE:.0%} above thresholds.json, or not in it: {', '.join(worse)}", file=sys.stderr)
        print("if it is meant, run `make thresholds-accept` and commit thresholds.json with the reason", file=sys.stderr)
        sys.exit(1)
    elif any(counts[form] < known[form] * (1 - TOLERANCE) for form in FORMS):
        print("faster than thresholds.json: run `make thresholds-accept`, so that it stays so")


main()
