#!/usr/bin/env python3
"""Writes the sample data of this folder: a legacy CRM's export and two nightly price lists.

    python3 samples/generate.py            write the files
    python3 samples/generate.py --check    compare the committed files with what would be written

Standard library only, and the same bytes every time: one seed, no clock, only `random()` (whose sequence Python
guarantees for a seed), gzip without a time stamp. `--check` compares gzip files by their content, because compressed
bytes may differ between builds of zlib. What is planted where is told in README.md beside this file.
"""

import csv
import gzip
import io
import json
import random
import sys
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).resolve().parent
SEED = 20240229

FIRST_NAMES = """Anna Bram Chloé Daan Eva Femke Gijs Hanna Iris Jürgen Kees Lotte Mees Noor Olivier Puck Quinten Renée
Sanne Thijs Ümit Vera Willem Xander Yara Zoë Björn Céline Desirée Élodie François Gülay Hélène Jörg Loïs Maïke Niña
Søren Tomáš Žana""".split()
LAST_NAMES = [
    "Bakker", "van den Berg", "de Boer", "Brouwer", "Cornelissen", "van Dam", "Dijkstra", "van Dijk", "Evers", "Faber",
    "de Groot", "'t Hart", "Hendriks", "van den Heuvel", "Huisman", "Jansen", "de Jong", "Koster", "Kramer", "de Lange",
    "van Leeuwen", "Maas", "Meijer", "Müller", "Mulder", "van Oosten", "Peters", "Postma", "de Ruiter", "Schröder",
    "Smit", "Sørensen", "Timmermans", "Visser", "Vos", "de Vries", "van Wijk", "Willems", "Zijlstra", "Özdemir",
]
STREETS = [
    "Dorpsstraat", "Kerkweg", "Molenlaan", "Stationsplein", "Burgemeester Wijsplein", "’s-Gravenweg", "Beukenlaan",
    "Kanaaldijk-Noord", "Oude Haven", "Café-steeg", "Eerste Dwarsstraat", "Lindehof", "Schoolpad", "Vogelweide",
]
TOWNS = ["Enschede", "Hengelo", "’s-Hertogenbosch", "Leeuwarden", "Curaçaodorp", "Groningen", "Zwolle", "Fryslânstad"]
COMPANY_KINDS = ["Bakkerij", "Garage", "Bloemenhuis", "Installatiebedrijf", "Café", "Boekhandel", "Tuincentrum"]
COMPANY_FORMS = ["B.V.", "V.O.F.", "& Zonen", "Groep"]
REMARKS = [
    "", "", "", "", "Belt liever ’s avonds", "Contant betaald: € 25,-", "Facture en français – s.v.p.", "Œuvre-korting",
    "Zonnepanelen sinds 2019", "Wil geen reclame",
]
ASCII = str.maketrans("éëèçöüüñøžŽïÜÖäáàšŠßœ", "eeecouunozZiUOaaasSso")

CUSTOMER_COLUMNS = [
    "klantnummer", "type", "voornaam", "achternaam", "bedrijfsnaam", "contactpersoon", "kvk", "btw", "email",
    "telefoon", "postcode", "huisnummer", "toevoeging", "straat", "plaats", "geboortedatum", "opmerking",
]
SUPPLIERS = [
    ("VBE", "Voorbeeld Energie", "Groene stroom uit het voorbeeldboek", "ja"),
    ("NWS", "Noordwind Stroom & Gas", "Wind van zee, “altijd”", "ja"),
    ("ZON", "Zonneweide Coöperatie", "Van leden, vóór leden", "ja"),
    ("DEL", "Delta Proefenergie", "", "ja"),
    ("OUD", "Oudelicht Energie", "Verkoopt niet meer aan nieuwe klanten", "nee"),
]
CONTRACTS = [("vast", 12), ("vast", 24), ("vast", 36), ("vast", 60), ("variabel", 0), ("dynamisch", 0)]

# Positions in the list of people: whose rows are spoiled beyond loading, and who is in the export under two numbers.
SPOILED_CUSTOMERS = {20, 25, 30, 35, 40, 45, 50, 55, 75, 90, 95, 100, 105, 150, 155, 160, 165, 170, 220, 225}
KNOWN_TWICE = [3, 33, 63, 93, 123, 183, 213, 243, 3]
# Products that offers leave alone unless planted: spoiled ones and those no longer sold.
UNSOLD_PRODUCTS = {"DEL-VAS60-C", "DEL-VAS60-Z", "DEL-VAS36-Z", "OUD-VAS60-C", "OUD-VAS60-Z"}


class Dice:
    """Random choices made from `random()` alone, so that they are the same under every Python version."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def below(self, count):
        return int(self._random.random() * count)

    def pick(self, items):
        return items[self.below(len(items))]

    def chance(self, share):
        return self._random.random() < share



def slug(text):
    letters = text.translate(ASCII).lower()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def new_person(dice, index):
    """A customer without any dirt. Offers are made from this one, whatever the export did to the row."""
    business = dice.chance(0.3)
    first, last = dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)
    return {
        "klantnummer": f"K{10000 + index}",
        "type": "Z" if business else "P",
        "voornaam": first,
        "achternaam": last,
        "bedrijfsnaam": f"{dice.pick(COMPANY_KINDS)} {last} {dice.pick(COMPANY_FORMS)}" if business else "",
        "contactpersoon": f"{first} {last}" if business else "",
        "kvk": f"{90000000 + index}" if business else "",
        "btw": f"NL{900000000 + index}B01" if business and dice.chance(0.7) else "",
        "email": f"{slug(first)}.{slug(last)}.{index}@post.example",
        "telefoon": f"06{index:08d}",
        "postcode": f"{1000 + dice.below(9000)}{dice.pick('ABCDEGHJKLMNPRSTVWXZ')}{dice.pick('ABCDEGHJKLMNPRSTVWXZ')}",
        "huisnummer": str(1 + dice.below(240)),
        "toevoeging": dice.pick(["", "", "", "A", "bis", "2-hoog"]),
        "straat": dice.pick(STREETS),
        "plaats": dice.pick(TOWNS),
        "geboortedatum": f"{1940 + dice.below(64)}-{1 + dice.below(12):02d}-{1 + dice.below(28):02d}",
        "opmerking": dice.pick(REMARKS),
    }


def as_typed(dice, person):
    """The row as clerks typed it: the same person, with the spelling habits that a load has to undo."""
    row = dict(person)
    if row["type"] == "Z" and dice.chance(0.6):
        row["geboortedatum"] = ""
    row["email"] = dice.pick([row["email"], row["email"], row["email"].title(), f" {row['email'].upper()} "])
    digits = row["telefoon"]
    row["telefoon"] = dice.pick([digits, f"{digits[:2]}-{digits[2:]}", f"{digits[:2]} {digits[2:6]} {digits[6:]}", ""])
    code = row["postcode"]
    row["postcode"] = dice.pick([code, f"{code[:4]} {code[4:]}", code.lower()])
    return row


def make_customers(dice):
    """Returns the clean people by number, and the rows of the export with its dirt."""
    people = [new_person(dice, index) for index in range(1, 290)]
    rows = [as_typed(dice, person) for person in people]

    def consumers(numbers):
        return force(numbers, "P", {"bedrijfsnaam": "", "contactpersoon": "", "kvk": "", "btw": ""})

    def businesses(numbers):
        return force(numbers, "Z", {"kvk": "90009000"})

    def force(numbers, kind, extra):
        for number in numbers:
            for record in (people[number], rows[number]):
                record.update(extra, type=kind)
                if kind == "Z":
                    record["contactpersoon"] = f"{record['voornaam']} {record['achternaam']}"
                    record["bedrijfsnaam"] = record["bedrijfsnaam"] or f"Café {record['achternaam']} B.V."
        return numbers

    for number, postcode in zip(range(10, 16), ["12345", "0123 AB", "ABCD 12", "", "7511-PG", "99 99 ZZZ"]):
        rows[number]["postcode"] = postcode
    for number in consumers([20, 90, 150]):
        rows[number]["achternaam"] = ""
    for number in businesses([25, 95, 155]):
        rows[number]["bedrijfsnaam"] = ""
    for number, email in zip([30, 100, 160, 220], ["", "geen", "kees(at)post.example", "a@@post.example"]):
        rows[number]["email"] = email
    for number, date in zip([35, 105, 165, 225], ["1985-02-30", "31-12-1979", "2091-04-01", "1823-07-09"]):
        rows[number]["geboortedatum"] = date
    for number in consumers([40]):
        rows[number].update(achternaam="", email="onbekend")
    rows[45]["type"] = "Q"
    rows[50]["klantnummer"] = ""
    for number in (55, 170):
        rows[number].update(type="T", opmerking="testklant")
    rows[60]["opmerking"] = "Eerste regel\ntweede regel"
    rows[110]["opmerking"] = "Adres klopt niet:\n\n- nummer 4?\n- of 4A?"
    rows[65]["opmerking"] = 'Noemt zich "de Baas"'
    rows[115]["straat"] = 'Hof "De Linde"'
    rows[70]["opmerking"] = "Eerst bellen; dan mailen"
    for number in businesses([120]):
        rows[number]["bedrijfsnaam"] = "Vos; Zijlstra & Co"

    ragged = dict(rows[75])
    rows[75] = ragged | {"opmerking": "", "_extra": ["bellen na 18:00", "mag weg"]}

    # The same person again under another number, further down the file, typed anew.
    twins = []
    for offset, number in enumerate(KNOWN_TWICE):
        twin = as_typed(dice, people[number]) | {"klantnummer": f"K{20001 + offset}"}
        twin["opmerking"] = f"Ook bekend als {people[number]['klantnummer']}"
        twins.append((200 + 7 * offset, twin))
    twins.append((270, dict(rows[80])))  # one row, byte for byte, twice
    conflict = as_typed(dice, new_person(dice, 900)) | {"klantnummer": rows[85]["klantnummer"]}
    twins.append((275, conflict))
    for position, twin in reversed(twins):
        rows.insert(position, twin)
    return people, rows


def customers_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(CUSTOMER_COLUMNS)
    for row in rows:
        writer.writerow([row[column] for column in CUSTOMER_COLUMNS] + row.get("_extra", []))
    return text.getvalue().encode("windows-1252", "strict")



def suppliers_csv():
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "naam", "omschrijving", "actief", "email", "telefoon", "website"])
    for number, (code, name, about, active) in enumerate(SUPPLIERS, start=1):
        host = f"{code.lower()}.example"
        writer.writerow([code, name, about, active, f"Info@{host}", f"0850-00 00 {number:02d}", f"https://www.{host}/"])
    return ("\ufeff" + text.getvalue()).encode()


def comma(value, places):
    return f"{value:.{places}f}".replace(".", ",")


def new_tariffs(dice, level):
    """One product's tariffs, as text with a decimal comma; `level` is the supplier's price level."""
    single = 0.21 + level + dice.below(9000) / 100000
    return {
        "enkel": comma(single, 5),
        "normaal": comma(single * 1.08, 5),
        "dal": comma(single * 0.91, 5),
        "terug": comma(single * 0.35, 5),
        "gas": comma(1.05 + 2 * level + dice.below(3000) / 10000, 5),
        "vast_stroom": comma(5.5 + dice.below(400) / 100, 2),
        "vast_gas": comma(5.5 + dice.below(400) / 100, 2),
    }


def make_products(dice):
    products = []
    for level, (supplier, supplier_name, _, _) in enumerate(SUPPLIERS):
        for audience in ("consument", "zakelijk"):
            for form, months in CONTRACTS:
                term = f"{months // 12} jaar" if months else form
                products.append({
                    "code": f"{supplier}-{form[:3].upper()}{months:02d}-{audience[0].upper()}",
                    "soort": "stroom-gas",
                    "actief": "ja",
                    "naam": f"{supplier_name} {form if months else 'Stroom & Gas'} {term} {audience}",
                    "leverancier": supplier,
                    "doelgroep": audience,
                    "contractvorm": form,
                    "looptijd": str(months) if months else "",
                    "omschrijving": f"Tarief per kWh & m³, {form}",
                    "vanaf": f"2024-{1 + dice.below(6):02d}-01" if months else "",
                    "tarieven": new_tariffs(dice, level * 0.01),
                })
    by_code = {product["code"]: product for product in products}
    by_code["OUD-VAS60-C"]["actief"] = by_code["OUD-VAS60-Z"]["actief"] = "nee"
    by_code["DEL-VAS60-C"]["tarieven"]["enkel"] = "n.v.t."
    by_code["DEL-VAS60-Z"]["naam"] = ""
    by_code["DEL-VAS36-Z"]["leverancier"] = "XYZ"
    for code, name, price, monthly in [
        ("VBE-THERMOSTAAT", "Slimme thermostaat", "1.249,50", ""),
        ("NWS-ONDERHOUD", "Onderhoud cv-ketel", "", "14,95"),
        ("ZON-LAADPAAL", "Laadpaal <11 kW> & installatie", "1.899,00", "7,50"),
    ]:
        products.append({
            "code": code, "soort": "overig", "actief": "ja", "naam": name, "leverancier": code[:3],
            "doelgroep": "beide", "contractvorm": "", "looptijd": "", "omschrijving": "", "vanaf": "",
            "prijs": price, "maand": monthly,
        })
    products.insert(40, dict(by_code["ZON-VAS12-C"]))
    products.append(by_code["NWS-VAR00-C"] | {"naam": "Noordwind, oude naam"})
    return products


def product_xml(product):
    def element(name, text, indent="      "):
        return f"{indent}<{name}>{escape(text)}</{name}>\n" if text else ""

    attributes = " ".join(f"{name}={quoteattr(product[name])}" for name in ("code", "soort", "actief"))
    lines = f"    <product {attributes}>\n"
    lines += element("naam", product["naam"]) + element("leverancier", product["leverancier"])
    lines += element("doelgroep", product["doelgroep"]) + element("contractvorm", product["contractvorm"])
    lines += element("looptijd", product["looptijd"])
    if product["omschrijving"] and product["code"].endswith("Z"):
        lines += f"      <omschrijving><![CDATA[{product['omschrijving']}]]></omschrijving>\n"
    else:
        lines += element("omschrijving", product["omschrijving"])
    if product["vanaf"]:
        lines += f"      <geldigheid>\n{element('vanaf', product['vanaf'], '        ')}      </geldigheid>\n"
    if "tarieven" in product:
        tariffs, deep = product["tarieven"], "          "
        lines += '      <tarieven valuta="EUR" btw="exclusief">\n        <stroom>\n'
        for name in ("enkel", "normaal", "dal", "terug"):
            lines += element(name, tariffs[name], deep)
        lines += element("vastrecht", tariffs["vast_stroom"], deep) + "        </stroom>\n        <gas>\n"
        lines += element("verbruik", tariffs["gas"], deep) + element("vastrecht", tariffs["vast_gas"], deep)
        lines += "        </gas>\n      </tarieven>\n"
    if "prijs" in product:
        prices = element("eenmalig", product["prijs"], "        ") + element("maand", product["maand"], "        ")
        lines += f"      <prijzen>\n{prices}      </prijzen>\n"
    return lines + "    </product>\n"


def products_xml(products):
    body = "".join(product_xml(product) for product in products)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- The product catalogue, one element per product. -->\n'
    return (head + f'<export systeem="legacy-crm">\n  <producten>\n{body}  </producten>\n</export>\n').encode()


CHANNELS = ["telefoon", "deur", "winkel", "web", "adviseur"]


def new_offer(dice, number, person, product, pdf):
    created = f"{2021 + dice.below(3)}-{1 + dice.below(12):02d}-{1 + dice.below(27):02d}"
    time = f"{8 + dice.below(10):02d}:{dice.below(60):02d}:{dice.below(60):02d}"
    signed = created[:8] + f"{int(created[8:]) + 1:02d}"
    address = {
        "postcode": person["postcode"].lower() if dice.chance(0.2) else person["postcode"],
        "huisnummer": int(person["huisnummer"]),
        "toevoeging": person["toevoeging"] or None,
        "straat": person["straat"],
        "plaats": person["plaats"],
    }
    customer = {
        "type": person["type"],
        "voornaam": person["voornaam"],
        "achternaam": person["achternaam"],
        "geboortedatum": person["geboortedatum"],
        "email": person["email"],
        "telefoon": person["telefoon"],
        "adres": address,
    }
    if person["type"] == "Z":
        customer["bedrijf"] = {
            "naam": person["bedrijfsnaam"], "contactpersoon": person["contactpersoon"], "kvk": person["kvk"],
        } | ({"btw": person["btw"]} if person["btw"] else {})
    offer = {
        "offertenummer": f"OFF-{number:05d}",
        "status": "getekend",
        "kanaal": dice.pick(CHANNELS),
        "klantnummer": person["klantnummer"],
        "product": product,
        "klant": customer,
        "aansluiting": dict(address),
        "datum": {"aangemaakt": f"{created} {time}", "getekend": signed},
        "contract": {"pdf": pdf, "gemaakt": f"{signed} 12:00:00"},
    }
    if dice.chance(0.9):
        offer["betaling"] = {"wijze": dice.pick(["Automatische incasso", "Factuur"])}
    return offer


def make_offers(dice, people, products):
    """397 offers, one of them twice, and two lines that are no JSON: 400 lines."""
    good = [person for index, person in enumerate(people) if index not in SPOILED_CUSTOMERS]
    energy = [product for product in products if "tarieven" in product and product["code"] not in UNSOLD_PRODUCTS]
    offers, taken = [], set()
    while len(offers) < 397:
        person = dice.pick(good)
        audience = "zakelijk" if person["type"] == "Z" else "consument"
        product = dice.pick([product["code"] for product in energy if product["doelgroep"] == audience])
        if (person["klantnummer"], product) in taken:
            continue
        taken.add((person["klantnummer"], product))
        pdf = f"contracten/contract-{1 + dice.below(40):02d}.pdf"
        offers.append(new_offer(dice, len(offers) + 1, person, product, pdf))
    plant_in_offers(dice, offers, people)
    lines = [json.dumps(offer, ensure_ascii=False, separators=(",", ":")) for offer in offers]
    lines.insert(120, lines[119])  # one line twice
    lines.insert(200, lines[50][:180])  # a line cut off in the middle
    lines.insert(300, "{'offertenummer': 'OFF-99999', 'status': 'getekend'}")  # no JSON
    return lines


def plant_in_offers(dice, offers, people):
    def customer(number, klantnummer, person):
        product = offers[number]["product"][:-1] + ("Z" if person["type"] == "Z" else "C")
        product = "VBE-VAS12" + product[-2:] if product in UNSOLD_PRODUCTS else product
        made = new_offer(dice, number + 1, person, product, offers[number]["contract"]["pdf"])
        offers[number] = made | {"klantnummer": klantnummer}

    for number, index in zip((12, 47, 88, 133, 210), (20, 25, 30, 35, 75)):
        customer(number, people[index]["klantnummer"], people[index])  # their rows in klanten.csv are rejected
    for number, klantnummer in zip((61, 177, 305), ("K99901", "K99902", "K99903")):
        offers[number]["klantnummer"] = klantnummer  # no such customer
    for number, index in zip((70, 240), (55, 170)):
        customer(number, people[index]["klantnummer"], people[index])  # test customers, filtered
    for offset, (number, index) in enumerate(zip((15, 55, 95, 135, 175, 215, 255, 295, 335), KNOWN_TWICE)):
        customer(number, f"K{20001 + offset}", people[index])  # the second number of a customer known twice
    for number, product in zip((30, 145, 260, 350), ("DEL-VAS60-C", "DEL-VAS60-Z", "DEL-VAS36-Z", "ONBEKEND-01")):
        offers[number]["product"] = product  # rejected, rejected, parked and missing products
    for number, pdf in zip((33, 188, 320), ("contract-77.pdf", "contracten/contract-88.pdf", "contracten/kwijt.pdf")):
        offers[number]["contract"]["pdf"] = pdf  # no such file
    for number in (5, 65, 125, 185, 245, 365):
        offers[number]["status"] = "concept"
        offers[number]["datum"]["getekend"] = None
        del offers[number]["contract"]  # still open: sending it would e-mail the customer
    offers[270]["datum"]["getekend"] = "2022-13-01"
    offers[280]["datum"]["getekend"] = "onbekend"
    offers[290]["klant"]["achternaam"] = ""
    again = new_offer(dice, 331, people[0], offers[330]["product"], offers[330]["contract"]["pdf"])
    offers[340] = again  # the number of offers[330] with other content
    # The same customer and product a second time, later: two offers, not one.
    for number, first in ((345, 100), (346, 101)):
        person = next(person for person in people if person["klantnummer"] == offers[first]["klantnummer"])
        pdf = offers[number]["contract"]["pdf"]
        offers[number] = new_offer(dice, number + 1, person, offers[first]["product"], pdf)


def contract_pdf(number):
    """A one-page PDF that viewers open, with a right cross-reference table."""
    text = f"BT /F1 24 Tf 72 720 Td (Contract {number:02d}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>\nstream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    document, offsets = "%PDF-1.4\n", []
    for index, body in enumerate(objects, start=1):
        offsets.append(len(document))
        document += f"{index} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    tail = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(document)}\n%%EOF\n"
    return (document + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}" + tail).encode()


PRICE_COLUMNS = [
    "code", "product", "leverancier", "doelgroep", "contractvorm", "looptijd", "enkel", "normaal", "dal", "terug",
    "gas", "vast_stroom", "vast_gas",
]


def price_lists(dice, products):
    """Tonight's list and the next night's: the products' own tariffs, of which every third changes."""
    listed = {}
    for product in products:
        if "tarieven" in product and product["code"] not in UNSOLD_PRODUCTS:
            listed.setdefault(product["code"], product)
    del listed["ZON-DYN00-Z"]  # in Salesdock, not on any list
    tonight = []
    for index, product in enumerate(listed.values()):
        tariffs = dict(product["tarieven"])
        if index % 3 == 0:
            tariffs["enkel"] = comma(float(tariffs["enkel"].replace(",", ".")) + 0.0125, 5)
            tariffs["gas"] = comma(float(tariffs["gas"].replace(",", ".")) - 0.02, 5)
        row = {name: product[name] for name in ("doelgroep", "contractvorm", "looptijd")}
        row |= {"code": product["code"].lower(), "leverancier": product["leverancier"].lower()}
        tonight.append(row | {"product": product["naam"]} | tariffs)
    tonight[25]["gas"] = "n.n.b."
    next_night = [dict(row) for row in tonight if row["code"] != "nws-dyn00-c"]
    for row in next_night:
        row["gas"] = "1,19000" if row["gas"] == "n.n.b." else row["gas"]
    for row in next_night[:5]:
        row["vast_stroom"] = comma(float(row["vast_stroom"].replace(",", ".")) + 0.5, 2)
    return tonight, next_night


def prices_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(PRICE_COLUMNS)
    writer.writerows([row[column] for column in PRICE_COLUMNS] for row in rows)
    return text.getvalue().encode()



def all_files():
    people, rows = make_customers(Dice(SEED))
    products = make_products(Dice(SEED + 1))
    offers = make_offers(Dice(SEED + 2), people, products)
    tonight, next_night = price_lists(Dice(SEED + 3), products)
    files = {
        "legacy-crm/klanten.csv": customers_csv(rows),
        "legacy-crm/leveranciers.csv": suppliers_csv(),
        "legacy-crm/producten.xml": products_xml(products),
        "legacy-crm/offertes.ndjson.gz": gzip.compress(("\n".join(offers) + "\n").encode(), 9, mtime=0),
        "price-list/prijslijst.csv": prices_csv(tonight),
        "price-list/prijslijst-volgende-nacht.csv": prices_csv(next_night),
    }
    for number in range(1, 41):
        files[f"legacy-crm/contracten/contract-{number:02d}.pdf"] = contract_pdf(number)
    return files


def content(name, data):
    return gzip.decompress(data) if name.endswith(".gz") else data


def main():
    files = all_files()
    if sys.argv[1:] == ["--check"]:
        wrong = [name for name, data in files.items()
                 if not (HERE / name).is_file() or content(name, (HERE / name).read_bytes()) != content(name, data)]
        for name in wrong:
            print(f"{name}: differs from what generate.py makes", file=sys.stderr)
        return 1 if wrong else 0
    for name, data in files.items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len(files)} files, {sum(map(len, files.values())) // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
