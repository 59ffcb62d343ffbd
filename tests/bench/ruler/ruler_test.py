"""ruler_test.py PROGRAM [--instructions]: the program of bench/ruler does the same work in each run.

With --instructions, for a release build: two runs under callgrind have the same counts, and those of docs/stages.md are of this build.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import callgrind, ruler

INSTRUCTIONS = "--instructions" in sys.argv
PROGRAM = pathlib.Path(sys.argv[1])
SMALL = {"head": "wrk", "connections": 2, "pipeline": 2, "turns": 1}


class Work(unittest.TestCase):
    def test_the_styles_answer_the_same_bytes(self):
        for load in (SMALL, *ruler.LOADS.values()):
            found = {(subject, path): ruler.count(PROGRAM, subject, path, load, "counts")[0] for subject, path in ruler.COLUMNS}
            for (subject, path), printed in found.items():
                self.assertEqual(ruler.answers_of(printed), ruler.answers_of(found["gin", path]), (subject, path))
                self.assertEqual(ruler.answers_of(printed).count("HTTP/1.1 200 OK\r\n"), load["pipeline"])
                self.assertEqual(ruler.requests_of(printed), load["connections"] * load["pipeline"] * load["turns"])

    def test_two_runs_allocate_the_same(self):
        first, second = (ruler.count(PROGRAM, "beego", "/json", SMALL, "counts")[0] for _ in range(2))
        self.assertEqual(first, second)
        gin = ruler.allocations(ruler.count(PROGRAM, "gin", "/json", SMALL, "counts")[0])
        self.assertEqual(set(gin.values()), {(0, 0)})

    def test_each_stage_has_a_time(self):
        for mode in ("time", "times"):
            found = ruler.times(ruler.count(PROGRAM, "gin", "/json", {**SMALL, "turns": 100}, mode)[0])
            self.assertEqual(set(found), {"turn", *(name for name in ruler.STAGES if name not in ("turn", *ruler.STAGES_WITHOUT_TIME))})
            self.assertTrue(all(ns > 0 and ends > 0 for ns, ends in found.values()) if mode == "times" else found["turn"][0] > 0, found)

    def test_each_head_is_answered(self):
        for head in ruler.HEADS:
            printed = ruler.count(PROGRAM, *ruler.HEADS_OF, {**SMALL, "head": head}, "counts")[0]
            self.assertEqual(ruler.answers_of(printed).count("HTTP/1.1 200 OK\r\n"), SMALL["pipeline"], head)

    def test_wrong_arguments_are_refused(self):
        right = ["gin", "/ping", "wrk", "1", "1", "1", "counts"]
        for place, wrong in ((0, "go"), (2, "curl"), (3, "0"), (4, "x"), (5, "10001"), (6, "all")):
            arguments = [*right[:place], wrong, *right[place + 1:]]
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertRegex(done.stderr, rf"\Aruler: '{wrong}' is [^\n]+; [^\n]+\n\Z")
        self.assertEqual(subprocess.run([PROGRAM], capture_output=True, check=False, timeout=60).returncode, 2)


@unittest.skipUnless(INSTRUCTIONS, "instructions are counted in a release build")
@unittest.skipIf(callgrind.version() is None, "valgrind is not installed; tools/install installs it")
class Instructions(unittest.TestCase):
    def test_two_runs_have_the_same_counts(self):
        """The second run is in another folder, with another environment."""
        for subject, path in ruler.COLUMNS[1::2]:  # /json of each style
            with self.subTest(subject), tempfile.TemporaryDirectory() as folder:
                first = ruler.count(PROGRAM, subject, path, SMALL, "stages")[1]
                there = pathlib.Path(folder, "another-folder", PROGRAM.name)
                there.parent.mkdir()
                shutil.copy(PROGRAM, there)
                os.environ["MORE_ON_THE_STACK"] = "x" * 5000
                second = ruler.count(there, subject, path, SMALL, "stages")[1]
                self.assertEqual(ruler.instructions(first), ruler.instructions(second))
                self.assertEqual([part.costs for part in first], [part.costs for part in second])
                self.assertTrue(all(ruler.instructions(first)[stage] for stage in ("parse", "write", "ring", "turn", "handler")))

    def test_the_published_counts_are_those_of_this_build(self):
        totals, heads, facts = ruler.published(ruler.PAGE.read_text(encoding="utf-8"))
        here = ruler.facts(PROGRAM)
        if other := [name for name in facts if facts[name] != here.get(name)]:
            self.skipTest(f"docs/stages.md was written with another {' and another '.join(other)}")
        alone = ruler.LOADS["alone"]
        runs = [(subject, path, alone, totals["alone", subject, path]) for subject, path in ruler.COLUMNS]
        runs += [(*ruler.HEADS_OF, {**alone, "head": head}, heads[head]) for head in ruler.HEADS]
        for subject, path, load, expected in runs:
            printed, parts = ruler.count(PROGRAM, subject, path, load, "total")
            counted = sum(ruler.instructions(parts).values()) / ruler.requests_of(printed)
            self.assertLessEqual(abs(counted - expected), ruler.TOLERANCE * expected,
                                 f"{subject} {path} with the head of {load['head']}: {counted:,.1f} instructions per request, and docs/stages.md has "
                                 f"{expected:,.1f}; if this change is wanted, run bench/ruler/run --write")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
