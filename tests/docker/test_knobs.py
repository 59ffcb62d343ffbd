"""The knobs in the records of bench/compare."""

import re
import unittest

from fake_machine import DOCKER, FakeMachine
from harness import knobs, tables


class Records(FakeMachine):
    def found(self, file, name):
        """What was wanted and found of a knob, and its state."""
        (knob,) = [knob for knob in knobs.in_report(file.read_text(encoding="ascii")) if knob["name"] == name]
        return tuple(knob[column] for column in tables.OF_KNOBS[1:])

    def test_a_report_of_the_entrypoint_has_the_columns_of_the_records(self):
        file = self.folder / "knobs.json"
        self.run_program("entrypoint", "true", WRITE="0", REPORT=str(file))
        self.assertEqual(self.found(file, "vm.swappiness"), ("1", "60", "differs"))
        self.assertEqual(self.found(file, "cgroup.cpu")[1:], ("no limit", "unasked"))
        self.run_program("entrypoint", "true", REPORT=str(file))
        self.assertEqual(self.found(file, "vm.swappiness"), ("1", "1", "ok"))

    def test_the_page_lists_every_knob(self):
        file = self.folder / "knobs.json"
        self.run_program("entrypoint", "true", WRITE="0", REPORT=str(file))
        names = {knob["name"] for text in (file.read_text(encoding="ascii"), self.run_program("host-setup", "--dry-run", "--json").stdout)
                 for knob in knobs.in_report(text)}
        table = re.search(r"## The knobs\n(.*?)\nEach is read", (DOCKER / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
        listed = set(re.findall(r"`([a-z.]+)`", table))
        listed |= {f"cgroup{name}" for name in listed if name.startswith(".")}
        self.assertLessEqual(names, listed)

    def test_text_that_would_break_json_is_escaped(self):
        self.give({"proc/sys/vm/swappiness": '6"0\\\t1'})
        file = self.folder / "knobs.json"
        self.run_program("entrypoint", "true", WRITE="0", REPORT=str(file))
        self.assertEqual(self.found(file, "vm.swappiness"), ("1", '6"0\\ 1', "differs"))

    def test_a_session_has_the_knobs_of_this_machine_and_its_noise(self):
        found = knobs.before([0])
        self.assertLess({"vm.swappiness", "net.core.somaxconn", "noise.before"}, {knob["name"] for knob in found})
        self.assertTrue(all(set(tables.OF_KNOBS) <= set(knob) for knob in found))

    def test_without_the_program_there_are_no_knobs(self):
        self.assertEqual(knobs.of_this_machine(self.folder / "missing"), [])
        silent = self.folder / "silent"
        silent.write_text("#!/bin/sh\n", encoding="ascii")
        silent.chmod(0o755)
        self.assertEqual(knobs.of_this_machine(silent), [])


if __name__ == "__main__":
    unittest.main()
