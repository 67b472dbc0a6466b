"""What the sample files mean: the records that must be in Salesdock, and the fate of every row.

It says in plain Python what the pipelines of `pipelines/legacy-crm` and `pipelines/price-list` say in YAML, and shares
no code with dockhand, so that a mistake in one is not repeated in the other.
"""

import base64
import csv
import datetime
import gzip
import json
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

FATES = ["created", "updated", "unchanged", "duplicate", "filtered", "rejected", "parked", "failed", "in_doubt",
         "pending", "valid"]


class Rejected(Exception):
    """The row is wrong; the text says why."""


class Outcome:
    """The records of one pipeline by key, the fates of its rows, and which key stands for which."""

    def __init__(self):
        self.records = {}
        self.fates = dict.fromkeys(FATES, 0)
        self.read = 0
        self.survivors = {}
        self.reasons = []

    def settle(self, fate, row, reason=""):
        self.fates[fate] += 1
        if fate not in ("created", "updated"):
            self.reasons.append((fate, row, reason))

    def keep(self, row, key, payload):
        """Files a row under its key: the first one counts, the same again is a duplicate, another is a conflict."""
        if not key:
            raise Rejected("no key")
        if key not in self.records:
            self.records[key] = payload
            self.survivors[key] = key
            self.settle("created", row)
        elif self.records[key] == payload:
            self.settle("duplicate", row, f"{key} again")
        else:
            raise Rejected(f"{key} again with other content")

    def find(self, key):
        """The record that a reference to this key means, following duplicates; `None` if there is none."""
        return self.records.get(self.survivors.get(key))


def each(outcome, rows, handle):
    """Runs `handle(number, row)` over the rows, counting and turning `Rejected` into a fate."""
    for number, row in enumerate(rows, start=1):
        outcome.read += 1
        try:
            handle(number, row)
        except Rejected as reason:
            outcome.settle("rejected", number, str(reason))
    return outcome


# Values, one small function for each thing that the pipelines do to a value.


def spaced(text):
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())


def postcode(text):
    return re.sub(r"\s", "", text).upper()


def digits(text):
    return re.sub(r"[^0-9]", "", text)


def day(text):
    """`yyyy-mm-dd` as `dd-mm-yyyy`; nothing stays nothing."""
    if not text:
        return ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise Rejected(f"no date: {text}")
    try:
        return datetime.date.fromisoformat(text).strftime("%d-%m-%Y")
    except ValueError:
        raise Rejected(f"no date: {text}") from None


def number(text, thousands=False):
    """A number with a decimal comma, with a decimal point."""
    if not text:
        return ""
    plain = (text.replace(".", "") if thousands else text).replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise Rejected(f"no number: {text}")
    return plain


def choice(text, table):
    if text not in table:
        raise Rejected(f"unknown value: {text}")
    return table[text]


def need(payload, *names):
    for name in names:
        if not payload.get(name):
            raise Rejected(f"no {name}")


def check_email(text):
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise Rejected(f"no e-mail address: {text}")


def filled(payload):
    return {name: value for name, value in payload.items() if value not in ("", None)}


# The four pipelines of the migration.


def suppliers(folder):
    outcome = Outcome()

    def handle(row_number, row):
        code = row["code"].strip()
        payload = filled({
            "name": spaced(row["naam"]), "identifier": code.lower(),
            "active": choice(row["actief"], {"ja": "1", "nee": "0"}),
            "description": row["omschrijving"], "contractor": "no", "email": row["email"].strip().lower(),
            "phone": digits(row["telefoon"]), "website": row["website"],
        })
        need(payload, "name", "identifier")
        outcome.keep(row_number, code, payload)

    with open(folder / "leveranciers.csv", encoding="utf-8-sig", newline="") as file:
        return each(outcome, csv.DictReader(file), handle)


def products(folder, known_suppliers):
    outcome = Outcome()
    tree = ElementTree.parse(folder / "producten.xml")

    def handle(row_number, element):
        def text(path):
            return element.findtext(path) or ""

        payload = filled({
            "name": spaced(text("naam")), "identifier": element.get("code", "").lower(),
            "type": choice(element.get("soort"), {"stroom-gas": "energy_e_g", "overig": "default"}),
            "active": choice(element.get("actief"), {"ja": "1", "nee": "0"}),
            "business": choice(text("doelgroep"), {"consument": "0", "zakelijk": "1", "beide": "2"}),
            "retention": "2", "supplier": text("leverancier"), "duration": text("looptijd"),
            "description": text("omschrijving"), "valid_from": day(text("geldigheid/vanaf")),
            "price": number(text("prijzen/eenmalig"), True), "price_monthly": number(text("prijzen/maand"), True),
        })
        names = {
            "tariff_single": "stroom/enkel", "tariff_high": "stroom/normaal", "tariff_low": "stroom/dal",
            "tariff_return": "stroom/terug", "tariff_fixed_e": "stroom/vastrecht", "tariff_g": "gas/verbruik",
            "tariff_fixed_g": "gas/vastrecht",
        }
        tariffs = filled({name: number(text(f"tarieven/{path}")) for name, path in names.items()})
        kind = {"vast": "fixed", "variabel": "variable", "dynamisch": "dynamic"}.get(text("contractvorm"))
        payload["energy"] = tariffs | ({"product_type": kind} if kind else {})
        need(payload, "name", "identifier")
        if tariffs and not 0 <= Decimal(tariffs["tariff_single"]) <= 2:
            raise Rejected("tariff out of bounds")
        supplier = known_suppliers.find(payload.pop("supplier"))
        if not supplier:
            outcome.settle("parked", row_number, f"no supplier {text('leverancier')}")
            return
        outcome.keep(row_number, element.get("code", ""), payload | {"supplier": supplier["identifier"]})

    return each(outcome, tree.getroot().findall("producten/product"), handle)


def customers(folder):
    outcome = Outcome()
    by_email = {}
    with open(folder / "klanten.csv", encoding="windows-1252", newline="") as file:
        columns, *rows = csv.reader(file, delimiter=";")

    def handle(row_number, cells):
        if len(cells) != len(columns):
            raise Rejected(f"{len(cells)} fields, not {len(columns)}")
        row = dict(zip(columns, cells))
        if row["type"] == "T":
            outcome.settle("filtered", row_number, "test customer")
            return
        payload = filled({
            "visibility": "account", "business": choice(row["type"], {"P": "0", "Z": "1"}),
            "firstname": spaced(row["voornaam"]), "lastname": spaced(row["achternaam"]),
            "company_name": spaced(row["bedrijfsnaam"]), "contact_person": spaced(row["contactpersoon"]),
            "company_coc": digits(row["kvk"]), "company_vat": postcode(row["btw"]),
            "email": row["email"].strip().lower(), "phone": digits(row["telefoon"]),
            "postcode": postcode(row["postcode"]), "housenumber": row["huisnummer"].strip(),
            "suffix": row["toevoeging"].strip(), "streetname": row["straat"].strip(), "city": row["plaats"].strip(),
            "birthdate": day(row["geboortedatum"]), "cf_origin": f"legacy {row['klantnummer']}",
            "cf_remark": row["opmerking"].strip(),
        })
        need(payload, "email", "lastname" if payload["business"] == "0" else "company_name")
        check_email(payload["email"])
        if row["geboortedatum"] and not "1900-01-01" <= row["geboortedatum"] <= datetime.date.today().isoformat():
            raise Rejected(f"born {row['geboortedatum']}")
        if not row["klantnummer"]:
            raise Rejected("no key")
        if payload["email"] in by_email:
            outcome.survivors.setdefault(row["klantnummer"], by_email[payload["email"]])
            outcome.settle("duplicate", row_number, f"the same e-mail as {by_email[payload['email']]}")
            return
        by_email[payload["email"]] = row["klantnummer"]
        outcome.keep(row_number, row["klantnummer"], payload)

    return each(outcome, rows, handle)


def offers(folder, known_customers, known_products):
    outcome = Outcome()

    def handle(row_number, line):
        try:
            offer = json.loads(line)
        except ValueError:
            raise Rejected("no JSON") from None
        if offer["status"] != "getekend":
            outcome.settle("filtered", row_number, offer["status"])
            return
        payload = offer_payload(offer)
        need(payload, "contract_date", "initial_created_at", "firstname", "lastname", "email", "phone", "postcode",
             "housenumber", "streetname", "city", "connection_postcode", "connection_housenumber",
             "connection_streetname", "connection_city")
        if payload["business"] == "1":
            need(payload, "company_name", "contact_person", "company_coc")
        check_email(payload["email"])
        path = folder / offer["contract"]["pdf"]
        if not path.is_file():
            raise Rejected(f"no file {offer['contract']['pdf']}")
        payload["contract_pdf"] = {
            "content": base64.b64encode(path.read_bytes()).decode(), "extension": "pdf",
            "created_at": offer["contract"]["gemaakt"],
        }
        customer, product = known_customers.find(offer["klantnummer"]), known_products.find(offer["product"])
        if not customer or not product:
            missing = offer["klantnummer"] if not customer else offer["product"]
            outcome.settle("parked", row_number, f"no {missing}")
            return
        links = {"relation": customer, "product": product["identifier"], "flow": "default/default"}
        outcome.keep(row_number, offer["offertenummer"], payload | links)

    with gzip.open(folder / "offertes.ndjson.gz", "rt", encoding="utf-8") as file:
        return each(outcome, file.read().splitlines(), handle)


def offer_payload(offer):
    """The fields of an offer that are sent as they are; contract and links come on top."""
    customer, connection = offer["klant"], offer["aansluiting"]
    address, company = customer["adres"], customer.get("bedrijf", {})
    channels = {"telefoon": "telemarketing", "deur": "d2d", "winkel": "retail", "web": "online", "adviseur": "f2f"}
    return filled({
        "transaction_type": "offer", "external_reference": offer["offertenummer"],
        "sale_channel": choice(offer["kanaal"], channels), "initial_created_at": offer["datum"]["aangemaakt"],
        "initial_organisation_name": "Legacy CRM", "business": choice(customer["type"], {"P": "0", "Z": "1"}),
        "firstname": customer["voornaam"].strip(), "lastname": customer["achternaam"].strip(),
        "birthdate": day(customer["geboortedatum"]), "email": customer["email"].strip().lower(),
        "phone": digits(customer["telefoon"]), "company_name": company.get("naam"),
        "contact_person": company.get("contactpersoon"), "company_coc": company.get("kvk"),
        "company_vat": company.get("btw"), "postcode": postcode(address["postcode"]),
        "housenumber": address["huisnummer"], "suffix": address["toevoeging"], "streetname": address["straat"],
        "city": address["plaats"], "connection_postcode": postcode(connection["postcode"]),
        "connection_housenumber": connection["huisnummer"], "connection_suffix": connection["toevoeging"],
        "connection_streetname": connection["straat"], "connection_city": connection["plaats"],
        "contract_date": day(offer["datum"]["getekend"]),
        "questionData": {"betaalwijze": offer.get("betaling", {}).get("wijze") or "Automatische incasso"},
        "agreements": {"privacy-statement": "1"},
    })


def apply_prices(path, known_products):
    """A price list over the products; returns its outcome. Every row of the samples is a product that is there."""
    outcome = Outcome()
    outcome.listed, outcome.written = set(), set()
    by_identifier = {record["identifier"]: record for record in known_products.records.values()}
    names = {
        "tariff_single": "enkel", "tariff_high": "normaal", "tariff_low": "dal", "tariff_return": "terug",
        "tariff_fixed_e": "vast_stroom", "tariff_g": "gas", "tariff_fixed_g": "vast_gas",
    }

    def handle(row_number, row):
        identifier = row["code"].strip().lower()
        outcome.listed.add(identifier)
        tariffs = {name: number(row[column]) for name, column in names.items()}
        need(tariffs, "tariff_single", "tariff_g")
        outcome.written.add(identifier)
        product = by_identifier[identifier]
        product["energy"] = product["energy"] | filled(tariffs)
        product["name"] = spaced(row["product"])
        outcome.settle("updated", row_number)

    with open(path, encoding="utf-8", newline="") as file:
        return each(outcome, csv.DictReader(file, delimiter=";"), handle)


def apply_price_lists(paths, known_products):
    """Several nights in a row: what an earlier night wrote and a later list lacks is taken off sale."""
    written, outcome = set(), None
    by_identifier = {record["identifier"]: record for record in known_products.records.values()}
    for path in paths:
        outcome = apply_prices(path, known_products)
        for identifier in written - outcome.listed:
            by_identifier[identifier]["active"] = "0"
        for identifier in outcome.written:
            by_identifier[identifier]["active"] = "1"
        written |= outcome.written
    return outcome


def expect(folder):
    known = {"suppliers": suppliers(folder)}
    known["products"] = products(folder, known["suppliers"])
    known["customers"] = customers(folder)
    known["offers"] = offers(folder, known["customers"], known["products"])
    return known
