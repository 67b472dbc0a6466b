"""The job in Python, row by row: python_job.py SOURCE FOLDER. Uses orjson where it is installed; XML needs lxml."""

import csv
import datetime
import gzip
import io
import json
import operator
import re
import sys
from collections.abc import Iterator

try:
    import orjson
except ImportError:
    orjson = None

COLUMNS = (
    "klantnummer type voornaam achternaam bedrijfsnaam kvk btw email telefoon postcode huisnummer toevoeging straat plaats "
    "geboortedatum klant_sinds opmerking"
).split()
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch
POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}").fullmatch
DATE = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})").fullmatch
source, folder = sys.argv[1:]


def stream() -> io.BufferedIOBase:
    return gzip.open(source, "rb") if source.endswith(".gz") else open(source, "rb", buffering=1 << 20)


def csv_rows() -> Iterator[list[str]]:
    encoding = "cp1252" if ".cp1252." in source else "utf-8"
    rows = csv.reader(io.TextIOWrapper(stream(), encoding=encoding, newline=""), delimiter=";")
    next(rows)
    return rows


def ndjson_rows() -> Iterator[tuple[str, ...]]:
    return map(operator.itemgetter(*COLUMNS), map(orjson.loads if orjson else json.loads, stream()))


def xml_rows() -> Iterator[list[str]]:
    from lxml import etree

    wanted = set(COLUMNS)
    for _, record in etree.iterparse(stream(), events=("end",), tag="customer"):
        values = {child.tag: child.text or "" for child in record.iter() if child.tag in wanted}
        yield [record.get("nr"), record.get("type")] + [values.get(name, "") for name in COLUMNS[2:]]
        record.clear()
        while record.getprevious() is not None:
            del record.getparent()[0]


def is_date(text: str) -> bool:
    parts = DATE(text)
    if not parts:
        return False
    try:
        datetime.date(int(parts[3]), int(parts[2]), int(parts[1]))
    except ValueError:
        return False
    return True


def encoder():
    if orjson:
        return lambda value: orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    return lambda value: (encode(value) + "\n").encode()


def main() -> None:
    form = source.removesuffix(".gz").rsplit(".", 1)[1]
    rows = {"csv": csv_rows, "ndjson": ndjson_rows, "xml": xml_rows}[form]()
    line = encoder()
    businesses = {"P": "0", "Z": "1"}
    seen: set[str] = set()
    kinds: dict[str, int] = {}
    read = rejected = 0
    with open(f"{folder}/accepted.ndjson", "wb", 1 << 20) as accepted, open(f"{folder}/rejects.ndjson", "wb") as rejects:
        for row in rows:
            read += 1
            (_, kind, first, last, company, chamber, vat, email, phone, code, house, suffix, street, city, born, _, _) = map(
                str.strip, row
            )
            business, email, code = businesses.get(kind), email.lower(), code.replace(" ", "").upper()
            problems = []
            if business == "0" and not last:
                problems.append(("lastname", "required"))
            if business == "1" and not company:
                problems.append(("company_name", "required"))
            if not EMAIL(email):
                problems.append(("email", "format"))
            if not POSTCODE(code):
                problems.append(("postcode", "format"))
            if born and not is_date(born):
                problems.append(("birthdate", "date"))
            if not problems:
                if email not in seen:
                    seen.add(email)
                    accepted.write(
                        line(
                            {
                                "visibility": "private", "business": business, "firstname": first or None,
                                "lastname": last or None, "company_name": company or None, "company_coc": chamber or None,
                                "company_vat": vat or None, "email": email, "phone": phone or None, "postcode": code,
                                "housenumber": house or None, "suffix": suffix or None, "streetname": street or None,
                                "city": city or None, "birthdate": born or None,
                            }  # fmt: skip
                        )
                    )
                    continue
                problems.append(("email", "duplicate"))
            rejected += 1
            for field, code in problems:
                kinds[f"{field}/{code}"] = kinds.get(f"{field}/{code}", 0) + 1
                rejects.write(line({"row": read, "field": field, "code": code}))
    with open(f"{folder}/summary.json", "w") as summary:
        counts = {"read": read, "accepted": read - rejected, "rejected": rejected, "problems": kinds}
        json.dump(counts, summary)


main()
