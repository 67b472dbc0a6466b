#!/usr/bin/env python3
"""Plants errors of 29 kinds in a file of customers, and says whether a validation report names each where it stands.

    dirty_customers.py make FOLDER --rows 50000 --errors 1000 [--seed 1] [--no-key]
    dirty_customers.py check FOLDER REPORT

`make` writes customers.csv, customers.yaml and planted.json; `check` holds problems.csv, report.json and rejects.csv of
`dockhand validate --report` against planted.json. It shares no code with dockhand.
"""

import argparse
import csv
import io
import json
import os
import random
import sys

COLUMNS = ["nr", "type", "naam", "bedrijf", "mail", "postcode", "geboren", "sinds", "bedrag", "aantal", "soort", "opmerking"]

PIPELINE = """\
pipeline: customers
{key}source:
  csv: {{ path: customers.csv, delimiter: ";" }}
transforms:
  - map:
      visibility:   {{ const: account }}
      business:     {{ from: type, values: {{ P: "0", Z: "1" }} }}
      lastname:     naam
      company_name: bedrijf
      email:        mail
      postcode:     {{ from: postcode, apply: [uppercase, remove_spaces] }}
      birthdate:    {{ from: geboren, date: {{ from: yyyy-MM-dd, to: dd-MM-yyyy }} }}
      cf_since:     sinds
      cf_amount:    {{ from: bedrag, number: {{ decimal: "," }} }}
      cf_count:     aantal
      cf_kind:      soort
      cf_remark:    opmerking
  - validate:
      email:     [required, email]
      postcode:  {{ pattern: '^[1-9][0-9]{{3}}[A-Z]{{2}}$' }}
      birthdate: {{ after: "1900-01-01", before: "2020-12-31" }}
      cf_since:  {{ after: "1990-01-01", before: "2026-01-01" }}
      cf_amount: {{ min: 0, max: 1000000 }}
      cf_count:  [required, {{ min: 1, max: 99 }}]
      cf_kind:   {{ one_of: [gas, stroom, beide] }}
      cf_remark: {{ min_length: 3, max_length: 40 }}
      lastname:  {{ max_length: 30 }}
sink:
  {sink}
"""


def good(row, rng):
    """A row without a fault. Its values never span lines, so that its line is known."""
    company = row % 5 == 0
    return [
        f"K{row}", "Z" if company else "P", rng.choice(["Jansen", "de Vries", "Bakker", "Özdemir"]),
        f"Bedrijf {row} B.V." if company else "", f"klant{row}@post.example",
        f"{rng.randint(1000, 9999)} {rng.choice(['AB', 'xy'])}",
        f"{rng.randint(1930, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        f"{rng.randint(1995, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        f"{rng.randint(0, 9999)},{rng.randint(0, 99):02}", str(rng.randint(1, 99)),
        rng.choice(["gas", "stroom", "beide"]), rng.choice(["geen", "belt terug; avond", "zei \"ja\""]),
    ]


def put(index, value):
    return lambda fields, rng, row: fields.__setitem__(index, value(rng, row) if callable(value) else value)


def consumer(change):
    """Makes the row a consumer first, since what is mandatory depends on it."""
    def edit(fields, rng, row):
        fields[1], fields[3] = "P", ""
        change(fields, rng, row)
    return edit


def company(change):
    def edit(fields, rng, row):
        fields[1], fields[3] = "Z", "Bedrijf B.V."
        change(fields, rng, row)
    return edit


# Name, code, field as the report names it, column, and what is done to the fields.
KINDS = [
    ("mail empty", "required", "email", "mail", put(4, "")),
    ("mail without at", "email", "email", "mail", put(4, lambda rng, row: f"geen{row}")),
    ("mail with a blank", "email", "email", "mail", put(4, "a b@post.example")),
    ("postcode too short", "pattern", "postcode", "postcode", put(5, "123 AB")),
    ("postcode begins with 0", "pattern", "postcode", "postcode", put(5, "0234 AB")),
    ("no such day", "date.invalid", "birthdate", "geboren", put(6, "1999-02-30")),
    ("another form of date", "date.invalid", "birthdate", "geboren", put(6, "31-12-1999")),
    ("born too early", "date", "birthdate", "geboren", put(6, "1899-12-31")),
    ("born too late", "date", "birthdate", "geboren", put(6, "2021-01-01")),
    ("since no date", "date", "cf_since", "sinds", put(7, "gisteren")),
    ("since too early", "date", "cf_since", "sinds", put(7, "1989-12-31")),
    ("amount no number", "number.invalid", "cf_amount", "bedrag", put(8, "veel")),
    ("amount with a point", "number.invalid", "cf_amount", "bedrag", put(8, "12.34")),
    ("amount below zero", "number", "cf_amount", "bedrag", put(8, "-0,01")),
    ("amount too high", "number", "cf_amount", "bedrag", put(8, "1000000,01")),
    ("count empty", "required", "cf_count", "aantal", put(9, "")),
    ("count too high", "number", "cf_count", "aantal", put(9, "100")),
    ("count no number", "number", "cf_count", "aantal", put(9, "drie")),
    ("kind unknown", "one_of", "cf_kind", "soort", put(10, "water")),
    ("kind in capitals", "one_of", "cf_kind", "soort", put(10, "GAS")),
    ("remark too short", "length", "cf_remark", "opmerking", put(11, "ja")),
    ("remark too long", "length", "cf_remark", "opmerking", put(11, "x" * 41)),
    ("name too long", "length", "lastname", "naam", put(2, "N" * 31)),
    ("type unknown", "values.unknown", "business", "type", put(1, "X")),
    ("a field too many", "csv.ragged", "", "", lambda fields, rng, row: fields.append("meer")),
    ("a field too few", "csv.ragged", "", "", lambda fields, rng, row: fields.pop()),
]

# Only where the rows go into Salesdock.
KEYED = [
    ("no last name", "salesdock.required", "lastname", "naam", consumer(put(2, ""))),
    ("no company name", "salesdock.required", "company_name", "bedrijf", company(put(3, ""))),
    ("no key", "key.empty", "nr", "nr", put(0, "")),
]


def field_text(value):
    return '"' + value.replace('"', '""') + '"' if any(c in value for c in ';"\n') else value


def make(folder, rows, errors, seed, keyed):
    rng = random.Random(seed)
    kinds = KINDS + (KEYED if keyed else [])
    places = sorted(rng.sample(range(1, rows + 1), errors))
    chosen = {row: kinds[index % len(kinds)] for index, row in enumerate(rng.sample(places, len(places)))}
    planted = []
    line = 2
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "customers.csv"), "w", encoding="utf-8", newline="") as out:
        out.write(";".join(COLUMNS) + "\n")
        for row in range(1, rows + 1):
            fields = good(row, rng)
            if row in chosen:
                name, code, field, column, edit = chosen[row]
                edit(fields, rng, row)
            elif row % 97 == 0:
                fields[11] = "twee\nregels"
            text = ";".join(map(field_text, fields))
            if row in chosen:
                planted.append({"kind": name, "row": row, "line": line, "code": code, "field": field, "column": column,
                                "source": text})
            out.write(text + "\n")
            line += 1 + text.count("\n")
    sink = "salesdock.customers: { match: [email] }" if keyed else "ndjson: { path: accepted.ndjson }"
    with open(os.path.join(folder, "customers.yaml"), "w", encoding="utf-8") as out:
        out.write(PIPELINE.format(key="key: nr\n" if keyed else "", sink=sink))
    with open(os.path.join(folder, "planted.json"), "w", encoding="utf-8") as out:
        json.dump({"rows": rows, "planted": planted}, out)


def check(folder, report):
    with open(os.path.join(folder, "planted.json"), encoding="utf-8") as file:
        plan = json.load(file)
    planted = plan["planted"]
    wrong = []

    def expect(what, found, wanted):
        if found != wanted:
            wrong.append(f"{what}: {found!r}, expected {wanted!r}")

    with open(os.path.join(report, "problems.csv"), encoding="utf-8-sig", newline="") as file:
        listed = {(int(r["row"]), int(r["line"]), r["code"], r["field"], r["column"]) for r in csv.DictReader(file)}
    wanted = {(p["row"], p["line"], p["code"], p["field"], p["column"]) for p in planted}
    for place in sorted(wanted - listed):
        wrong.append(f"problems.csv lacks {place}")
    for place in sorted(listed - wanted):
        wrong.append(f"problems.csv has {place}, which nobody planted")

    with open(os.path.join(report, "rejects.csv"), encoding="utf-8", newline="") as file:
        text = file.read()
    by_row = {}
    for record in csv.reader(io.StringIO(text), delimiter=";"):
        by_row[record[0]] = record
    expect("rejects", len(by_row) - 1, len(planted))
    for plant in planted:
        record = by_row.get(str(plant["row"]))
        if record is None:
            wrong.append(f"rejects.csv lacks row {plant['row']}")
            continue
        expect(f"row {plant['row']} of rejects.csv", record[1:4], [str(plant["line"]), plant["field"], plant["code"]])
        if ";" + plant["source"] + "\n" not in text:
            wrong.append(f"row {plant['row']} of rejects.csv is not verbatim")

    with open(os.path.join(report, "report.json"), encoding="utf-8") as file:
        data = json.load(file)
    expect("read", data["read"], plan["rows"])
    expect("rejected", data["fates"]["rejected"], len(planted))
    expect("valid", data["fates"]["valid"], plan["rows"] - len(planted))
    counts = {}
    for plant in planted:
        group = (plant["code"], plant["field"] or None)
        counts[group] = counts.get(group, 0) + 1
    expect("groups", {(g["code"], g["field"]): g["count"] for g in data["problems"]}, counts)
    for group in data["problems"]:
        first = [(p["row"], p["line"]) for p in planted if (p["code"], p["field"] or None) == (group["code"], group["field"])]
        expect(f"samples of {group['code']}", [(s["row"], s["line"]) for s in group["samples"]], first[:data["samples_max"]])
    size = os.path.getsize(os.path.join(report, "report.html"))
    if size >= 2_000_000:
        wrong.append(f"report.html has {size} bytes")

    for problem in wrong[:20]:
        print(problem)
    kinds = len({p["kind"] for p in planted})
    print(f"{len(planted)} errors of {kinds} kinds planted, {len(wrong)} differences; report.html has {size} bytes")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    maker = verbs.add_parser("make")
    maker.add_argument("folder")
    maker.add_argument("--rows", type=int, default=50_000)
    maker.add_argument("--errors", type=int, default=1_000)
    maker.add_argument("--seed", type=int, default=1)
    maker.add_argument("--no-key", action="store_true")
    checker = verbs.add_parser("check")
    checker.add_argument("folder")
    checker.add_argument("report")
    options = parser.parse_args()
    if options.verb == "make":
        make(options.folder, options.rows, options.errors, options.seed, not options.no_key)
        return 0
    return check(options.folder, options.report)


if __name__ == "__main__":
    sys.exit(main())
