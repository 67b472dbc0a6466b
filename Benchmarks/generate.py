"""A seeded CSV of customers with realistic dirt: generate.py ROWS FILE. The same rows every time."""

import random
import sys

FIRST = "Jan Piet Anna Maria Sanne Daan Lotte Zoë René Jörg Gijs Femke Özlem Søren".split()
LAST = ["de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "Müller", "d'Ancona", "van 't Hof"]
CITY = ["Enschede", "'s-Hertogenbosch", "Súdwest-Fryslân", "Hengelo", "Bergen op Zoom"]
HEADER = "klantnummer;type;voornaam;achternaam;bedrijfsnaam;email;postcode;geboortedatum;plaats;opmerking"


def row(number: int, rng: random.Random) -> str:
    business = rng.random() < 0.3
    chance = rng.random()
    last = "" if chance < 0.01 and not business else rng.choice(LAST)
    company = "" if not business or chance < 0.01 else f'"Bakkerij ""De {rng.choice(LAST)}"" {number % 97}"'
    email = f"klant{number if rng.random() > 0.02 else max(1, number // 2)}@mail.example"
    if chance > 0.97:
        email = email.replace("@", "#")
    elif chance > 0.9:
        email = "  " + email.upper()
    postcode = f"{rng.randint(1000, 9999)} {rng.choice('ABCDEFGHJK')}{rng.choice('ABCDEFGHJK')}"
    if rng.random() < 0.02:
        postcode = "0" + postcode[1:]
    birth = "" if business else f"{rng.randint(1, 28):02}-{rng.randint(1, 12):02}-{rng.randint(1930, 2005)}"
    if birth and rng.random() < 0.005:
        birth = "31-02-1980"
    note = f'"belt liever; na 17 uur\nregel {number}"' if rng.random() < 0.02 else "geen bijzonderheden"
    kind = "Z" if business else "P"
    return f"{number};{kind};{rng.choice(FIRST)};{last};{company};{email};{postcode};{birth};{rng.choice(CITY)};{note}\n"


def main() -> None:
    rng = random.Random(42)
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as out:
        out.write(HEADER + "\n")
        for number in range(1, int(sys.argv[1]) + 1):
            out.write(row(number, rng))


main()
