"""Tests of harness/ab.py: the command of ab and its report."""

import unittest

from harness import ab
from harness.errors import HarnessError


class Ab(unittest.TestCase):
    def test_the_command_has_every_parameter(self):
        self.assertEqual(ab.command("http://127.0.0.1:8080/api/item/1", 10_000, 200, (1,), "id"),
                         ["taskset", "-c", "1", "ab", "-q", "-n", "10000", "-c", "200", "-H", "X-Trace-ID: id",
                          "http://127.0.0.1:8080/api/item/1"])

    def test_answers_with_other_statuses_are_an_error(self):
        report = "Complete requests: 10\nFailed requests: 0\nRequests per second: 5.5 [#/sec]\n"
        self.assertEqual(ab.parse(report), {"requests": 10, "requests_per_s": 5.5})
        with self.assertRaisesRegex(HarnessError, "3 were not answered with 2xx"):
            ab.parse(report + "Non-2xx responses: 3\n")


if __name__ == "__main__":
    unittest.main()
