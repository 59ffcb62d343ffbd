"""Runs a program under callgrind and reads its counts: instructions in user mode, per part of the run, source file and line.

Two runs give the same counts if the program does the same work. The rest is pinned here: the environment is empty, because it is on the
stack and its length moves the alignment of every buffer there; the program is started by its bare name, because its path is on the stack
too; valgrind puts every mapping at the same address in each run. The counts still depend on the build, on the C library, and on
the instructions of the CPU (memcpy has variants), so each table names them.
"""

import collections
import pathlib
import re
import shutil
import subprocess
import tempfile

from harness.errors import HarnessError

LIMIT_S = 300
ENVIRONMENT = {"LC_ALL": "C"}
# A part of a run, from one mark to the next: the name of the mark at which it begins, and {(function, its file, file of the line, line):
# instructions}. The file of a line differs from that of the function if the compiler has inlined another function there.
Part = collections.namedtuple("Part", "name costs")


def version():
    """Of valgrind, such as "3.19.0"; None if it is not installed."""
    if shutil.which("valgrind") is None:
        return None
    said = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=False).stdout
    return said.strip().removeprefix("valgrind-") or None


def run(program, arguments, marks):
    """Runs the program to its end. Returns what it printed, and the parts of the run that begin at one of `marks`, the names of functions,
    in their order. What ran before the first mark is not counted. Raises HarnessError."""
    program = pathlib.Path(program).resolve()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out")
        command = [shutil.which("valgrind"), "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-strings=no", "--compress-pos=no",
                   *(f"--dump-before={mark}" for mark in marks), f"./{program.name}", *arguments]
        try:
            done = subprocess.run(command, cwd=program.parent, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                  timeout=LIMIT_S)
        except subprocess.TimeoutExpired as error:
            raise HarnessError(f"{program.name} did not end within {LIMIT_S} s under callgrind; look for other processes on this machine") from error
        if done.returncode != 0:
            words = [line for line in done.stderr.decode(errors="replace").splitlines() if not line.startswith("==")]
            raise HarnessError(f"{program.name} failed under callgrind with status {done.returncode}: {' '.join(words[-3:]) or 'no message'}")
        return done.stdout.decode(), parts_of(out)


def parts_of(out):
    """A dump holds the costs up to the mark that triggered it, and so a part begins at the mark of the dump before."""
    dumps = sorted(out.parent.glob(f"{out.name}.*"), key=lambda path: int(path.suffix[1:]))
    parts, name = [], None
    for dump in dumps:
        text = dump.read_text(encoding="utf-8", errors="replace")
        if name is not None:
            parts.append(Part(name, costs_of(text)))
        trigger = re.search(r"^desc: Trigger: --dump-before=(\S+)", text, re.MULTILINE)
        if trigger is None:
            raise HarnessError("callgrind wrote a dump that no mark triggered; this version of valgrind has another format, install that of "
                               "Debian 12")
        name = trigger[1]
    return parts


def costs_of(text):
    """The costs of one dump, without those of called functions (callgrind's manual, "Callgrind Format Specification")."""
    costs = collections.Counter()
    function = home = file = None
    call = False  # the next line of numbers is the cost of a call
    for line in text.splitlines():
        if line.startswith("fl="):
            home = file = line[3:]
        elif line.startswith(("fi=", "fe=")):
            file = line[3:]
        elif line.startswith("fn="):
            function, home = line[3:], file
        elif line.startswith("calls="):
            call = True
        elif line[:1].isdigit():
            if not call:
                place, count = line.split()[:2]
                costs[function, home, file, int(place)] += int(count)
            call = False
    return dict(costs)
