"""The job in DuckDB: duckdb_job.py SOURCE FOLDER. The scan, the mapping and all checks are one statement."""

import json
import sys

import duckdb

COLUMNS = (
    "klantnummer type voornaam achternaam bedrijfsnaam kvk btw email telefoon postcode huisnummer toevoeging straat plaats "
    "geboortedatum klant_sinds opmerking"
).split()
source, folder = sys.argv[1:]
types = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS) + "}"
if ".csv" in source:
    scan = f"read_csv('{source}', delim=';', header=true, quote='\"', escape='\"', auto_detect=false, columns={types})"
else:
    scan = f"read_json('{source}', format='newline_delimited', columns={types})"


def text(column: str) -> str:
    # Trimming other white space as well takes a third longer, and these files have none.
    return f"nullif(trim({column}), '')"


database = duckdb.connect()
database.execute(f"""
    CREATE TEMP TABLE customers AS
    SELECT *,
        CASE WHEN business = '0' AND lastname IS NULL THEN 1 ELSE 0 END
        + CASE WHEN business = '1' AND company_name IS NULL THEN 2 ELSE 0 END
        + CASE WHEN email IS NULL OR NOT regexp_full_match(email, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+') THEN 4 ELSE 0 END
        + CASE WHEN postcode IS NULL OR NOT regexp_full_match(postcode, '[1-9][0-9]{{3}}[A-Z]{{2}}') THEN 8 ELSE 0 END
        + CASE WHEN birthdate IS NOT NULL AND (try_strptime(birthdate, '%d-%m-%Y') IS NULL
            OR NOT regexp_full_match(birthdate, '[0-9]{{2}}-[0-9]{{2}}-[0-9]{{4}}')) THEN 16 ELSE 0 END AS problems
    FROM (
        SELECT 'private' AS visibility, CASE trim(type) WHEN 'P' THEN '0' WHEN 'Z' THEN '1' END AS business,
            {text("voornaam")} AS firstname, {text("achternaam")} AS lastname, {text("bedrijfsnaam")} AS company_name,
            {text("kvk")} AS company_coc, {text("btw")} AS company_vat, lower({text("email")}) AS email,
            {text("telefoon")} AS phone, upper(replace(postcode, ' ', '')) AS postcode,
            {text("huisnummer")} AS housenumber, {text("toevoeging")} AS suffix, {text("straat")} AS streetname,
            {text("plaats")} AS city, {text("geboortedatum")} AS birthdate
        FROM {scan})""")
# rowid is the place in the input.
database.execute("CREATE TEMP TABLE kept AS SELECT min(rowid) AS id FROM customers WHERE problems = 0 GROUP BY email")
# Without the order, since version 2, rows leave the join in any.
database.execute(f"""
    COPY (SELECT * EXCLUDE (problems) FROM customers WHERE rowid IN (SELECT id FROM kept) ORDER BY rowid)
    TO '{folder}/accepted.ndjson' (FORMAT json)""")
database.execute("""
    CREATE TEMP TABLE rejects AS
    SELECT id + 1 AS row, field, code
    FROM (
        SELECT rowid AS id, CASE WHEN problems = 0 THEN 32 ELSE problems END AS problems
        FROM customers WHERE problems <> 0 OR rowid NOT IN (SELECT id FROM kept)),
        (VALUES (1, 'lastname', 'required'), (2, 'company_name', 'required'), (4, 'email', 'format'),
            (8, 'postcode', 'format'), (16, 'birthdate', 'date'), (32, 'email', 'duplicate')) AS kinds (bit, field, code)
    WHERE problems & bit <> 0""")
database.execute(f"COPY (SELECT * FROM rejects ORDER BY row) TO '{folder}/rejects.ndjson' (FORMAT json)")
read, accepted = database.execute("SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM kept)").fetchone()
kinds = database.execute("SELECT field || '/' || code, count(*) FROM rejects GROUP BY ALL").fetchall()
with open(f"{folder}/summary.json", "w") as summary:
    json.dump({"read": read, "accepted": accepted, "rejected": read - accepted, "problems": dict(kinds)}, summary)
