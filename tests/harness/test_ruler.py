"""Tests of harness/callgrind.py and harness/ruler.py without valgrind: dumps become counts per stage, and a page is read as it was written."""

import itertools
import pathlib
import re
import tempfile
import unittest
import unittest.mock

from harness import callgrind, ruler
from harness.errors import HarnessError

HEAD = "# callgrind format\nversion: 1\npart: 1\n\ndesc: Trigger: {trigger}\n\npositions: line\nevents: Ir\nsummary: 1\n\n"
BODY = """ob=/x/ruler
fl=/src/http/core/parser.cc
fn=duel::http::core::RequestParser::parse(char const*, unsigned long)
10 5
fi=/src/http/core/ring.h
80 2
fe=/src/http/core/parser.cc
11 3
cob=/usr/lib/libc.so
cfi=./string/memcpy.S
cfn=memcpy
calls=2 100
12 40
13 1

ob=/usr/lib/libc.so
fl=./string/memcpy.S
fn=memcpy
100 40
"""


class Callgrind(unittest.TestCase):
    def dump(self, *triggers, body=BODY):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for number, trigger in enumerate(triggers, start=1):
            (folder / f"out.{number}").write_text(HEAD.format(trigger=trigger) + body)
        return folder / "out"

    def test_costs_are_those_of_a_function_itself_with_the_file_of_each_line(self):
        home = "/src/http/core/parser.cc"
        name = "duel::http::core::RequestParser::parse(char const*, unsigned long)"
        self.assertEqual(callgrind.costs_of(BODY), {
            (name, home, home, 10): 5, (name, home, "/src/http/core/ring.h", 80): 2, (name, home, home, 11): 3, (name, home, home, 13): 1,
            ("memcpy", "./string/memcpy.S", "./string/memcpy.S", 100): 40})

    def test_a_part_begins_at_the_mark_before(self):
        triggers = [f"--dump-before={mark}" for mark in ("duel_outside", *["duel_parse", "duel_loop"] * 5, "duel_outside")]
        self.assertEqual([part.name for part in callgrind.parts_of(self.dump(*triggers))], ["duel_outside", *["duel_parse", "duel_loop"] * 5])

    def test_a_dump_that_no_mark_made_is_an_error(self):
        with self.assertRaisesRegex(HarnessError, "a dump that no mark triggered; "):
            callgrind.parts_of(self.dump("Program termination"))


class Ruler(unittest.TestCase):
    def part(self, name, **files):
        return callgrind.Part(name, {("f", f"/src/{file}", f"/src/{file}", line): cost for file, (line, cost) in files.items()})

    def test_a_stage_holds_what_runs_in_it_and_the_ring_its_own_code(self):
        parts = [callgrind.Part("duel_parse", callgrind.costs_of(BODY)), callgrind.Part("duel_loop", callgrind.costs_of(BODY)),
                 callgrind.Part("duel_kernel", callgrind.costs_of(BODY)), callgrind.Part("duel_outside", callgrind.costs_of(BODY))]
        found = ruler.instructions(parts)
        self.assertEqual((found["parse"], found["turn"], found["ring"], sum(found.values())), (49, 49, 4, 102))

    def test_the_stand_in_of_the_kernel_and_the_marks_do_not_count(self):
        (mark,) = ruler.lines_of_marks()
        costs = {("clock_gettime", "/src/bench/ruler/kernel.cc", "/src/bench/ruler/kernel.cc", 1): 1,
                 ("duel_parse", "/src/x.cc", "/src/x.cc", 1): 1,
                 ("std::function<void ()> of duel::ruler::Kernel", "/usr/include/c++/12/functional", "/usr/include/c++/12/functional", 1): 1,
                 ("duel::alloc::detail::enter_phase(duel::alloc::Phase)", "/src/alloc/phases.cc", "/src/alloc/phases.cc", 1): 1,
                 ("serve", "/src/http/core/connection_serve.cc", "/src/alloc/phases.h", mark): 1,
                 ("serve", "/src/http/core/connection_serve.cc", "/src/alloc/phases.h", mark - 1): 16}
        self.assertEqual(ruler.instructions([callgrind.Part("duel_write", costs)]), {**dict.fromkeys(ruler.STAGES, 0), "write": 16})

    def test_allocations_are_those_of_the_phases(self):
        printed = "requests 4\nloop 0 0\nparse 0 0\ncontext 8 800\nroute 4 40\nhandler 0 0\nwrite 0 0\nanswers 5\nHTTP/\nx 1 2\n"
        self.assertEqual(ruler.requests_of(printed), 4)
        self.assertEqual(ruler.answers_of(printed), "HTTP/\nx 1 2\n")
        self.assertEqual(ruler.allocations(printed), {
            "turn": (0, 0), "parse": (0, 0), "context": (8, 800), "route": (4, 40), "handler": (0, 0), "write": (0, 0)})

    def column(self, total):
        timed = [stage for stage in ruler.STAGES if stage not in ruler.STAGES_WITHOUT_TIME]
        return {"answers": "", "total": total, "instructions": dict.fromkeys(ruler.STAGES, total / 7),
                "times": dict.fromkeys(timed, 12.25), "time": 70.5,
                "allocations": {stage: (1, 64.5) for stage in ruler.STAGES if stage != "ring"}}

    def test_a_page_is_read_as_it_was_written(self):
        columns = {load: {each: self.column(1000.5 * place + len(load)) for place, each in enumerate(ruler.COLUMNS, start=1)} for load in ruler.LOADS}
        heads = {head: self.column(500.5 * place) for place, head in enumerate(ruler.HEADS, start=1)}
        with unittest.mock.patch.object(ruler, "facts", return_value={"compiler": "g++ 12", "C library": "glibc 2.36"}):
            text = ruler.page(columns, heads, ruler.PROGRAM)
        totals, found, facts = ruler.published(text)
        self.assertEqual(found, {head: heads[head]["total"] for head in ruler.HEADS})
        self.assertEqual(totals, {(load, *each): columns[load][each]["total"] for load in ruler.LOADS for each in ruler.COLUMNS})
        self.assertEqual(facts, {"compiler": "g++ 12", "C library": "glibc 2.36"})
        self.assertIn("| **all** | 6.00 (387.0 B) |", text)
        self.assertIn("| ring |  |", text)
        self.assertIn("| **all, without marks** | 70.5 |", text)

    def test_times_are_those_of_a_request(self):
        # 2 ns for each end. The machine was busy in all rounds but the second.
        printed = {"time": ["loop 100.0 1\nparse 0.0 0\n", "loop 160.0 1\nparse 0.0 0\n", "loop 999.0 1\nparse 0.0 0\n"],
                   "times": ["loop 64.0 16\nparse 999.0 32\n", "loop 64.0 16\nparse 192.0 32\n", "loop 64.0 16\nparse 192.0 32\n"]}
        runs = {mode: itertools.cycle(texts) for mode, texts in printed.items()}
        run = lambda _program, _subject, _path, _load, mode: (f"requests 16\n{next(runs[mode])}answers 5\nHTTP/\n", [])
        column = {}
        with unittest.mock.patch.object(ruler, "count", run), unittest.mock.patch.object(ruler, "say"):
            ruler.add_times(None, [("gin", "/ping", ruler.LOADS["alone"], column)])
        self.assertEqual(column, {"times": {"turn": 2, "parse": 8}, "time": 10})

    def test_each_style_of_the_server_has_columns(self):
        listed = re.findall(r"(?m)^DUEL_STYLE\(\w+, (\w+),", (ruler.ROOT / "servers" / "config" / "router_styles.inc").read_text(encoding="utf-8"))
        self.assertEqual({subject for subject, _ in ruler.COLUMNS}, {*listed, "null"})

    def test_stages_that_are_not_the_whole_are_an_error(self):
        parts = {"stages": [self.part("duel_parse", **{"http/x.cc": (1, 90)})], "total": [self.part("duel_loop", **{"http/x.cc": (1, 100)})]}
        with unittest.mock.patch.object(ruler, "count", lambda _program, _subject, _path, _load, mode: ("requests 1\nloop 0 0\n", parts.get(mode))):
            with self.assertRaisesRegex(HarnessError, "the stages have 90 instructions together, and a run without marks has 100; "):
                ruler.measure(None, "gin", "/ping", {})


if __name__ == "__main__":
    unittest.main()
