"""Tests of the scenario scaling that start no process, and of the page /metrics."""

import unittest

from harness import metrics_page
from harness.scenarios import scaling
from harness.scenarios.scaling import Step

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None


class Steps(unittest.TestCase):
    def test_a_machine_with_many_cores_doubles_the_threads_and_gives_the_rest_to_the_client(self):
        cores = [[cpu] for cpu in range(8)]
        self.assertEqual(scaling.steps_of(cores), [Step((0,), tuple(range(1, 8))), Step((0, 1), tuple(range(2, 8))),
                                                   Step((0, 1, 2, 3), (4, 5, 6, 7))])

    def test_a_core_with_two_threads_is_never_shared_by_server_and_client(self):
        cores = [[0, 4], [1, 5], [2, 6], [3, 7]]
        self.assertEqual(scaling.steps_of(cores), [Step((0,), (1, 5, 2, 6, 3, 7)), Step((0, 1), (2, 6, 3, 7))])

    def test_with_two_cpus_the_second_step_shares_one(self):
        for cores in ([[0], [1]], [[0, 1]]):
            self.assertEqual(scaling.steps_of(cores), [Step((0,), (1,)), Step((0, 1), (1,))])
        self.assertEqual([step.is_shared for step in scaling.steps_of([[0], [1]])], [False, True])

    def test_with_clients_on_other_machines_the_server_can_have_every_core(self):
        self.assertEqual(scaling.steps_of_server([[0, 4], [1, 5], [2, 6], [3, 7]]), [Step((0,), ()), Step((0, 1), ()), Step((0, 1, 2, 3), ())])
        self.assertEqual(scaling.steps_of_server([[0, 1]]), [Step((0,), ()), Step((0, 1), ())])
        self.assertEqual(scaling.steps_of_server([[0], [1]], [1]), [Step((1,), ())])

    def test_the_command_line_chooses_the_cpus(self):
        self.assertEqual(scaling.steps_of([[0], [1]], [4, 5, 6, 7], [1, 2]),
                         [Step((4,), (1, 2)), Step((4, 5), (1, 2)), Step((4, 5, 6, 7), (1, 2))])


def record(requests_per_s, cpu_us, limit="server"):
    return {"requests_per_s": requests_per_s, "cpu_us_per_request": cpu_us, "limit": limit}


class SpeedUp(unittest.TestCase):
    STEPS = [Step((0,), (4, 5)), Step((0, 1), (4, 5)), Step((0, 1), (1,))]

    def texts(self, later, step=1):
        by_key = {"gin_1": [record(100, 0.5)] * 3, "gin_2": [later] * 3}
        return [scaling.speed_up_text(by_key, "gin", self.STEPS[step], self.STEPS, by_cpu_time) for by_cpu_time in (False, True)]

    def test_a_request_that_costs_more_with_two_threads_lowers_both(self):
        self.assertEqual(self.texts(record(180, 0.625)), ["1.80 [1.80, 1.80]", "1.60 [1.60, 1.60]"])

    def test_a_speed_up_that_the_client_limited_has_a_mark(self):
        self.assertEqual(self.texts(record(120, 0.5, "client")), ["*1.20 [1.20, 1.20]", "2.00 [2.00, 2.00]"])

    def test_a_shared_cpu_has_no_speed_up_of_requests(self):
        self.assertEqual(self.texts(record(120, 0.5), step=2), ["shared", "2.00 [2.00, 2.00]"])

    def test_the_first_step_is_1(self):
        self.assertEqual(scaling.speed_up_text({}, "gin", self.STEPS[0], self.STEPS, True), "1")


class Balance(unittest.TestCase):
    def shares(self, *texts):
        return scaling.shares_of_workers([{"worker_requests": text} for text in texts], "worker_requests")

    def test_the_medians_of_the_lowest_and_the_highest_share(self):
        self.assertEqual(self.shares("90 110", "80 120", "100 100"), "90% to 110%")
        self.assertEqual(self.shares("10 10 10 50"), "50% to 250%")

    def test_one_worker_has_no_balance(self):
        self.assertEqual(self.shares("100"), "one worker")

    def test_without_counts_nothing_is_claimed(self):
        self.assertEqual(self.shares(""), "-")
        self.assertEqual(self.shares("0 0"), "-")


PAGE = r"""# HELP duel_responses_total Responses.
# TYPE duel_responses_total counter
duel_responses_total{worker="10",class="2xx"} 4
duel_responses_total{worker="2",class="2xx"} 7
duel_responses_total{worker="0",class="2xx"} 1e3
duel_responses_total{worker="0",class="5xx"} 2 1795877578723
duel_connections_accepted_total{worker="0"} 5
odd{path="/a b{}\"\\,x=\"y\"",other=""} +Inf

process_cpu_seconds_total 1.5
"""


class MetricsPage(unittest.TestCase):
    def test_samples_are_added_over_the_other_labels(self):
        page = metrics_page.Page(PAGE)
        self.assertEqual(page.total("duel_responses_total"), 1013)
        self.assertEqual(page.total("duel_responses_total", **{"class": "5xx"}), 2)
        self.assertEqual(page.by("duel_responses_total", "worker"), {"10": 4, "2": 7, "0": 1002})
        self.assertEqual(page.total("process_cpu_seconds_total"), 1.5)
        self.assertIsNone(page.total("duel_responses"))

    def test_workers_are_in_the_order_of_their_numbers(self):
        self.assertEqual(metrics_page.of_workers(metrics_page.Page(PAGE)), [(1002, 5), (7, 0), (4, 0)])
        self.assertEqual(metrics_page.of_workers(metrics_page.Page("process_cpu_seconds_total 1\n")), [])

    def test_other_texts_are_refused(self):
        for text in ("", "# TYPE name counter\n", "<html>", "name", '{"json": 1}', "name x", 'name{a="b} 1'):
            with self.subTest(text), self.assertRaises(ValueError):
                metrics_page.Page(text)

    @unittest.skipIf(text_string_to_metric_families is None, "the Python package prometheus_client is missing")
    def test_the_parser_of_prometheus_reads_the_same(self):
        theirs = [(sample.name, sample.value) for family in text_string_to_metric_families(PAGE) for sample in family.samples]
        page = metrics_page.Page(PAGE)
        self.assertEqual(sorted((name, value) for name, _, value in page._samples), sorted(theirs))


if __name__ == "__main__":
    unittest.main()
