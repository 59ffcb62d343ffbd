"""Tests of the harness's side of duel-load, with a stub and, where it is built, with the real program."""

import json
import os
import pathlib
import tempfile
import unittest
import unittest.mock

from harness import duel_load, hdr, limit_rule, run, server
from harness.errors import HarnessError
from ports import free_port

HERE = pathlib.Path(__file__).parent
REAL = HERE.parents[1] / "build" / "release" / "duel-load"
CPUS = (min(os.sched_getaffinity(0)),)


def program(plan, program=HERE / "stub_duel_load.py", seconds=2):
    return duel_load.DuelLoad(str(program), plan, connections=4, seconds=seconds, cpus=CPUS)


class Command(unittest.TestCase):
    def flags(self, plan):
        command = program(plan).command("http://127.0.0.1:8080/ping", "id")
        self.assertEqual(command[:3], ["taskset", "-c", str(CPUS[0])])
        self.assertEqual(command[-1], "http://127.0.0.1:8080/ping")
        self.assertIn("--trace-id=id-", command)
        self.assertIn("--connections=4", command)
        return command

    def test_a_fixed_rate(self):
        flags = self.flags(duel_load.Plan(rate=10_000, pipeline=16, requests_per_connection=1, mix=("9 GET /ping", "1 GET /json")))
        self.assertLess({"--rate=10000", "--duration=2s", "--pipeline=16", "--requests-per-connection=1", "--mix=9 GET /ping",
                         "--mix=1 GET /json"}, set(flags))

    def test_steps_have_their_own_durations(self):
        plan = duel_load.Plan(steps=((1_000_000, 1), (2.5, 3)))
        flags = self.flags(plan)
        self.assertIn("--steps=1000000:1s,2.5:3s", flags)
        self.assertFalse([flag for flag in flags if flag.startswith(("--rate", "--duration"))])
        self.assertEqual(plan.intended_rate, (1_000_000 + 7.5) / 4)

    def test_a_closed_loop_has_no_rate(self):
        load = program(duel_load.Plan(pipeline=16))
        self.assertFalse([flag for flag in self.flags(load.plan) if flag.startswith(("--rate", "--steps"))])
        self.assertEqual((load.intended_rate, load.in_flight_intended), (None, 64))
        self.assertIsNone(program(duel_load.Plan(rate=5)).in_flight_intended)

    def test_the_warm_up_has_the_first_rate(self):
        warm_up = program(duel_load.Plan(steps=((7, 1), (9, 3)))).for_warm_up(1)
        self.assertLess({"--rate=7", "--duration=1s"}, set(warm_up.command("http://127.0.0.1/", "id")))


class Running(unittest.TestCase):
    """Runs duel-load, or its stub, against the stub server."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def measure(self, plan, duel=HERE / "stub_duel_load.py", seconds=2, **faults):
        command = [str(HERE / "stub_server.py"), "--router=gin"]
        self.enterContext(unittest.mock.patch.dict(os.environ, faults))
        with server.Server(command, "127.0.0.1", free_port(), CPUS, self.folder, "stub") as stub:
            reading = run.measure(stub, "/ping", program(plan, duel, seconds), 0, CPUS, self.folder, "name")
        return run.record_of(json.loads(json.dumps(reading)), self.folder)

    def test_a_run_becomes_a_flat_record(self):
        record = self.measure(duel_load.Plan(rate=1000))
        self.assertFalse([key for key, value in record.items() if isinstance(value, (dict, list))])
        self.assertEqual((record["tool"], record["intended_rate"], record["achieved_rate"], record["invalid"], record["void"]),
                         ("duel-load", 1000, 1000, "", ""))
        self.assertEqual((record["server_requests"], record["requests"], record["requests_per_s"]), (20, 20, 10))
        self.assertEqual([record[f"latency_{name}_us"] for name in ("min", "mean", "max")], [100] * 3)
        self.assertAlmostEqual(record["latency_p99_us"], 100, delta=0.1)
        self.assertAlmostEqual(record["client_cpu_s"], 0.4)  # without the active waiting
        self.assertAlmostEqual(record["active_s"], 2.0001)  # the schedule, and the latency of its last request
        self.assertAlmostEqual(record["client_share"], 0.4 / 2.0001)
        self.assertIsNone(record["in_flight_share"])
        self.assertEqual(record["limit"], limit_rule.NEITHER)
        self.assertIn("the schedule asked for only 1,000 requests/s", record["limit_why"])
        self.assertEqual(duel_load.read(self.folder / record["raw_report"])["total"]["answered"], 20)

    def test_histograms_of_rounds_are_merged(self):
        records = [self.measure(duel_load.Plan(rate=1000), **({"STUB_CAPACITY": "9"} if slow else {})) for slow in (False, False, False, True)]
        merged = hdr.merge(duel_load.histograms(self.folder, records))
        self.assertEqual(sum(merged.values()), 80)
        self.assertEqual([round(hdr.quantile(merged, part), -6) for part in (0.75, 0.76)], [0, 1_000_000_000])

    def test_a_closed_loop_has_neither_an_intended_time_nor_lateness(self):
        record = self.measure(duel_load.Plan())
        self.assertEqual((record["lateness_p99_us"], record["intended_rate"], record["late"]), (None, None, ""))
        self.assertEqual(record["in_flight_share"], 10 * 50 / 1e6 / 4)

    def test_a_late_generator_makes_a_run_invalid(self):
        for plan in (duel_load.Plan(rate=1000), duel_load.Plan(steps=((500, 1), (1000, 1)), errors_are_results=True)):
            record = self.measure(plan, STUB_LATE_ABOVE="900")
            self.assertEqual(record["void"], "it was late")
            self.assertRegex(record["invalid"], r"^duel-load itself was late: at 1,000 requests/s the P99 .* was 1,000 us, and 100 us are")

    def test_errors_make_a_run_invalid_unless_they_are_results(self):
        self.assertEqual(self.measure(duel_load.Plan(rate=1000), STUB_CAPACITY="900")["invalid"], "5 requests that found no free connection")
        record = self.measure(duel_load.Plan(rate=1000, errors_are_results=True), STUB_CAPACITY="900")
        self.assertEqual((record["invalid"], record["errors_unsent"], record["achieved_rate"]), ("", 5, 900))

    def test_answers_with_500_make_a_run_invalid(self):
        self.assertRegex(self.measure(duel_load.Plan(rate=1000), STUB_FAULT="status")["invalid"],
                         "^18 answers with a status of 400 or more; the server counted")

    def test_a_failure_is_one_sentence(self):
        with self.assertRaisesRegex(HarnessError, r"^duel-load failed \(1\): no ring can be made; its output is in .*\.txt$"):
            self.measure(duel_load.Plan(rate=1000), STUB_FAILS="no ring can be made")

    def test_another_program_in_place_of_duel_load_is_noticed(self):
        with self.assertRaisesRegex(HarnessError, r"^duel-load left no report that can be read \(.*\); check that --duel-load names duel-load$"):
            self.measure(duel_load.Plan(rate=1000), duel="/bin/true")

    def test_a_report_of_another_format_is_noticed(self):
        path = self.folder / "report.json"
        path.write_text('{"format": 2}')
        with self.assertRaisesRegex(HarnessError, r"has the format 2 of duel-load's reports, and 1 is needed; build both programs"):
            duel_load.read(path)

    @unittest.skipUnless(REAL.is_file(), "duel-load is not built")
    def test_the_real_duel_load_reports_every_figure(self):
        record = self.measure(duel_load.Plan(steps=((200, 0.5), (400, 0.5)), errors_are_results=True), REAL)
        self.assertEqual((record["requests"], record["server_requests"], record["scheduled_requests"]), (300, 300, 300))
        self.assertEqual((record["intended_rate"], record["duration_us"]), (300, 1e6))
        for figure in ("bytes", "client_cpu_s", "client_spin_s", "latency_min_us", "latency_p50_us", "latency_p9999_us", "lateness_p99_us"):
            self.assertGreater(record[figure], 0, figure)
        self.assertEqual([sum(one.values()) for one in duel_load.histograms(self.folder, [record] * 2)], [300, 300])
        closed = self.measure(duel_load.Plan(pipeline=2), REAL, seconds=1)
        self.assertLessEqual(0, closed["server_requests"] - closed["requests"])
        self.assertEqual(closed["invalid"], "")


if __name__ == "__main__":
    unittest.main()
