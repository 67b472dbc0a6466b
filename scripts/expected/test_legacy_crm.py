"""The checker itself: it passes on the right state and names every mistake that is put in.

    python3 -m unittest discover -s scripts/expected
"""

import copy
import json
import unittest
from pathlib import Path

from comparison import compare_fates, compare_state
from expectation import apply_price_lists, expect

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def right_state(expected):
    """The state of a service that took everything, and kept it in its own spelling."""
    supplier_ids, product_ids, relation_ids = {}, {}, {}
    state = {"instance": "x", "suppliers": [], "products": [], "relations": [], "sales": [], "outbox": []}

    def add(table, fields):
        fields["id"] = 100 + 3 * len(state[table])
        state[table].append(fields)
        return fields["id"]

    for record in expected["suppliers"].records.values():
        supplier_ids[record["identifier"]] = add("suppliers", dict(record))
    for record in expected["products"].records.values():
        fields = {name: value for name, value in record.items() if name not in ("energy", "supplier")}
        fields |= {"supplier_id": supplier_ids[record["supplier"]], "customfields": dict(record["energy"])}
        product_ids[record["identifier"]] = add("products", fields)
    for record in expected["customers"].records.values():
        fields = record | {"phone": "+31" + record["phone"][1:] if record.get("phone") else None}
        relation_ids[record["email"]] = add("relations", fields | {"suffix": record.get("suffix")})
    for record in expected["offers"].records.values():
        fields = copy.deepcopy({name: value for name, value in record.items() if name not in ("relation", "product")})
        fields["relation_id"] = relation_ids[record["relation"]["email"]]
        fields["product_id"] = str(product_ids[record["product"]])
        add("sales", fields)
    return state


class StateTests(unittest.TestCase):
    def setUp(self):
        self.expected = expect(SAMPLES / "legacy-crm")
        self.state = right_state(self.expected)

    def differences(self):
        return compare_state(self.state, self.expected)

    def assert_one(self, *words):
        lines = self.differences()
        self.assertEqual(len(lines), 1, lines[:5])
        for word in words:
            self.assertIn(word, lines[0])

    def test_the_right_state_has_no_differences(self):
        self.assertEqual(self.differences(), [])

    def test_a_customer_made_twice(self):
        self.state["relations"].append(self.state["relations"][5] | {"id": 9000})
        self.assertTrue(any("2 times" in line for line in self.differences()))

    def test_an_offer_made_twice(self):
        self.state["sales"].append(self.state["sales"][5] | {"id": 9000})
        self.assert_one("2 times", "9000")

    def test_an_offer_lost(self):
        self.state["sales"].pop()
        self.assert_one("missing")

    def test_a_customer_that_nobody_asked_for(self):
        self.state["relations"].append({"id": 9000, "email": "extra@post.example"})
        self.assert_one("extra@post.example", "not expected")

    def test_an_offer_of_another_customer(self):
        self.state["sales"][7]["relation_id"] += 3
        self.assert_one("belongs to")

    def test_an_offer_of_another_product(self):
        self.state["sales"][7]["product_id"] = self.state["products"][-1]["id"]
        self.assert_one("product")

    def test_another_contract(self):
        wrong = next(sale for sale in self.state["sales"]
                     if sale["contract_pdf"]["content"] != self.state["sales"][0]["contract_pdf"]["content"])
        self.state["sales"][0]["contract_pdf"]["content"] = wrong["contract_pdf"]["content"]
        self.assert_one("content")

    def test_a_letter_lost_in_decoding(self):
        relation = next(row for row in self.state["relations"] if "’" in (row.get("streetname") or ""))
        relation["streetname"] = relation["streetname"].replace("’", "\x92")
        self.assert_one("streetname")

    def test_a_tariff_of_another_product(self):
        self.state["products"][3]["customfields"]["tariff_g"] = "1.0"
        self.assert_one("tariff_g")

    def test_a_customer_was_e_mailed(self):
        self.state["outbox"].append({"to": "someone@post.example"})
        self.assert_one("outbox")

    def test_price_lists_change_tariffs_and_take_products_off_sale(self):
        lists = [SAMPLES / "price-list" / name for name in ("prijslijst.csv", "prijslijst-volgende-nacht.csv")]
        apply_price_lists(lists, self.expected["products"])
        lines = self.differences()
        self.assertTrue(any("nws-dyn00-c: active" in line for line in lines))
        self.assertTrue(any("vbe-vas12-c: tariff_single" in line for line in lines))


class FateTests(unittest.TestCase):
    def setUp(self):
        self.expected = expect(SAMPLES / "legacy-crm")
        self.results = json.loads(json.dumps([
            {"pipeline": name, "read": outcome.read, "fates": outcome.fates} for name, outcome in self.expected.items()
        ]))

    def test_the_right_fates_have_no_differences(self):
        self.assertEqual(compare_fates(self.results, self.expected, rerun=False), [])

    def test_every_row_has_one_fate(self):
        for name, outcome in self.expected.items():
            self.assertEqual(sum(outcome.fates.values()), outcome.read, name)

    def test_a_second_run_leaves_everything_unchanged(self):
        self.assertNotEqual(compare_fates(self.results, self.expected, rerun=True), [])
        for result in self.results:
            result["fates"]["unchanged"], result["fates"]["created"] = result["fates"]["created"], 0
        self.assertEqual(compare_fates(self.results, self.expected, rerun=True), [])

    def test_a_row_with_another_fate(self):
        self.results[3]["fates"]["parked"] -= 1
        self.results[3]["fates"]["rejected"] += 1
        self.assertEqual(len(compare_fates(self.results, self.expected, rerun=False)), 2)


if __name__ == "__main__":
    unittest.main()
