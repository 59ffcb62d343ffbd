"""The claims of the article, and the verdicts on them."""

import unittest

from harness import claims, scenarios
from harness.claims import Claim, Evidence
from harness.stats import Estimate

TEN_PERCENT_MORE = Claim("x", "1", "ten percent more", "router_style", claims.RATIO, "x", 1.10)
MORE = Claim("x", "1", "more", "router_style", claims.ORDER, "x")
QUIET = Estimate(1.0, 0.99, 1.01, 10)


def ratio(median, low, high, count=10, noise=QUIET):
    return Evidence(ratio=Estimate(median, low, high, count), noise=noise)


class TheList(unittest.TestCase):
    def test_is_complete_in_itself(self):
        found = claims.load()
        self.assertGreaterEqual(len(found), 25)
        self.assertEqual(len({claim.id for claim in found}), len(found))
        for claim in found:
            with self.subTest(claim.id):
                self.assertIn(claim.scenario, scenarios.BY_NAME)
                self.assertRegex(claim.section, r"^[1-5](\.[1-9])?$")
                self.assertRegex(claim.claim, r"^[A-Z].*\.$")
                self.assertEqual(claim.ratio is not None, claim.kind == claims.RATIO)
                self.assertEqual(bool(claim.why), claim.kind == claims.NONE)
                self.assertNotEqual(bool(claim.evidence), claim.kind == claims.NONE)

    def test_has_a_claim_of_every_table(self):
        self.assertEqual({claim.id.partition("-")[0] for claim in claims.load()}, {f"s{number}" for number in range(1, 10)})


class Verdicts(unittest.TestCase):
    def check(self, claim, evidence, verdict, part=""):
        found = claims.judge(claim, evidence)
        self.assertEqual(found.verdict, verdict, found)
        self.assertIn(part, found.sentence)
        self.assertRegex(found.sentence, r"^[A-Z].*\.$")

    def test_the_same_size_is_confirmed(self):
        self.check(TEN_PERCENT_MORE, ratio(1.12, 1.08, 1.15), claims.CONFIRMED, "1.12 [1.08, 1.15], the article's 1.10")
        self.check(TEN_PERCENT_MORE, ratio(1.21, 1.19, 1.23), claims.CONFIRMED, "the article's 1.10")  # 1.19 - 10 % < 1.10

    def test_another_size_is_said(self):
        self.check(TEN_PERCENT_MORE, ratio(1.50, 1.40, 1.60), claims.OTHER_SIZE)
        self.check(Claim("x", "1", "x", "gc", claims.RATIO, "x", 3.0), ratio(1.5, 1.4, 1.6), claims.OTHER_SIZE)

    def test_a_tie_is_not_reproduced(self):
        self.check(TEN_PERCENT_MORE, ratio(1.05, 0.98, 1.12), claims.NOT_REPRODUCED, "a tie")
        self.check(TEN_PERCENT_MORE, ratio(1.05, 1.02, 1.12, noise=Estimate(1.0, 0.90, 1.10, 10)), claims.NOT_REPRODUCED, "a tie")
        self.check(TEN_PERCENT_MORE, ratio(1.05, 1.02, 1.12, count=2), claims.NOT_REPRODUCED, "a tie")

    def test_the_other_direction_is_reversed(self):
        self.check(TEN_PERCENT_MORE, ratio(0.80, 0.75, 0.85), claims.REVERSED)
        self.check(MORE, ratio(0.80, 0.75, 0.85), claims.REVERSED)

    def test_a_direction_without_a_size(self):
        self.check(MORE, ratio(5.0, 4.0, 6.0), claims.CONFIRMED, "the article gives none")

    def test_one_round_decides_nothing(self):
        self.check(TEN_PERCENT_MORE, ratio(1.10, None, None, 1), claims.NOT_TESTABLE, "one round")

    def test_exact_counts_need_no_noise(self):
        self.check(MORE, Evidence(ratio=Estimate(18.0, 18.0, 18.0, None)), claims.CONFIRMED)
        zero = Claim("x", "1", "nothing", "router_style", claims.ZERO, "x")
        self.check(zero, Evidence(count=0.0), claims.CONFIRMED)
        self.check(zero, Evidence(count=1.0), claims.NOT_REPRODUCED, "1.00")

    def test_statements(self):
        holds = Claim("x", "2.5", "grows", "leak", claims.HOLDS, "x")
        self.check(holds, Evidence(holds=True), claims.CONFIRMED)
        self.check(holds, Evidence(holds=False), claims.NOT_REPRODUCED)

    def test_without_evidence_the_reason_is_said(self):
        self.check(Claim("x", "1", "x", "orm", claims.NONE, why="nobody records it"), None, claims.NOT_TESTABLE, "Nobody records it.")
        self.check(MORE, None, claims.NOT_TESTABLE, "It was not measured in this session.")
        self.assertEqual(claims.judge(MORE, None, "the originals have no pool").sentence, "The originals have no pool.")


if __name__ == "__main__":
    unittest.main()
