"""bench/compare --plan and --list: what they say is what is measured, and they start nothing."""

import re
import socket
import unittest

import planned
from compare_case import LIMIT_S, CompareCase
from harness import __main__ as compare
from harness import catalogue, planning, presets
from harness.scenarios import ALIASES, BY_NAME

QUICK_MAX_S = 20 * 60  # of all scenarios together


class Plan(CompareCase):
    def plan(self, *flags, **faults):
        process = self.start("--plan", *flags, **faults)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 0, text)
        return text

    def assert_measured_as_planned(self, *flags, decided=False, **faults):
        """Plans, measures with stubs, and compares the commands, in order. If results decide how many runs there are (`decided`), each run
        must be one of the planned runs, and each planned run must be there. Returns the plan."""
        plan = self.plan("--seed=7", *flags, **faults)
        loads = planned.loads(plan)
        status, text = self.run_to_end("--seed=7", *flags, **faults)
        self.assertEqual(status, 0, text)
        rows, folder = self.rows(), self.session_folder()
        if decided:
            for row in rows:
                self.assertTrue(any(load.is_of(row, folder) for load in loads), row["cmd_client"])
            for load in loads:
                self.assertTrue(any(load.is_of(row, folder) for row in rows), load)
            return plan
        self.assertEqual(len(loads), len(rows))
        for load, row in zip(loads, rows):
            self.assertTrue(load.is_of(row, folder), (load, row["cmd_server"], row["cmd_client"]))
        return plan

    def test_rounds_are_measured_as_planned(self):
        self.assert_measured_as_planned("context_pool", "--rounds=2")

    def test_a_rate_that_results_decide_has_a_name(self):
        plan = self.assert_measured_as_planned("router_style", "--rounds=2")
        self.assertIn("\n# RATE depends on the results: 60% of the smallest requests/s ", plan)
        self.assertEqual(plan.count(" --rate=RATE "), 10)  # 5 servers in 2 rounds

    def test_a_search_is_planned_as_one_repetition(self):
        plan = self.assert_measured_as_planned("load_modes", decided=True, STUB_CAPACITY="1500")
        self.assertIn("\n# RATE depends on the results: 1,000 first, doubled until ", plan)
        self.assertEqual(plan.count("\n# about 10 times, as the results decide:\n"), 7)  # ladders

    def test_servers_side_by_side_are_measured_as_planned(self):
        self.assert_measured_as_planned("overhead", "--rounds=1")

    def test_a_plan_starts_nothing_and_leaves_nothing(self):
        with socket.socket() as other:  # a plan needs no port
            other.bind(("127.0.0.1", self.port))
            other.listen()
            text = self.plan("all", STUB_FAULT="dies")
        self.assertFalse((self.folder / "results").exists())
        plans = re.split(r"(?m)^# (?=\w+: \d)", text)[1:]
        left_out = re.findall(r"(?m)^# (\w+) is left out: this user cannot make a control group", text)
        self.assertEqual([plan.partition(":")[0] for plan in plans] + left_out, list(BY_NAME))
        for plan in plans:
            with self.subTest(plan.partition(":")[0]):
                self.assertGreaterEqual(plan.count("\nstart server "), 1)
                self.assertEqual(plan.count("\nstart server "), plan.count("\nstop server "))
                self.assertEqual(len(re.findall(r"\n(?:start server|warm up|load) .*\n    taskset ", plan)),
                                 len(re.findall(r"\n(?:start server|warm up|load) ", plan)))

    def test_the_seed_decides_the_order(self):
        first, again, other = (self.plan("wildcards", f"--seed={seed}") for seed in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other.replace("seed 2", "seed 1"))

    def test_several_plans_stand_one_after_the_other(self):
        self.assertEqual(re.findall(r"(?m)^# (\w+): \d", self.plan("memory", "s5")), ["memory", "leak"])


class Catalogue(unittest.TestCase):
    def seconds(self, name, preset, **originals):
        given = compare.parser().parse_args(["--seed=1", "--without-originals"])
        options = compare.options_of(given, name, preset)
        options.originals = originals
        compare.require_loads(options, BY_NAME[name])
        return planning.make(options, BY_NAME[name]).seconds

    def test_all_scenarios_together_are_quick(self):
        seconds = {name: self.seconds(name, presets.QUICK, **{router: f"/go/{router}" for router in compare.originals_of(name)}) for name in BY_NAME}
        self.assertLess(sum(seconds.values()), QUICK_MAX_S, seconds)

    def test_full_takes_longer_than_the_default_and_the_default_longer_than_quick(self):
        for name in BY_NAME:
            quick, default, full = (self.seconds(name, preset) for preset in presets.NAMES)
            self.assertLess(quick, default, name)
            self.assertLess(default, full, name)

    def test_the_table_has_every_scenario(self):
        lines = catalogue.overview(list(BY_NAME), lambda name, preset: 60 if preset == presets.QUICK else 7200).splitlines()
        self.assertRegex(lines[0], r"\Ascenario +alias +--quick +default +--full +needs +question\Z")
        aliases = {name: alias for alias, name in ALIASES.items()}
        for (name, module), line in zip(BY_NAME.items(), lines[1:]):
            self.assertRegex(line, rf"\A{name} +{aliases.get(name, '')} *60 s +2 h +2 h +")
            self.assertTrue(line.endswith("?") and catalogue.needs(module) in line, line)
        self.assertRegex(lines[len(BY_NAME) + 1], r"\Atogether +15 min +30 h +30 h\Z")

    def test_the_needs_are_those_that_the_program_knows(self):
        for name, module in BY_NAME.items():
            self.assertLessEqual(set(module.NEEDS), {"wrk", "duel-load", "null_server", "ab"}, name)
            self.assertLessEqual(set(getattr(module, "USES", ())), {"control groups"}, name)


if __name__ == "__main__":
    unittest.main()
