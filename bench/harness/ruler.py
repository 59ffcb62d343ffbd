"""bench/ruler/run: user instructions, times and allocations of a request, per stage and router style. Two runs have the same counts of
instructions and allocations, so a change of one instruction shows. The times depend on the machine.

The program build/release/ruler runs a worker of the server on a stand-in of the kernel. The stages are the phases of alloc/phases.h, as in
--account-phases: a stage begins where the program enters the phase and holds everything that runs until the next phase begins, library
functions too. The ring is no phase: its stage is the code of RING_FILES, wherever it runs.
"""

import os
import pathlib
import re
import subprocess
import sys

from harness import callgrind, environment, options as kinds, release, styles, table
from harness.errors import HarnessError
from harness.program import exit_status, put

ROOT = environment.ROOT
PROGRAM = ROOT / "build" / "release" / "ruler"
PAGE = ROOT / "docs" / "stages.md"
LIMIT_S = 60
SUBJECTS = {**{router: style.name for router, style in styles.ALL.items()}, styles.NULL: "no router"}
COLUMNS = (*((router, path) for router in styles.ALL for path in ("/ping", "/json")), (styles.NULL, "/ping"))
# In both loads an iteration of the server's loop answers all connections, as it does when the server is busy.
LOADS = {"alone": {"head": "wrk", "connections": 16, "pipeline": 1, "turns": 4},
         "batch": {"head": "wrk", "connections": 4, "pipeline": 16, "turns": 1}}
TITLES = {"alone": "requests that come alone (16 connections, one request each per iteration of the loop)",
          "batch": "requests in batches (4 connections, 16 pipelined requests each per iteration of the loop)"}
# Each head is measured with the router and the path of HEADS_OF, in requests that come alone.
HEADS = {"wrk": "wrk, 44 bytes", "browser": "a browser, 388 bytes", "browsers": "browsers, 388 bytes, each with its own cookie"}
HEADS_OF = ("gin", "/ping")
HEADS_TITLE = "heads of other clients (Gin /ping, requests that come alone)"
OUTSIDE, KERNEL, LOOP = "duel_outside", "duel_kernel", "duel_loop"
# Stage: the mark at which it begins (bench/ruler/marks.h), and its meaning.
STAGES = {
    "parse": ("duel_parse", "the request's bytes become views: the scanner for simple heads, or llhttp and rules of HTTP; then the request is given to the application"),
    "context": ("duel_context", "the request's context is made or taken from the pool, and given back"),
    "route": ("duel_route", "the route is found; filters"),
    "handler": ("duel_handler", "the application, with the functions of the context that it calls, such as the writing of JSON"),
    "write": ("duel_write", "head and body of the response become bytes, and the connection queues them"),
    "ring": (None, "entries of the ring are written and read, receive buffers are given back"),
    "turn": (LOOP, "the rest of the loop's iteration: completions find their connections, deadlines, counters"),
}
# The ring has no mark, because it would cost time on the way of each request: its time is that of the stages in which it runs.
STAGES_WITHOUT_TIME = ("ring",)
TIMED_TURNS = 5000  # iterations of the loop, of which a run takes the median
TIMED_ROUNDS = 15  # over all columns. Of each column, the shortest round counts: other work on the machine can only add time
PHASE_OF_TURN = "loop"  # the name of that stage among the phases
MARKS = [OUTSIDE, KERNEL, *(mark for mark, _ in STAGES.values() if mark)]
RING_FILES = ("http/core/ring.cc", "http/core/ring.h", "/usr/include/liburing.h")
# The stand-in of the kernel, and the change of the stage, are no work of the server.
NOT_OF_THE_SERVER = ("bench/ruler/", "alloc/phases.cc")
PHASES_FILE = "alloc/phases.h"
UNDER_CALLGRIND = ("total", "stages")
TOLERANCE = 0.02  # of the published counts, in the test: a change of the code may cost so much before the page is renewed
MARKS_TOLERANCE = 0.03  # the sum of the stages beside the total without marks: at a mark, some values move from registers to memory


def say(line):
    print(line, file=sys.stderr, flush=True)


def count(program, subject, path, load, mode):
    """One run in a mode of bench/ruler/main.cc. Returns what the program printed, and the parts of callgrind."""
    arguments = [subject, path, *(str(load[name]) for name in ("head", "connections", "pipeline", "turns")), mode]
    if mode in UNDER_CALLGRIND:
        return callgrind.run(program, arguments, MARKS)
    done = subprocess.run([f"./{program.name}", *arguments], cwd=program.parent, env=callgrind.ENVIRONMENT, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=LIMIT_S)
    if done.returncode != 0:
        raise HarnessError(f"{program.name} failed with status {done.returncode}: {done.stderr.decode(errors='replace').strip() or 'no message'}")
    return done.stdout.decode(), []


def requests_of(printed):
    return int(re.match(r"requests (\d+)\n", printed)[1])


def answers_of(printed):
    return printed.partition("\nanswers ")[2].partition("\n")[2]


def instructions(parts):
    """{stage: instructions} of all measured requests together."""
    stages = {mark: stage for stage, (mark, _) in STAGES.items() if mark}
    found = dict.fromkeys(STAGES, 0)
    for part in parts:
        if part.name in (OUTSIDE, KERNEL):
            continue
        for (function, home, file, line), cost in part.costs.items():
            if is_of_server(function, home, file, line):
                found["ring" if is_of_ring(file) else stages[part.name]] += cost
    return found


def is_of_server(function, home, file, line):
    if function.startswith("duel_") or "duel::ruler::" in function or any(mark in path for mark in NOT_OF_THE_SERVER for path in (home, file)):
        return False
    return not (file.endswith(PHASES_FILE) and line in lines_of_marks())


def is_of_ring(file):
    return file.endswith(RING_FILES)


_lines_of_marks = set()


def lines_of_marks():
    """The lines of alloc/phases.h that run only while phases are accounted. The test whether they are runs always."""
    if not _lines_of_marks:
        for number, line in enumerate((ROOT / PHASES_FILE).read_text(encoding="utf-8").splitlines(), start=1):
            if re.match(r"\s*detail::enter_phase\(", line):
                _lines_of_marks.add(number)
    return _lines_of_marks


def allocations(printed):
    """{stage: (calls, bytes)} of all measured requests together, without the ring, which never allocates."""
    phases = printed.partition("\nanswers ")[0]
    found = {name: (int(calls), int(size)) for name, calls, size in re.findall(r"(?m)^(\w+) (\d+) (\d+)$", phases)}
    found["turn"] = found.pop(PHASE_OF_TURN)
    return found


def times(printed):
    """{stage: (ns, ends)} of one iteration of the loop."""
    found = {name: (float(ns), int(ends)) for name, ns, ends in re.findall(r"(?m)^(\w+) (\d+\.\d) (\d+)$", printed.partition("\nanswers ")[0])}
    found["turn"] = found.pop(PHASE_OF_TURN)
    return found


def add_times(program, columns):
    """Adds the times to the columns: [(subject, path, load, column)]."""
    say(f"  times: {TIMED_ROUNDS} rounds over {len(columns)} columns")
    rounds = [[] for _ in columns]
    for _ in range(TIMED_ROUNDS):
        for found, (subject, path, load, _) in zip(rounds, columns):
            found.append([times(count(program, subject, path, {**load, "turns": TIMED_TURNS}, mode)[0]) for mode in ("times", "time")])
    for found, (_, _, load, column) in zip(rounds, columns):
        column.update(times_of_request(*min(found, key=lambda pair: sum(map(whole_ns, pair))), load))


def whole_ns(stages):
    return sum(ns for ns, _ in stages.values())


def times_of_request(stages, whole, load):
    """ns per request: of each stage, and of the whole. The run with the stages is longer than the one without, which follows it at once: the
    difference is the time that the clock takes at the ends of the stages, and each stage loses its part of it."""
    requests = load["connections"] * load["pipeline"]
    total = whole_ns(whole)
    of_the_clock = (whole_ns(stages) - total) / sum(ends for _, ends in stages.values())
    return {"times": {stage: max(0, ns - ends * of_the_clock) / requests for stage, (ns, ends) in stages.items()}, "time": total / requests}


def measure(program, subject, path, load):
    """One column without its times: per request, the instructions and the allocations of each stage, and the whole without marks."""
    printed, _ = count(program, subject, path, load, "counts")
    requests = requests_of(printed)
    _, parts = count(program, subject, path, load, "stages")
    _, unmarked = count(program, subject, path, load, "total")
    per_stage = instructions(parts)
    total = sum(instructions(unmarked).values())
    together = sum(per_stage.values())
    if abs(together - total) > MARKS_TOLERANCE * total:
        raise HarnessError(f"{subject} {path}: the stages have {together:,} instructions together, and a run without marks has {total:,}; "
                           "a phase lacks its alloc::enter(), or bench/ruler must leave out a further file")
    return {"answers": answers_of(printed), "total": total / requests, "instructions": {stage: each / requests for stage, each in per_stage.items()},
            "allocations": {stage: tuple(each / requests for each in pair) for stage, pair in allocations(printed).items()}}


def load_of_head(head):
    return {**LOADS["alone"], "head": head}


def measure_heads(program):
    """{head: column}"""
    found = {}
    for head in HEADS:
        column = found[head] = measure(program, *HEADS_OF, load_of_head(head))
        say(f"  head of {HEADS[head]}: {column['total']:,.0f} instructions/request")
    return found


def measure_all(program):
    """{load: {(subject, path): column}}. Raises HarnessError if the subjects do not answer the same bytes."""
    found = {}
    for name, load in LOADS.items():
        found[name] = {}
        for subject, path in COLUMNS:
            column = found[name][subject, path] = measure(program, subject, path, load)
            say(f"  {name:5} {SUBJECTS[subject]:9} {path}: {column['total']:,.0f} instructions/request")
            expected = found[name]["gin", path]["answers"]
            if column["answers"] != expected:
                raise HarnessError(f"{subject}: GET {path} is not answered with the same bytes as gin: {column['answers']!r} and {expected!r}")
    return found


# --- the page

def facts(program):
    """What the counts depend on, besides the sources."""
    return {"compiler": compiler(program), "valgrind": callgrind.version(), "instructions of the CPU": "AVX2" if has_avx2() else "no AVX2",
            "C library": f"glibc {os.confstr('CS_GNU_LIBC_VERSION').split()[-1]}"}


def processor():
    """The model that the times were measured on."""
    named = re.search(r"(?m)^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    return named[1] if named else "unknown"


def compiler(program):
    """That of the build of the program, as it names itself."""
    cache = program.parent / "CMakeCache.txt"
    named = re.search(r"(?m)^CMAKE_CXX_COMPILER:\w+=(.*)$", cache.read_text(encoding="utf-8")) if cache.is_file() else None
    if named is None:
        return "unknown"
    return subprocess.run([named[1], "--version"], capture_output=True, text=True, check=False).stdout.partition("\n")[0] or "unknown"


def has_avx2():
    return "avx2" in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()


def page(found, heads, program):
    parts = [PREFACE, *(f"- {name}: {text}" for name, text in facts(program).items()), ""]
    for name, columns in found.items():
        parts += [f"## Per request, {TITLES[name]}", "", instruction_table(columns), "", f"ns per request, measured on: {processor()}", "",
                  time_table(columns), ""]
    parts += [f"## Per request, {HEADS_TITLE}", "", head_table(heads), "", KNOWN_FIELDS, ""]
    parts += ["## Allocations per request", "", "Calls of the allocator, and bytes. They are the same in both loads.", "",
              allocation_table(found["alone"]), "", "## The stages", "",
              *(f"- **{stage}**: {text}" for stage, (_, text) in STAGES.items()), "", NOT_COVERED]
    return "\n".join(parts)


def markdown(headers, rows):
    lines = [headers, ["---"] + ["---:"] * (len(headers) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def headers(columns):
    return ["", *(f"{SUBJECTS[subject]} {path}" for subject, path in columns)]


def instruction_table(columns):
    rows = [[stage, *(table.number(column["instructions"][stage], 1) for column in columns.values())] for stage in STAGES]
    rows.append(["**all, without marks**", *(table.number(column["total"], 1) for column in columns.values())])
    return markdown(headers(columns), rows)


def time_table(columns):
    rows = [[stage, *("" if stage in STAGES_WITHOUT_TIME else table.number(column["times"][stage], 1) for column in columns.values())]
            for stage in STAGES]
    rows.append(["**all, without marks**", *(table.number(column["time"], 1) for column in columns.values())])
    return markdown(headers(columns), rows)


def head_table(columns):
    rows = [["parse, instructions", *(table.number(column["instructions"]["parse"], 1) for column in columns.values())],
            ["all, instructions", *(table.number(column["total"], 1) for column in columns.values())],
            ["parse, ns", *(table.number(column["times"]["parse"], 1) for column in columns.values())],
            ["all, ns", *(table.number(column["time"], 1) for column in columns.values())]]
    return markdown(["", *(HEADS[head] for head in columns)], rows)


def allocation_table(columns):
    def cell(calls, size):
        return f"{table.number(calls, 2)} ({table.number(size, 1)} B)" if calls or size else "0"

    stages = [stage for stage in STAGES if stage != "ring"]
    rows = [[stage, *(cell(*column["allocations"][stage]) for column in columns.values())] for stage in stages]
    sums = [[sum(each) for each in zip(*column["allocations"].values())] for column in columns.values()]
    return markdown(headers(columns), [*rows, ["**all**", *(cell(*each) for each in sums)]])


def published(text):
    """{(load, subject, path): instructions}, {head: instructions}, and the facts of a page."""
    totals, heads = {}, {}
    for name, title in TITLES.items():
        rows = text.partition(f"## Per request, {title}\n")[2].partition("\n## ")[0]
        line = re.search(r"(?m)^\| \*\*all, without marks\*\* \| (.*) \|$", rows)
        for column, cell in zip(COLUMNS, line[1].split(" | ") if line else []):
            totals[name, *column] = float(cell.replace(",", ""))
    line = re.search(r"(?m)^\| all, instructions \| (.*) \|$", text)
    for head, cell in zip(HEADS, line[1].split(" | ") if line else []):
        heads[head] = float(cell.replace(",", ""))
    return totals, heads, dict(re.findall(r"(?m)^- ([\w ]+): (.*)$", text.partition("\n## ")[0]))


PREFACE = """# What a request costs, by stage

<!-- Written by bench/ruler/run --write; a test compares it with the program. -->

Instructions in user mode, counted by callgrind, their time, and allocations. Two runs have the same counts to the last digit, on a busy machine
too, so the smallest change of the code shows. An instruction that waits for memory counts as one; the times show the wait. The times of a
column are medians of 5,000 iterations of the loop, in the shortest of fifteen rounds. They need a machine that does nothing else, and a test
compares only the counts. The kernel is not in these times; `bench/compare` has the times of a whole server.

    bench/ruler/run            # prints this page
    bench/ruler/run --write    # writes it

A worker of the server runs with the demo's application on a stand-in of the kernel (`bench/ruler/kernel.h`). The counts depend on:
"""

KNOWN_FIELDS = """If the fields of a request are those of the request before on the same worker, the scanner knows them and does not examine them again
(`http/core/simple_head.h`). It is so in all columns but the last, whose requests each have another cookie than the one before."""

NOT_COVERED = """A stage begins where the program enters a phase of `alloc/phases.h`, and holds all that runs until the next phase begins,
functions of libraries too. `ring` is the code of `http/core/ring.cc` and of liburing's header, wherever it runs; its time is in the stages `write` and
`turn`. The last row is a run without the marks of the stages. At a mark the compiler keeps some values in memory, so the stages together can
be some instructions more. The time that the marks take is known from that run and subtracted in equal parts: a stage of a few ns is not exact.

## What is not counted

- The kernel: all of `io_uring_enter(2)`, the network and the scheduler. Most of the CPU time of a request is there; `bench/compare` measures it.
- The instructions of liburing's library around the system call, some tens per iteration of the loop. The stand-in replaces its functions.
- The clocks: the kernel answers `clock_gettime(2)` in user mode (vDSO), three times per iteration of the loop. callgrind cannot run the vDSO.
- Connections: opening and closing them. Timers: no time passes while requests are counted. The Date line: it is made once per second.
- Ways of the parser: each request arrives complete, and its head is simple (`http/core/simple_head.h`).

## What makes two runs equal

One thread; no time, chance or other process takes part; the environment is empty and the program has the same name, because both are on the
stack and would move buffers; valgrind gives every mapping the same address. Not pinned, and therefore named above: the compiler, the C library
(its `memcpy` is chosen by the CPU) and valgrind.
"""


# --- the command

def parser():
    found = kinds.Parser(prog="bench/ruler/run", description="Counts the user instructions and the allocations of a request, and measures its time, per "
                         "stage and router style, and prints them as a page in Markdown. Builds the program first.")
    found.add_argument("--write", action="store_true", help="write the page to docs/stages.md")
    found.add_argument("--program", type=kinds.program, metavar="FILE", help="the program of bench/ruler (the release build)")
    return found


def build():
    """The program of the release build."""
    release.build("bench/ruler/run", ["ruler"], say)
    return PROGRAM


def main():
    return exit_status("bench/ruler/run", lambda: make_page(parser().parse_args()))


def make_page(options):
    if callgrind.version() is None:
        raise HarnessError("valgrind is not installed; tools/install installs it")
    program = options.program or build()
    found, heads = measure_all(program), measure_heads(program)
    add_times(program, [*((*each, LOADS[load], column) for load, columns in found.items() for each, column in columns.items()),
                        *((*HEADS_OF, load_of_head(head), column) for head, column in heads.items())])
    put(page(found, heads, program), PAGE if options.write else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
