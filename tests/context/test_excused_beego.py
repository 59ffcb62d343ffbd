"""Tests that the excuses of the Beego style excuse nothing that they do not mean: wrong answers to all recorded requests."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
import excused_beego  # noqa: E402
import judge  # noqa: E402
import recorded  # noqa: E402
from wire import Answer  # noqa: E402

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "context" / "beego"
DATE = ("Date", b"Sun, 06 Nov 1994 08:49:37 GMT")


def exchanges():
    cases, problems = recorded.read(DATA)
    assert not problems
    return [(case, exchange) for case in cases for exchange in case.exchanges if not exchange.free]


def body_of(exchange):
    return exchange.body if isinstance(exchange.body, bytes) else exchange.body.begin


class Excuses(unittest.TestCase):
    def setUp(self):
        self.exchanges = exchanges()

    def check(self, wrong):
        """`wrong` makes an answer of an exchange; None: not for this one. No answer may be excused."""
        for case, exchange in self.exchanges:
            answer = wrong(exchange)
            if answer is None:
                continue
            parts = judge.compare(exchange, answer, {})
            if parts:
                difference = judge.Difference(case.app, exchange, answer, parts)
                self.assertIsNone(excused_beego.excuse(difference), (case.id, parts))

    def test_a_failure_of_the_server_is_never_excused(self):
        self.check(lambda exchange: Answer(500, [DATE], b"", []) if exchange.status < 500 else None)

    def test_another_status_with_the_same_rest_is_never_excused(self):
        self.check(lambda exchange: Answer(exchange.status + 1, [DATE, *exchange.fields], body_of(exchange), []))

    def test_another_body_with_the_same_rest_is_never_excused(self):
        self.check(lambda exchange: Answer(exchange.status, [DATE, *exchange.fields], b"~another", [])
                   if exchange.method != "HEAD" and not exchange.decoded else None)

    def test_a_field_more_is_never_excused(self):
        self.check(lambda exchange: Answer(exchange.status, [DATE, *exchange.fields, ("X-More", b"1")], body_of(exchange), []))


if __name__ == "__main__":
    unittest.main()
