#!/usr/bin/env python3
"""What must be in Salesdock after the sample migration, worked out without dockhand.

    legacy_crm.py                                   print the expected fates and counts
    legacy_crm.py --state http://127.0.0.1:8089     compare the emulator's state (or a file with that JSON)
    legacy_crm.py --fates run.json                  compare the output of `dockhand run --format json`
    legacy_crm.py --fates again.json --rerun        the same for a second run, in which nothing is left to do
    legacy_crm.py --prices samples/price-list/prijslijst.csv --state …    … after that price list as well

Standard library only. It shares no code with dockhand and does not read the pipeline files: it reads the samples by
itself and says in plain Python what the pipelines of `pipelines/legacy-crm` and `pipelines/price-list` mean, so that a
mistake in one is not repeated in the other. Exits 1 on any difference, after naming it.
"""

import argparse
import json
import sys
import urllib.request
from pathlib import Path

from comparison import compare_fates, compare_state
from expectation import FATES, apply_price_lists, expect

ROOT = Path(__file__).resolve().parents[2]


def load(source, path=""):
    """JSON from a file, or from a server (whose root means `path`)."""
    if source.startswith(("http://", "https://")):
        address = source if "/_" in source else source.rstrip("/") + path
        with urllib.request.urlopen(address, timeout=30) as answer:
            return json.load(answer)
    return json.loads(Path(source).read_text(encoding="utf-8"))


def print_fates(expected, verbose):
    shown = [fate for fate in FATES if any(outcome.fates[fate] for outcome in expected.values())]
    print("| pipeline | read | " + " | ".join(shown) + " |")
    print("| --- |" + " ---: |" * (len(shown) + 1))
    for name, outcome in expected.items():
        assert sum(outcome.fates.values()) == outcome.read
        print(f"| {name} | {outcome.read} | " + " | ".join(str(outcome.fates[fate]) for fate in shown) + " |")
    for name, outcome in expected.items() if verbose else ():
        for fate, row, reason in outcome.reasons:
            print(f"{name} row {row}: {fate}, {reason}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=Path, default=ROOT / "samples" / "legacy-crm", help="folder with the data")
    parser.add_argument("--state", help="address of the emulator, or a file with its state")
    parser.add_argument("--fates", help="file with the output of `dockhand run --format json`")
    parser.add_argument("--rerun", action="store_true", help="the fates are those of a second run over the same data")
    parser.add_argument("--prices", type=Path, action="append", default=[], help="a price list that was run afterwards")
    parser.add_argument("--verbose", action="store_true", help="with the expected fates: every row that is not loaded")
    options = parser.parse_args()

    expected = expect(options.samples)
    prices = apply_price_lists(options.prices, expected["products"]) if options.prices else None
    fates_of = {"prices": prices} if prices else expected
    if not options.state and not options.fates:
        print_fates(expected | ({"prices": prices} if prices else {}), options.verbose)
        return 0
    differences = []
    if options.fates:
        differences += compare_fates(load(options.fates), fates_of, options.rerun)
    if options.state:
        differences += compare_state(load(options.state, "/_emulator/state"), expected)
    for line in differences:
        print(line)
    if differences:
        print(f"{len(differences)} differences", file=sys.stderr)
        return 1
    if options.state:
        counts = [f"{len(expected[name].records)} {name}" for name in ("suppliers", "products", "customers", "offers")]
        print(f"{', '.join(counts)} as expected; outbox empty")
    if options.fates:
        print(f"the fates of {', '.join(fates_of)} as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
