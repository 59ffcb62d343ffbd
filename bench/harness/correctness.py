"""bench/correctness: what each router style and its original answer differently, and how many cases of HTTP it passes.

Speed is worth nothing without right answers, so the tables about router styles show these counts beside it. They are not typed in: the
command runs the programs that compare the answers (tests/routing/check, tests/e2e/conformance_test.cc) and writes correctness.json. A test
runs them again and compares. If the recorded answers or the cases have changed since, the harness says so and shows no counts.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass

from harness import environment, options as kinds, processes, table
from harness.errors import HarnessError
from harness.program import exit_status, put

ROOT = environment.ROOT
PROGRAMS = ROOT / "build" / "dev"
COUNTS = pathlib.Path(__file__).with_suffix(".json")
DATA = ROOT / "tests" / "data"
FACT = "correctness"  # its name among the facts of a session
LIMIT_S = 600  # of one program; a Debug build on a busy machine


@dataclass(frozen=True)
class Compared:
    name: str
    original: str
    conformance: str  # its name in the test of HTTP


# By the folder of the recorded answers.
COMPARED = {
    "gin": Compared("Gin", "Gin 1.9.1", "gin"),
    "beego": Compared("Beego", "Beego 2.1.0", "beego"),
    "echo": Compared("Echo", "Echo 4.11.4", "echo"),
    "nethttp121": Compared("net/http", "Go 1.21", "nethttp"),
    "nethttp122": Compared("net/http, --mux=1.22", "Go 1.22", "nethttp122"),
}
CONFORMANCE = pathlib.Path("tests", "e2e", "e2e_conformance_test")
SUMMARY = re.compile(r"(?m)^(\d+) agreed, (\d+) differ, (\d+) excused$")
EXCUSED = re.compile(r"(?m)^excused, (.+): (\d+)$")
SCORE = r"(?m)^all for {style}: MUST (\d+) of (\d+), SHOULD (\d+) of (\d+)$"


def counts_of(style, programs):
    """The counts of a style, a key of COMPARED, from the programs of a build. Raises HarnessError."""
    name = COMPARED[style].conformance
    answers = output_of(programs / f"check_{style}", DATA / "routing" / style)
    conformance = output_of(programs / CONFORMANCE, f"--gtest_filter=*InOnePiece/{name}")
    return {**routing_counts(answers), **conformance_counts(conformance, name), "data_sha256": data_hash(style)}


def routing_counts(text):
    summary = SUMMARY.search(text)
    if summary is None:
        raise HarnessError(f"the comparison of routes printed no counts; its last line is: {last_line(text)}")
    agreed, differ, excused = map(int, summary.groups())
    classes = {why: int(count) for why, count in EXCUSED.findall(text)}
    if sum(classes.values()) != excused:
        raise HarnessError(f"{excused} answers are excused, but the reasons have {sum(classes.values())} together; each needs a reason")
    return {"agreed": agreed, "differ": differ, "excused": classes}


def conformance_counts(text, style):
    score = re.search(SCORE.format(style=style), text)
    if score is None:
        raise HarnessError(f"the conformance test printed no score; its last line is: {last_line(text)}")
    numbers = list(map(int, score.groups()))
    return {"must": numbers[:2], "should": numbers[2:]}


def last_line(text):
    return (text.strip().splitlines() or ["(nothing)"])[-1]


def output_of(program, *arguments):
    """The output. The exit status is not judged, because a difference is a count here."""
    if not program.is_file():
        raise HarnessError(f"there is no program at {program}; build it with tests/run dev -L routing, or name another build with --programs=FOLDER")
    try:
        return subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False, timeout=LIMIT_S, env=processes.environment()).stdout
    except subprocess.TimeoutExpired as error:
        raise HarnessError(f"{program.name} did not end within {LIMIT_S} s; look for other processes on this machine") from error


def data_hash(style):
    """Of the recorded answers of a style and of the cases of HTTP."""
    return hash_of(sorted([*(DATA / "routing" / style).rglob("*.json"), *(DATA / "conformance").glob("*.txt")]))


def hash_of(files, below=DATA):
    """Of the contents of files, and of their names below a folder."""
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.relative_to(below)}\n".encode() + file.read_bytes())
    return found.hexdigest()


# --- for the harness

def known_counts(style):
    """Those of correctness.json; None if they are not there or not of the present data."""
    try:
        counts = json.loads(COUNTS.read_text(encoding="utf-8"))[style]
        return counts if counts["data_sha256"] == data_hash(style) else None
    except (OSError, ValueError, KeyError):
        return None


def note(session):
    """Keeps the counts in the records, because a report is made from them alone."""
    session.note(FACT, {style: known_counts(style) for style in COMPARED})


def parts(found):
    """The parts of a report (conclusion.Report): a table with one row per style, and its notes; [] if the records have no counts."""
    if FACT not in found.facts:
        return []
    rows, notes = [], []
    for style, counts in found.facts[FACT].items():
        name, original = COMPARED[style].name, COMPARED[style].original
        if counts is None:
            notes.append(f"{name} beside {original}: not known for the test data of that time; bench/correctness --write counts again.")
            continue
        excused = sum(counts["excused"].values())
        all_answers = counts["agreed"] + counts["differ"] + excused
        answers = (table.number(each) for each in (all_answers, counts["agreed"], counts["differ"], excused))
        scores = (f"{passed} of {cases}" for passed, cases in (counts["must"], counts["should"]))
        rows.append((name, original, *answers, *scores))
        if excused:
            reasons = ", ".join(f"{why} ({count:,})" for why, count in counts["excused"].items())
            notes.append(f"{name}: excused answers are not compared, because the original is wrong there: {reasons}.")
    heads = [["speed beside correctness"], ["compared", "with"], ["recorded", "answers"], ["", "agree"], ["", "differ"], ["", "excused"],
             ["HTTP:", "MUST"], ["HTTP:", "SHOULD"]]
    notes.append("Recorded answers: requests to recorded applications of the original (tests/data/routing). HTTP: cases of RFC 9110 and 9112 "
                 "(tests/data/conformance); its README.md says which cases a style does not pass, and why. bench/correctness counts both.")
    return [*([table.Table(heads, rows)] if rows else []), table.notes(notes)]


# --- the command

def parser():
    found = kinds.Parser(prog="bench/correctness", description="Counts the recorded answers of the originals that each style agrees with, and the "
                         "cases of HTTP that it passes. Prints them as JSON. Build the programs before: tests/run dev.")
    found.add_argument("--write", action="store_true", help="write the counts to bench/harness/correctness.json, which the tables show")
    found.add_argument("--programs", type=kinds.readable_folder, metavar="FOLDER", help="build with the programs that compare (build/dev)")
    return found


def main():
    return exit_status("bench/correctness", lambda: count_all(parser().parse_args()))


def count_all(options):
    programs = pathlib.Path(options.programs or PROGRAMS).absolute()
    put(json.dumps({style: counts_of(style, programs) for style in COMPARED}, indent=1) + "\n", COUNTS if options.write else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
