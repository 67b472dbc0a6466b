"""The job in Polars: polars_job.py SOURCE FOLDER. One lazy scan that reads only what is used, then the split."""

import json
import sys

import polars as pl
from polars import col

COLUMNS = (
    "klantnummer type voornaam achternaam bedrijfsnaam kvk btw email telefoon postcode huisnummer toevoeging straat plaats "
    "geboortedatum klant_sinds opmerking"
).split()
KINDS = [
    (1, "lastname", "required"), (2, "company_name", "required"), (4, "email", "format"), (8, "postcode", "format"),
    (16, "birthdate", "date"), (32, "email", "duplicate"),
]  # fmt: skip
source, folder = sys.argv[1:]
schema = {name: pl.String for name in COLUMNS}
numbered = {"row_index_name": "row", "row_index_offset": 1}
if ".csv" in source:
    scan = pl.scan_csv(source, separator=";", schema=schema, **numbered)
else:
    scan = pl.scan_ndjson(source, schema=schema, **numbered)


def text(name: str) -> pl.Expr:
    trimmed = col(name).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def problem(bit: int, fails: pl.Expr) -> pl.Expr:
    return fails.fill_null(True).cast(pl.UInt8) * bit


mapped = scan.select(
    "row",
    visibility=pl.lit("private"),
    business=col("type").str.strip_chars().replace_strict({"P": "0", "Z": "1"}, default=None, return_dtype=pl.String),
    firstname=text("voornaam"),
    lastname=text("achternaam"),
    company_name=text("bedrijfsnaam"),
    company_coc=text("kvk"),
    company_vat=text("btw"),
    email=text("email").str.to_lowercase(),
    phone=text("telefoon"),
    postcode=col("postcode").str.replace_all(" ", "", literal=True).str.to_uppercase(),
    housenumber=text("huisnummer"),
    suffix=text("toevoeging"),
    streetname=text("straat"),
    city=text("plaats"),
    birthdate=text("geboortedatum"),
)
is_date = (
    col("birthdate").str.contains(r"^[0-9]{2}-[0-9]{2}-[0-9]{4}$")
    & col("birthdate").str.to_date("%d-%m-%Y", strict=False).is_not_null()
)
checked = mapped.with_columns(
    problems=problem(1, (col("business") == "0") & col("lastname").is_null())
    + problem(2, (col("business") == "1") & col("company_name").is_null())
    + problem(4, ~col("email").str.contains(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"))
    + problem(8, ~col("postcode").str.contains(r"^[1-9][0-9]{3}[A-Z]{2}$"))
    + problem(16, col("birthdate").is_not_null() & ~is_date)
)
customers = checked.collect(engine="streaming")
good = customers.filter(col("problems") == 0)
accepted = good.unique(subset="email", keep="first", maintain_order=True)
accepted.drop("row", "problems").write_ndjson(f"{folder}/accepted.ndjson")
kept = pl.Series("row", accepted["row"])
repeated = good.filter(~col("row").is_in(kept.implode())).select("row", problems=pl.lit(32, pl.UInt8))
bad = pl.concat([customers.filter(col("problems") != 0).select("row", "problems"), repeated])
rejects = pl.concat(
    bad.filter((col("problems") & bit) != 0).select("row", field=pl.lit(field), code=pl.lit(code))
    for bit, field, code in KINDS
).sort("row")
rejects.write_ndjson(f"{folder}/rejects.ndjson")
kinds = {f"{field}/{code}": count for field, code, count in rejects.group_by("field", "code").len().rows()}
with open(f"{folder}/summary.json", "w") as summary:
    counts = {"read": customers.height, "accepted": accepted.height, "rejected": bad.height}
    json.dump(counts | {"problems": kinds}, summary)
