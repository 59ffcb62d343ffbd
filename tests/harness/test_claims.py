"""The claims of the article, the verdicts on them, and the evidence."""

import types
import unittest

from harness import claims, evidence, scenarios
from harness.claims import Claim, Evidence, Findings
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

    def test_each_scenario_with_claims_has_evidence(self):
        self.assertEqual({claim.scenario for claim in claims.load()}, set(evidence.BY_SCENARIO))


class Verdicts(unittest.TestCase):
    def check(self, claim, found, verdict, part=""):
        judged = claims.judge(claim, found)
        self.assertEqual(judged.verdict, verdict, judged)
        self.assertIn(part, judged.sentence)
        self.assertRegex(judged.sentence, r"^[A-Z].*\.$")

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
        self.check(MORE, Evidence(counts=(18.0, 0.0)), claims.CONFIRMED, "Counted: 18.00 and 0.00; the article gives no size.")
        self.check(MORE, Evidence(counts=(21.01, 21.0)), claims.NOT_REPRODUCED, "which is the same")
        self.check(MORE, Evidence(counts=(11.0, 18.0)), claims.REVERSED, "Counted: 11.00 and 18.00.")
        self.check(TEN_PERCENT_MORE, Evidence(counts=(110, 100)), claims.CONFIRMED, "a ratio of 1.10; the article's ratio is 1.10.")
        self.check(TEN_PERCENT_MORE, Evidence(counts=(200, 100)), claims.OTHER_SIZE, "a ratio of 2.00")
        self.check(TEN_PERCENT_MORE, Evidence(counts=(200, 0)), claims.OTHER_SIZE, "Counted: 200.00 and 0.00; the article's ratio")

    def test_nothing_is_0_as_the_table_prints_it(self):
        zero = Claim("x", "1", "nothing", "router_style", claims.ZERO, "x")
        self.check(zero, Evidence(count=0.004), claims.CONFIRMED)
        self.check(zero, Evidence(count=1.0), claims.NOT_REPRODUCED, "1.00")

    def test_statements(self):
        holds = Claim("x", "2.5", "grows", "leak", claims.HOLDS, "x")
        self.check(holds, Evidence(holds=True, note="It was long."), claims.CONFIRMED, "Found here too. It was long.")
        self.check(holds, Evidence(holds=False), claims.NOT_REPRODUCED)

    def test_without_evidence_the_reason_is_said(self):
        self.check(Claim("x", "1", "x", "orm", claims.NONE, why="nobody records it"), Evidence(), claims.NOT_TESTABLE, "Nobody records it.")
        self.check(MORE, Evidence(why="the originals have no pool"), claims.NOT_TESTABLE, "The originals have no pool.")


class Rows(unittest.TestCase):
    def test_all_claims_are_listed_and_say_what_was_not_measured(self):
        rows = {row.claim.id: row for row in claims.verdicts({"wildcards": Findings({"requests_per_s": ratio(1.75, 1.7, 1.8)})})}
        self.assertEqual(list(rows), [claim.id for claim in claims.load()])
        self.assertEqual(rows["s2-requests"].ours.verdict, claims.CONFIRMED)
        self.assertEqual(rows["s2-requests"].originals.sentence, "The originals were not measured in this session.")
        self.assertEqual(rows["s2-cpu"].ours.sentence, "The scenario wildcards does not measure it in this program.")
        self.assertEqual({rows["s5-line"].ours.sentence, rows["s5-line"].originals.sentence}, {"The scenario leak was not measured in this session."})

    def test_the_text_has_the_claims_of_the_session(self):
        text = claims.text({"orm": Findings({"gc_runs": Evidence(why=claims.NO_COLLECTOR)}, {"gc_runs": ratio(4.0, 3.9, 4.1)})})
        self.assertIn("2.3  The ORM causes four times as many collections/s: 3.2 and 0.8.\n", text)
        self.assertIn("    this program: cannot be tested here. This program has no garbage collector.\n", text)
        self.assertIn("    originals: confirmed. The ratio is 4.00 [3.90, 4.10], the article's 4.00.\n", text)
        self.assertIn("\n    cannot be tested here. Neither Go nor this program records how long an object lives.", text)
        self.assertNotIn("2.2  ", text)
        self.assertEqual(claims.text({"gc": Findings()}), "")


def runs(*values, field="requests_per_s", limit="server", **others):
    return [{"limit": limit, "in_flight_share": 1.0, field: value, **others} for value in values]


class TheEvidence(unittest.TestCase):
    def test_a_ratio_is_above_1_if_the_claim_is_right(self):
        found = evidence.paired(runs(20, 22, 24), runs(10, 11, 12), "requests_per_s", (runs(10, 10, 10), runs(10, 10, 10)))
        self.assertEqual((found.ratio.median, found.noise.median, found.why), (2.0, 1.0, ""))

    def test_figures_that_are_no_results_are_no_evidence(self):
        client, server = runs(1, 2, 3, limit="client"), runs(1, 2, 3)
        self.assertEqual(evidence.paired(client, client, "requests_per_s").why, "the client was the limit of both sides")
        self.assertEqual(evidence.paired(client, server, "requests_per_s").why, "")
        unseen = [{**record, "latency_p99_us": 5, "in_flight_share": 0.4} for record in server]
        self.assertEqual(evidence.paired(unseen, unseen, "latency_p99_us").why, "the client did not see a part of the waiting time")
        self.assertEqual(evidence.paired(runs(0, 1, 2), server, "requests_per_s").why, "a round has no value")

    def test_collections_are_counted_per_second_or_per_request(self):
        many, few = ([{"gc_runs": count, "gc_pause_us": 10.0 * count, "duration_us": 1e6, "requests": 100 * count} for count in counts]
                     for counts in ((20, 30, 40), (10, 15, 20)))
        self.assertEqual(evidence.collections(many, few, evidence.SECONDS).ratio.median, 2.0)
        self.assertEqual(evidence.collections(many, few, evidence.REQUESTS).ratio.median, 1.0)
        self.assertEqual(evidence.pauses(many, few).ratio.median, 1.0)
        never = [{**record, "gc_runs": 0} for record in few]
        without = [{**record, "gc_runs": None} for record in few]
        self.assertEqual(evidence.collections(many, never, evidence.SECONDS).why, "a round has no collection")
        self.assertEqual(evidence.pauses(never, many).why, "a round has no collection")
        self.assertEqual({evidence.collections(without, without, evidence.SECONDS).why, evidence.pauses(without, without).why}, {claims.NO_COLLECTOR})

    def test_counts_need_an_allocator_that_counts(self):
        known, unknown = {"allocations_per_request": 2.0}, {"allocations_per_request": None}
        self.assertEqual(evidence.counts(known, known, "allocations_per_request").counts, (2.0, 2.0))
        self.assertIn("does not count", evidence.counts(known, unknown, "allocations_per_request").why)
        self.assertIn("does not count", evidence.count(unknown, evidence.OURS).why)

    def test_router_style_uses_the_first_load_that_the_client_did_not_limit(self):
        names = ("gin_text", "gin_text_again", "beego_text", "gin_json", "beego_json")
        by_cell = {name: runs(10, 10, 10, limit="client") for name in names}
        self.assertEqual(evidence._requests_of_router_style(by_cell, evidence.OURS).why, "the client was the limit")
        by_cell |= {f"{name}_batch": runs(30, 30, 30) for name in names} | {"beego_json_batch": runs(20, 20, 20)}
        found = evidence._requests_of_router_style(by_cell, evidence.OURS)
        self.assertEqual(found.ratio.median, 1.5)
        self.assertTrue(found.note.startswith("Measured in batches, "), found.note)
        self.assertIn("text with text the ratio is 1.00, JSON with JSON 1.50.", found.note)
        by_cell |= {name: runs(30, 30, 30) for name in names}
        self.assertTrue(evidence._requests_of_router_style(by_cell, evidence.OURS).note.startswith("The article compares "))

    def test_memory_asks_whether_the_modules_explain_most(self):
        def judged(beego, trimmed, gin):
            by_cell = {key: runs(value, field="rss_kib") for key, value in (("beego", beego), ("trim", trimmed), ("gin", gin))}
            found = evidence._memory(types.SimpleNamespace(by_cell=lambda: by_cell), evidence.OURS)
            return found["modules_explain_most"].holds, found["trimmed_is_near"].holds

        self.assertEqual(judged(2000, 1050, 1000), (True, True))
        self.assertEqual(judged(2000, 1800, 1000), (False, False))
        self.assertEqual(judged(900, 800, 1000), (False, True))


if __name__ == "__main__":
    unittest.main()
