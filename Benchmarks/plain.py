"""The work of customers.yaml by hand: plain.py FILE REJECTS. Prints the fates as JSON."""

import csv
import datetime
import json
import re
import sys

EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
POSTCODE = re.compile(r"^[1-9][0-9]{3}[A-Z]{2}$")
DATE = re.compile(r"^([0-9]{2})-([0-9]{2})-([0-9]{4})$")


def is_date(text: str) -> bool:
    match = DATE.match(text)
    if not match:
        return False
    try:
        datetime.date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return False
    return True


def problems(row: dict[str, str]) -> list[str]:
    business = {"P": "0", "Z": "1"}.get(row["type"])
    email = row["email"].strip().lower()
    postcode = re.sub(r"\s", "", row["postcode"]).upper()
    found = []
    if business is None:
        found.append("business")
    if business == "0" and not row["achternaam"].strip():
        found.append("lastname")
    if business == "1" and not row["bedrijfsnaam"].strip():
        found.append("company_name")
    if not EMAIL.match(email):
        found.append("email")
    if not POSTCODE.match(postcode):
        found.append("postcode")
    if row["geboortedatum"].strip() and not is_date(row["geboortedatum"].strip()):
        found.append("birthdate")
    return found


def main() -> None:
    fates = {"read": 0, "rejected": 0, "duplicate": 0, "valid": 0}
    seen: set[str] = set()
    with open(sys.argv[1], encoding="utf-8", newline="") as source, open(sys.argv[2], "w", encoding="utf-8") as rejects:
        for row in csv.DictReader(source, delimiter=";"):
            fates["read"] += 1
            found = problems(row)
            email = row["email"].strip().lower()
            if found:
                fates["rejected"] += 1
                rejects.write(json.dumps([fates["read"], found]) + "\n")
            elif email in seen:
                fates["duplicate"] += 1
            else:
                seen.add(email)
                fates["valid"] += 1
    print(json.dumps(fates))


main()
