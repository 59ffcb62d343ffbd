"""The knobs in the records of bench/compare."""

import re
import unittest

from fake_machine import DOCKER, FakeMachine
from harness import environment, knobs


class Records(FakeMachine):
    def test_a_report_of_the_entrypoint_becomes_flat_facts(self):
        file = self.folder / "knobs.json"
        self.run_program("entrypoint", "true", WRITE="0", REPORT=str(file))
        found = knobs.facts(file.read_text(encoding="ascii"))
        self.assertEqual(found["knob_vm.swappiness"], "60 (differs; wanted 1)")
        self.assertEqual(found["knob_cgroup.cpu"], "no limit")
        self.run_program("entrypoint", "true", REPORT=str(file))
        self.assertEqual(knobs.facts(file.read_text(encoding="ascii"))["knob_vm.swappiness"], "1")

    def test_the_page_lists_every_knob(self):
        file = self.folder / "knobs.json"
        self.run_program("entrypoint", "true", WRITE="0", REPORT=str(file))
        names = {name.removeprefix("knob_") for text in (file.read_text(encoding="ascii"), self.run_program("host-setup", "--dry-run", "--json").stdout)
                 for name in knobs.facts(text)}
        table = re.search(r"## The knobs\n(.*?)\nEach is read", (DOCKER / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
        listed = set(re.findall(r"`([a-z.]+)`", table))
        listed |= {f"cgroup{name}" for name in listed if name.startswith(".")}
        self.assertLessEqual(names, listed)

    def test_text_that_would_break_json_is_escaped(self):
        self.give({"proc/sys/vm/swappiness": '6"0\\\t1'})
        file = self.folder / "knobs.json"
        self.run_program("entrypoint", "true", WRITE="0", REPORT=str(file))
        self.assertEqual(knobs.facts(file.read_text(encoding="ascii"))["knob_vm.swappiness"], '6"0\\ 1 (differs; wanted 1)')

    def test_the_facts_of_a_session_include_this_machine(self):
        self.assertIn("knob_vm.swappiness", environment.describe_client([0]))

    def test_without_the_program_there_are_no_facts(self):
        self.assertEqual(knobs.of_this_machine(self.folder / "missing"), {})
        silent = self.folder / "silent"
        silent.write_text("#!/bin/sh\n", encoding="ascii")
        silent.chmod(0o755)
        self.assertEqual(knobs.of_this_machine(silent), {})


if __name__ == "__main__":
    unittest.main()
