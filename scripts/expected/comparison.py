"""Compares a state of Salesdock, or the output of a run, with the expectation. Every difference is one line of text."""

import json
import re
from decimal import Decimal, InvalidOperation

from expectation import FATES, day, digits, postcode


def natural_key(relation):
    """What tells customers apart without ids."""
    return tuple(canonical(name, relation.get(name)) for name in ("email", "firstname", "lastname", "company_name"))


def canonical(name, value):
    """A value as the service may keep it: other case of e-mail and postcode, phone as digits, numbers as numbers."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if value is None or value == "":
        return ""
    if isinstance(value, (dict, list)):
        return value
    text = str(value)
    if name == "email":
        return text.strip().lower()
    if name.endswith("postcode"):
        return postcode(text)
    if name == "phone":
        return re.sub(r"^(0031|31)", "0", digits(text))
    if name in ("valid_from", "birthdate", "contract_date") and re.match(r"\d{4}-\d{2}-\d{2}", text):
        return day(text[:10])
    if name.startswith(("tariff_", "price")):
        try:
            return Decimal(text).normalize()
        except InvalidOperation:
            return text
    return text


class Comparison:
    """Collects differences; each is one line."""

    def __init__(self):
        self.differences = []

    def differ(self, text):
        self.differences.append(text)

    def fields(self, label, expected, found):
        for name, value in expected.items():
            if isinstance(value, dict):
                inner = found.get(name)
                self.fields(f"{label} {name}", value, inner if isinstance(inner, dict) else {})
            elif canonical(name, value) != canonical(name, found.get(name)):
                self.differ(f"{label}: {name} is {clip(found.get(name))}, expected {clip(value)}")

    def absent(self, label, names, expected, found):
        """Fields that were never sent must be empty."""
        for name in names:
            if name not in expected and canonical(name, found.get(name)):
                self.differ(f"{label}: {name} is {clip(found.get(name))}, expected nothing")

    def pair(self, kind, expected, found, key):
        """Yields (key, expected, found) of those that are on both sides exactly once; the others are differences."""
        by_key = {}
        for record in found:
            by_key.setdefault(key(record), []).append(record)
        for name, records in by_key.items():
            if name not in expected:
                self.differ(f"{kind} {show(name)}: not expected (id {records[0].get('id')})")
            elif len(records) > 1:
                self.differ(f"{kind} {show(name)}: {len(records)} times (ids {[record['id'] for record in records]})")
        for name, record in expected.items():
            if name not in by_key:
                self.differ(f"{kind} {show(name)}: missing")
            elif len(by_key[name]) == 1:
                yield name, record, by_key[name][0]


def identifier(record):
    return record.get("identifier") or ""


def reference_of(sale):
    return sale.get("external_reference") or ""


def show(key):
    return " ".join(part for part in key if part) if isinstance(key, tuple) else key


def clip(value):
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def compare_state(state, expected):
    """Every difference between the emulator's state and the expectation, as lines."""
    check = Comparison()
    supplier_names = {record["identifier"]: record for record in expected["suppliers"].records.values()}
    supplier_ids = {}
    for name, wanted, found in check.pair("supplier", supplier_names, state["suppliers"], identifier):
        supplier_ids[found["id"]] = name
        check.fields(f"supplier {name}", wanted, found)

    product_names = {record["identifier"]: record for record in expected["products"].records.values()}
    product_ids = {}
    for name, wanted, found in check.pair("product", product_names, state["products"], identifier):
        product_ids[found["id"]] = name
        compare_product(check, name, wanted, found, supplier_ids)

    relation_keys = {natural_key(record): record for record in expected["customers"].records.values()}
    relation_ids = {}
    for name, wanted, found in check.pair("customer", relation_keys, state["relations"], natural_key):
        relation_ids[found["id"]] = name
        check.fields(f"customer {wanted['email']}", wanted, found)
        check.absent(f"customer {wanted['email']}",
                     ("company_name", "company_coc", "company_vat", "birthdate", "suffix", "cf_remark"), wanted, found)

    compare_offers(check, expected["offers"], state["sales"], relation_ids, product_ids)
    if state["outbox"]:
        check.differ(f"outbox: {len(state['outbox'])} e-mails to customers, the first: {clip(state['outbox'][0])}")
    return check.differences


def compare_product(check, name, wanted, found, supplier_ids):
    label = f"product {name}"
    tariffs = wanted["energy"]
    plain = {field: value for field, value in wanted.items() if field not in ("energy", "supplier")}
    check.fields(label, plain, found)
    stored = found
    for place in ("energy", "customfields", "tariffs"):
        if isinstance(found.get(place), dict):
            stored = stored | found[place]
    check.fields(label, tariffs, stored)
    check.absent(label, ("tariff_single", "tariff_g", "tariff_high_t2"), tariffs, stored)
    if supplier_ids.get(whole(found.get("supplier_id"))) != wanted["supplier"]:
        check.differ(f"{label}: supplier_id {found.get('supplier_id')} is not {wanted['supplier']}")


def compare_offers(check, expected, sales, relation_ids, product_ids):
    for reference, wanted, found in check.pair("offer", expected.records, sales, reference_of):
        label = f"offer {reference}"
        plain = {field: value for field, value in wanted.items() if field not in ("relation", "product", "flow")}
        check.fields(label, plain, found)
        relation, customer = relation_ids.get(whole(found.get("relation_id"))), natural_key(wanted["relation"])
        if relation != customer:
            check.differ(f"{label}: belongs to {show(relation or 'nobody known')}, expected {show(customer)}")
        if product_ids.get(whole(found.get("product_id"))) != wanted["product"]:
            check.differ(f"{label}: product {product_ids.get(whole(found.get('product_id')))}, "
                         f"expected {wanted['product']}")
        if flow_text(found) != wanted["flow"]:
            check.differ(f"{label}: flow {clip(found.get('flow'))}, expected {wanted['flow']}")


def flow_text(sale):
    flow = sale.get("flow")
    return f"{flow.get('type')}/{flow.get('identifier')}" if isinstance(flow, dict) else flow


def whole(value):
    return int(value) if value is not None and re.fullmatch(r"\d+", str(value)) else None


def expected_fates(outcome, rerun):
    fates = dict(outcome.fates)
    if rerun:
        fates["unchanged"] += fates["created"] + fates["updated"]
        fates["created"] = fates["updated"] = 0
    return fates


def compare_fates(results, expected, rerun):
    """Differences between the JSON of a run and the expected fates, as lines."""
    results = results if isinstance(results, list) else [results]
    by_name = {result["pipeline"]: result for result in results}
    lines = [f"{name}: not in the run's output" for name in expected if name not in by_name]
    for name, outcome in expected.items():
        if name not in by_name:
            continue
        result, fates = by_name[name], expected_fates(outcome, rerun)
        if result["read"] != outcome.read:
            lines.append(f"{name}: read {result['read']}, expected {outcome.read}")
        found = {fate: result["fates"].get(fate, 0) for fate in FATES}
        if name == "prices":
            # Whether a recognised product whose tariffs are already right counts as updated is not ours to say.
            for counts in (found, fates):
                counts["updated"], counts["unchanged"] = counts["updated"] + counts["unchanged"], 0
        lines += [f"{name}: {fate} {found[fate]}, expected {fates[fate]}"
                  for fate in FATES if found[fate] != fates[fate]]
    return lines
