"""Seeded customers with the dirt of real exports, the same rows in every form.

generate.py ROWS FOLDER FORM...   with forms csv, cp1252.csv, ndjson, xml, each also with .gz; --clean for rows without dirt.

About 2 % of the rows hold a line break, 10 % a delimiter, 3 % a bad e-mail address, 2 % a bad postcode, 1 % no name where one
is required, 0.35 % a birth date that no calendar has, and 2 % the address of an earlier row.
"""

import argparse
import multiprocessing
import os
import pathlib
import random
import subprocess
import tempfile
from collections.abc import Iterator

COLUMNS = (
    "klantnummer type voornaam achternaam bedrijfsnaam kvk btw email telefoon postcode huisnummer toevoeging straat plaats "
    "geboortedatum klant_sinds opmerking"
).split()
FIRST = "Jan Piet Klaas Anna Maria Cornelis Hendrik Sanne Daan Lotte Fleur Zoë Noëlle René André Jörg Gijs Femke Özlem Søren".split()
LAST = [
    "de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "van Dijk", "Visser", "Smit", "Mulder", "Vos", "Hendriks",
    "van Leeuwen", "Dekker", "Brouwer", "van der Meer", "Müller", "Crüsemann", "d'Ancona", "Citroën", "van 't Hof",
]  # fmt: skip
TRADE = "Bakkerij Slagerij Garage Kapsalon Café Hotel Drogisterij Transport Makelaardij Bloemist Bouwbedrijf Zorggroep".split()
LEGAL = [" B.V.", " V.O.F.", " & Zn.", " N.V.", "", " Holding B.V."]
STREET = [
    "Dorpsstraat", "Kerkstraat", "Molenweg", "Stationsweg", "Burgemeester van der Borchstraat", "'s-Gravenweg",
    "Prinses Irenelaan", "Industrieweg", "Oude Haven", "Coöperatieweg",
]  # fmt: skip
CITY = [
    "Enschede", "Amsterdam", "Utrecht", "'s-Hertogenbosch", "Groningen", "Súdwest-Fryslân", "Hengelo", "Bergen op Zoom",
    "Den Haag", "Alphen aan den Rijn", "Tiël",
]  # fmt: skip
DOMAIN = ["mail.example", "post.example", "werk.example", "familie.example", "kantoor.voorbeeld.example"]
NOTE = [
    "belt liever na 17.00 uur", "factuur per e-mail versturen a.u.b.", "contract loopt tot eind van het jaar",
    "wil graag een offerte voor glasvezel", "korting van 10% afgesproken met verkoper", "let op: hond op het erf",
    "betaalt per automatische incasso", "overgestapt van andere leverancier", "bedrag open: € 12,50 (coulance)",
]  # fmt: skip
PLAIN = str.maketrans("éëèïöüçøÖáíúÓ' ", "eeeioucoOaiuO__")
BAD_DATES = ["31-02-1980", "29-02-1981", "00-01-1970", "12-13-1965", "1980-02-01", "onbekend", "31-04-1999"]

# Each chunk of rows has its own generator, so that chunks can be made side by side.
CHUNK_ROWS = 50_000


def person(number: int) -> tuple[str, str]:
    """First and last name of a row, by its number alone, so that any row can name the address of an earlier one."""
    mixed = number * 2654435761 & 0xFFFFFFFF
    return FIRST[(mixed >> 7) % len(FIRST)], LAST[(mixed >> 16) % len(LAST)]


def address(number: int) -> str:
    first, last = person(number)
    return f"{first}.{last}{number}@{DOMAIN[number % len(DOMAIN)]}".translate(PLAIN)


def rows(first_row: int, count: int, rng: random.Random, clean: bool) -> Iterator[tuple[str, ...]]:
    chance, bits = rng.random, rng.getrandbits

    def pick(choices):
        return choices[int(chance() * len(choices))]

    for number in range(first_row, first_row + count):
        business = chance() < 0.3
        first, last = person(number)
        company = chamber = vat = born = ""
        if business:
            company = f'{pick(TRADE)} "De {last}" {number % 97}' if chance() < 0.06 else f"{pick(TRADE)} {last}{pick(LEGAL)}"
            chamber, vat = f"{10000000 + bits(26):08}", f"NL{bits(29):09}B{1 + bits(5):02}"
        else:
            born = f"{1 + int(chance() * 28):02}-{1 + int(chance() * 12):02}-{1930 + int(chance() * 75)}"
        email = address(number)
        digits, letters = str(1000 + int(chance() * 9000)), pick("ABCDEFGHJKLM") + pick("NPRSTVWXZ")
        dirt = 0.5 if clean else chance()
        if dirt < 0.005 and born:
            born = pick(BAD_DATES)
        elif dirt < 0.05 and born:
            born = "29-02-1984" if dirt < 0.02 else ""
        elif dirt > 0.99:
            company, last = ("", last) if business else (company, pick(["", " "]))
        dirt = 0.5 if clean else chance()
        if dirt < 0.02 and number > 1:
            email = address(1 + int(chance() * (number - 1)))
        elif dirt > 0.97:
            email = [email.replace("@", "#"), email.split("@")[0] + "@localhost", email.replace(".", " ", 1), ""][bits(2)]
        elif dirt > 0.90:
            email = email.upper()
        elif dirt > 0.87:
            email = f"  {email} "
        dirt = 0.5 if clean else chance()
        if dirt < 0.02:
            code = [f"0{digits[1:]} {letters}", f"{digits[:3]} {letters}", digits + letters[0], f"B-{digits}"][bits(2)]
        elif dirt < 0.5:
            code = f"{digits} {letters.lower()}"
        elif dirt < 0.8:
            code = digits + letters
        else:
            code = f"{digits} {letters}" if dirt < 0.97 else f" {digits}  {letters} "
        note = pick(NOTE)
        dirt = chance()
        if dirt < 0.02:
            note = f'zei: "{note}"\nen belt terug; ref {number}'
        elif dirt < 0.12:
            note = f"{note}; ref {number}"
        if dirt > 0.97:
            first, last = f" {first} ", f"{last}  "
        yield (
            f"K{number:07}", "Z" if business else "P", first, last, company, chamber, vat, email,
            f"06-{10000000 + bits(26)}" if chance() < 0.7 else f"+31 6 {10000000 + bits(26)}", code,
            str(1 + int(chance() * 400)), pick(["", "", "", "", "A", "bis", "II"]), pick(STREET), pick(CITY), born,
            f"{1 + int(chance() * 28):02}-{1 + int(chance() * 12):02}-{2001 + int(chance() * 24)}", note,
        )  # fmt: skip


def csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if '"' in text or ";" in text or "\n" in text else text


def csv_row(row: tuple[str, ...]) -> str:
    return ";".join([csv_field(text) for text in row]) + "\n"


JSON_ROW = "{" + ",".join(f'"{name}":"%s"' for name in COLUMNS) + "}\n"


def json_row(row: tuple[str, ...]) -> str:
    if any('"' in text or "\n" in text for text in row):
        row = tuple(text.replace('"', '\\"').replace("\n", "\\n") for text in row)
    return JSON_ROW % row


def element(name: str) -> str:
    return f"<{name}>%s</{name}>"


XML_ROW = (
    '<customer nr="%s" type="%s"><naam>'
    + "".join(map(element, COLUMNS[2:5]))
    + "</naam>"
    + "".join(map(element, COLUMNS[5:7]))
    + "<contact>"
    + "".join(map(element, COLUMNS[7:9]))
    + "</contact><adres>"
    + "".join(map(element, COLUMNS[9:14]))
    + "</adres>"
    + "".join(map(element, COLUMNS[14:]))
    + "</customer>\n"
)


def xml_row(row: tuple[str, ...]) -> str:
    if any("&" in text or "<" in text for text in row):
        row = tuple(text.replace("&", "&amp;").replace("<", "&lt;") for text in row)
    return XML_ROW % row


FORMS = {  # form: (what stands before the rows, a row, what stands after them, encoding)
    "csv": (";".join(COLUMNS) + "\n", csv_row, "", "utf-8"),
    "cp1252.csv": (";".join(COLUMNS) + "\n", csv_row, "", "cp1252"),
    "ndjson": ("", json_row, "", "utf-8"),
    "xml": ('<?xml version="1.0" encoding="UTF-8"?>\n<customers>\n', xml_row, "</customers>\n", "utf-8"),
}


def chunk(job: tuple[int, int, int, bool, list[str], str]) -> dict[str, str]:
    """Writes one chunk of rows in every form; the paths of its files by form."""
    index, count, seed, clean, forms, folder = job
    made = list(rows(1 + index * CHUNK_ROWS, count, random.Random(f"{seed}/{index}"), clean))
    paths = {}
    for form in forms:
        _, write, _, encoding = FORMS[form]
        paths[form] = os.path.join(folder, f"{index}.{form}")
        with open(paths[form], "wb") as out:
            out.write("".join(map(write, made)).encode(encoding))
    return paths


def path_of(folder: pathlib.Path, row_count: int, form: str, clean: bool = False) -> pathlib.Path:
    return folder / f"customers{'-clean' if clean else ''}-{row_count}.{form}"


def generate(row_count: int, folder: pathlib.Path, forms: list[str], seed: int = 42, clean: bool = False) -> None:
    """Makes the files that are not there yet. They appear under their names when they are complete."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [form for form in forms if not path_of(folder, row_count, form, clean).exists()]
    bases = sorted({form.removesuffix(".gz") for form in missing})
    plain = [form for form in bases if not path_of(folder, row_count, form, clean).exists()]
    with tempfile.TemporaryDirectory(dir=folder) as scratch, multiprocessing.Pool() as pool:
        counts = [min(CHUNK_ROWS, row_count - start) for start in range(0, row_count, CHUNK_ROWS)]
        jobs = [(index, count, seed, clean, plain, scratch) for index, count in enumerate(counts)] if plain else []
        outs = {form: open(os.path.join(scratch, "whole." + form), "wb") for form in plain}
        for form, out in outs.items():
            out.write(FORMS[form][0].encode())
        for paths in pool.imap(chunk, jobs):
            for form, path in paths.items():
                with open(path, "rb") as piece:
                    outs[form].write(piece.read())
                os.remove(path)
        for form, out in outs.items():
            out.write(FORMS[form][2].encode())
            out.close()
            os.replace(out.name, path_of(folder, row_count, form, clean))
        packed = [form.removesuffix(".gz") for form in missing if form.endswith(".gz")]
        pool.map(pack, [path_of(folder, row_count, form, clean) for form in packed])


def pack(path: pathlib.Path) -> None:
    with open(f"{path}.gz.part", "wb") as out:
        subprocess.run(["gzip", "-6", "-n", "-c", path], stdout=out, check=True)
    os.replace(f"{path}.gz.part", f"{path}.gz")


def main() -> None:
    arguments = argparse.ArgumentParser(description="Seeded customers, the same rows in every form.")
    arguments.add_argument("rows", type=int)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("forms", nargs="+", choices=[form + end for form in FORMS for end in ("", ".gz")])
    arguments.add_argument("--seed", type=int, default=42)
    arguments.add_argument("--clean", action="store_true", help="rows that pass every check, each with its own address")
    given = arguments.parse_args()
    generate(given.rows, given.folder, given.forms, given.seed, given.clean)


if __name__ == "__main__":
    main()
