"""Tests of harness/table.py: printed tables and notes."""

import unittest

from harness import table


class Table(unittest.TestCase):
    def test_columns_line_up_and_a_text_row_spans(self):
        self.assertEqual(
            table.render([["name"], ["first", "value"]], [("a", "1"), "spans it all", ("long", "1,000")]),
            "      first\nname  value\n----  -----\na         1\nspans it all\nlong  1,000")

    def test_long_notes_are_wrapped_and_indented(self):
        lines = table.notes(["word " * 40, "short"]).splitlines()
        self.assertEqual(len(lines), 3)
        self.assertLessEqual(len(lines[0]), table.WIDTH)
        self.assertTrue(lines[1].startswith("  word"))
        self.assertEqual(lines[2], "short")

    def test_counts_have_a_singular_and_a_plural(self):
        self.assertEqual([table.count(number, "round") for number in (0, 1, 2_000)], ["0 rounds", "1 round", "2,000 rounds"])

    def test_unknown_is_a_dash(self):
        self.assertEqual(table.number(None), "-")
        self.assertEqual(table.number(12345.678, 1), "12,345.7")


if __name__ == "__main__":
    unittest.main()
