"""What a tool made of the data, in a form in which every tool's can be compared: accepted rows in order, rejects, counts."""

import csv
import dataclasses
import hashlib
import json
import pathlib
import re
from collections.abc import Iterator

try:
    import orjson

    loads = orjson.loads
except ImportError:
    loads = json.loads

TARGETS = (
    "visibility business firstname lastname company_name company_coc company_vat email phone postcode housenumber suffix "
    "streetname city birthdate"
).split()

# dockhand's codes by field, in the words of the job.
CODES = {
    ("lastname", "salesdock.required"): "required",
    ("company_name", "salesdock.required"): "required",
    ("email", "required"): "format",
    ("email", "email"): "format",
    ("postcode", "required"): "format",
    ("postcode", "pattern"): "format",
    ("birthdate", "salesdock.date"): "date",
}
XML_NOTE = re.compile(r'<!-- _row="(\d+)" _line="\d+" _field="(.*?)" _code="(.*?)" _message="')


@dataclasses.dataclass(frozen=True)
class Answer:
    read: int
    accepted: int
    duplicates: int
    # Of the accepted rows in their order; which of several equal rows was kept shows here.
    accepted_digest: str
    rejects: dict[str, int]
    # Of row, field and code of every problem but repeated addresses.
    rejects_digest: str


def differences(one: Answer, other: Answer) -> list[str]:
    return [
        f"{field.name}: {getattr(one, field.name)} is not {getattr(other, field.name)}"
        for field in dataclasses.fields(Answer)
        if getattr(one, field.name) != getattr(other, field.name)
    ]


def of_peer(folder: pathlib.Path) -> Answer:
    summary = json.loads((folder / "summary.json").read_text())
    with open(folder / "rejects.ndjson", "rb") as lines:
        problems = [(line["row"], line["field"], line["code"]) for line in map(loads, lines)]
    kept = [problem for problem in problems if problem[2] != "duplicate"]
    answer = make(summary["read"], len(problems) - len(kept), folder / "accepted.ndjson", kept)
    if summary["accepted"] != answer.accepted:
        raise ValueError(f"{folder} counts {summary['accepted']} accepted rows and holds {answer.accepted}")
    return answer


def of_dockhand(outcome: dict) -> Answer:
    problems = []
    for row, fields, codes in notes(pathlib.Path(outcome["rejects"])) if outcome["rejects"] else []:
        for field, code in zip(fields.split(" | "), codes.split(" | "), strict=True):
            problems.append((int(row), field, CODES.get((field, code), code)))
    fates = outcome["fates"]
    answer = make(outcome["read"], fates["duplicate"], pathlib.Path(outcome["accepted"]), problems)
    if fates["valid"] != answer.accepted or fates["rejected"] != len({row for row, _, _ in problems}):
        raise ValueError(f"the fates {fates} are not what the files hold")
    return answer


def notes(path: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    """Row, fields and codes of each record of a rejects file, in whichever format the source had."""
    if path.suffix == ".csv":
        # What is compared is ASCII, whatever the source was written in.
        with open(path, encoding="latin-1", newline="") as lines:
            for record in csv.DictReader(lines, delimiter=";"):
                yield record["_row"], record["_field"], record["_code"]
    elif path.suffix == ".ndjson":
        with open(path, "rb") as lines:
            for record in map(loads, lines):
                yield record["_row"], record["_field"], record["_code"]
    else:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if note := XML_NOTE.match(line):
                    yield note[1], note[2], note[3]


def make(read: int, duplicates: int, accepted: pathlib.Path, problems: list[tuple[int, str, str]]) -> Answer:
    digest, count = hashlib.md5(usedforsecurity=False), 0
    with open(accepted, "rb") as lines:
        for line in lines:
            record = loads(line)
            # No value, an empty one and an absent field are the same to the job.
            digest.update(repr([record.get(name) or None for name in TARGETS]).encode())
            count += 1
    kinds: dict[str, int] = {}
    for _, field, code in problems:
        kinds[f"{field}/{code}"] = kinds.get(f"{field}/{code}", 0) + 1
    problems_digest = hashlib.md5(repr(sorted(problems)).encode(), usedforsecurity=False)
    return Answer(read, count, duplicates, digest.hexdigest(), dict(sorted(kinds.items())), problems_digest.hexdigest())
