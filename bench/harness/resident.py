"""bench/resident/run: the resident memory of the server by mapping, pages of files apart from anonymous ones. A server starts per style,
with one worker, and is looked at when it is ready, after 512 connections that were all busy, and with 10,000 idle connections."""

import contextlib
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from harness import environment, options as kinds, styles
from harness.errors import HarnessError
from harness.program import exit_status, put

ROOT = environment.ROOT
PROGRAM = ROOT / "build" / "release" / "server"
PAGE = ROOT / "docs" / "memory.md"
READY = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
BUSY, IDLE, ROUNDS = 512, 10_000, 50
WAIT_S = 30
BETWEEN_S = 0.25  # readings of a server that has just started
PER_ADDRESS = 5_000  # connections from one address to one port; a client's address has 28,000 ports by default
REQUEST = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEAD = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)")
# The kinds of mappings, in the order of the table, and what they hold.
KINDS = {
    "code": "the program's code, and that of its libraries",
    "constants": "tables and texts of the program's file, and what the unwinder reads",
    "relocated": "addresses and variables of the program's file: their pages become anonymous when the start writes them",
    "rings": "what io_uring shares with the kernel: submissions and completions of the worker and of the admin port",
    "stacks": "of all threads, with their thread-local variables",
    "heap and pools": "jemalloc's arenas, pools of connections, receive buffers; the program's variables without an initial value",
}


@dataclass
class Pages:
    file_kib: int = 0
    anonymous_kib: int = 0

    def add(self, other):
        self.file_kib += other.file_kib
        self.anonymous_kib += other.anonymous_kib


def mappings(smaps):
    """(begin, end, permissions, name, Pages) of the text of /proc/PID/smaps."""
    found = []
    for line in smaps.splitlines():
        if head := HEAD.fullmatch(line):
            found.append((int(head[1], 16), int(head[2], 16), head[3], head[4], Pages()))
        elif line.startswith("Rss:"):
            found[-1][4].file_kib = int(line.split()[1])
        elif line.startswith("Anonymous:"):
            found[-1][4].anonymous_kib = int(line.split()[1])
            found[-1][4].file_kib -= found[-1][4].anonymous_kib
    return found


def kind_of(permissions, name, after_guard):
    if name.startswith("anon_inode:[io_uring]"):
        return "rings"
    if name == "[stack]" or after_guard:
        return "stacks"
    if "x" in permissions:
        return "code"
    if name.startswith("/"):
        return "constants" if permissions.startswith("r--p") else "relocated"
    return "heap and pools"


def by_kind(smaps):
    """Pages per kind. The stack of a thread is the mapping behind one that cannot be accessed. RELRO makes relocated pages read-only, so
    they are known by their anonymous pages."""
    found = {kind: Pages() for kind in KINDS}
    guard_end = None
    for begin, end, permissions, name, pages in mappings(smaps):
        kind = kind_of(permissions, name, guard_end == begin and not name)
        if kind == "constants" and pages.anonymous_kib:
            kind = "relocated"
        found[kind].add(pages)
        guard_end = end if permissions.startswith("---") and not name else None
    return found


@contextlib.contextmanager
def serving(program, router):
    """(process id, port) of a server with one worker."""
    command = [program, f"--router={router}", "--threads=1", "--host=127.0.0.1", "--port=0", "--admin-port=any", "--no-config"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = READY.match(process.stdout.readline())
            if ready is None:
                raise HarnessError("the server does not start; its message is above")
            yield process.pid, int(ready[1])
        finally:
            process.send_signal(signal.SIGKILL)


def connect(port, number):
    opened = socket.create_connection(("127.0.0.1", port), WAIT_S, (f"127.0.0.{2 + number // PER_ADDRESS}", 0))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def ask_all(connections):
    for each in connections:
        each.sendall(REQUEST)
    for each in connections:
        if not each.recv(4096).startswith(b"HTTP/1.1 200 "):
            raise HarnessError("the server does not answer with 200")


def settled(read):
    """read() of a server that is ready. It gives the pages of its start back just after it says so: ends when two readings are the same."""
    before = read()
    for _ in range(int(WAIT_S / BETWEEN_S)):
        time.sleep(BETWEEN_S)
        now = read()
        if now == before:
            return now
        before = now
    raise HarnessError(f"the memory of the server still changes {WAIT_S} seconds after its start, though it has no client")


def measure(program, router):
    """{moment: Pages per kind}, and the bytes per idle connection."""
    with contextlib.ExitStack() as stack:
        process, port = stack.enter_context(serving(program, router))
        smaps = pathlib.Path(f"/proc/{process}/smaps")

        def read():
            return by_kind(smaps.read_text(encoding="utf-8"))

        found = {"at rest": settled(read)}
        busy = [stack.enter_context(connect(port, number)) for number in range(BUSY)]
        for _ in range(ROUNDS):
            ask_all(busy)
        found[f"{BUSY} busy"] = read()
        idle = [stack.enter_context(connect(port, number)) for number in range(IDLE - BUSY)]
        ask_all(idle[-1:])  # the worker accepts in order, so it has accepted all
        found[f"{IDLE:,} idle"] = read()
    return found


def cells(pages):
    return [f"{pages.file_kib:,}", f"{pages.anonymous_kib:,}"]


def table(found):
    """One style, in Markdown. KiB."""
    moments = list(found)
    head = ["KiB", *(f"{moment}: {part}" for moment in moments for part in ("file", "anonymous"))]
    rows = [[kind, *(cell for moment in moments for cell in cells(found[moment][kind]))] for kind in KINDS]
    sums = {moment: Pages() for moment in moments}
    for moment, pages in found.items():
        for each in pages.values():
            sums[moment].add(each)
    rows.append(["**all**", *(cell for moment in moments for cell in cells(sums[moment]))])
    rows.append(["**resident**", *(cell for moment in moments for cell in (f"**{sums[moment].file_kib + sums[moment].anonymous_kib:,}**", ""))])
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---", *["---:"] * (len(head) - 1)], *rows])


def page(tables):
    parts = [PREFACE.rstrip(), ""]
    for style, text in tables.items():
        parts += [f"## {style}", "", text, ""]
    return "\n".join([*parts, "## The mappings", "", *(f"- **{kind}**: {text}" for kind, text in KINDS.items()), "", HOW])


PREFACE = """# Resident memory

<!-- Written by bench/resident/run --write. -->

    bench/resident/run            # prints this page
    bench/resident/run --write    # writes it

A server with one worker and an admin port, as a release build makes it. **file**: pages of the program's file. They stand in the page cache once,
for all processes, and the kernel can drop them. **anonymous**: pages of this process alone. The counts change by some KiB from run to run; the
receive buffers, 256 to 512 KiB, depend on how many requests the worker finds at once. Each further worker needs about 0.35 MB at rest.
**at rest**: before the first request.
"""

HOW = """## What keeps it small

- **No shared libraries** (`cmake/static_server.cmake`). Those of libc, libm and the loader alone had 1.7 MB resident.
- **Functions that are called stand side by side** (`servers/functions.ld`). The kernel maps 64 KiB around each page that is used. Placed by source
  file, nearly every such piece of the code has a function that the start needs: 3.2 MB of 5. `bench/resident/order` finds the functions.
- **Short relocations.** The start reads the table of all relocations; compressed (RELR) it has 8 KiB instead of 228.
- **Freed pages go back** when the start is over (`alloc/jemalloc_arena.h`): those of the command line's parser, for example.
- **No huge pages.** The server refuses transparent huge pages (`prctl(2)`, `PR_SET_THP_DISABLE`). With the setting `always`, which some systems have,
  each table that was touched once would have 2 MB resident: 24.8 MB with 512 busy connections, instead of 9.1. What is left are two huge pages that the
  allocator touches before `main()`.
- **96 bytes per connection**: its state and its deadline. Buffers belong to the worker.
- **Made when it is needed**: send blocks, receive buffers beyond the first, threads that write profiles. In all styles but Beego's, whose original
  opens its databases at the start, SQLite too.
- **The pages of the start go back** (`servers/start_pages.h`): when the server has started, it drops the pages of its code and constants. They stay in
  the page cache, so the machine gains little by this; but they no longer count as the server's, and what it needs for requests is seen alone.

What each step brought, in KiB, with one worker. Before: shared libc, libm and loader, functions placed by source file.

| | before | linked statically | short relocations | functions side by side | freed pages go back | pages of the start go back |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| Gin, at rest: file | 5,124 | 4,296 | 4,196 | 2,204 | 2,004 | 744 |
| Gin, at rest: anonymous | 1,608 | 1,580 | 1,544 | 1,544 | 1,420 | 1,424 |
| Beego, at rest: file | 6,556 | 5,436 | - | 3,224 | 3,088 | 744 |
| Beego, at rest: anonymous | 2,024 | 2,032 | - | 2,004 | 1,856 | 1,788 |

The tests `Memory` and `ResidentMemory` (`tests/e2e/accounting_test.cc`) hold the bounds.
"""


def parser():
    found = kinds.Parser(prog="bench/resident/run", description="Prints the resident memory of the server by mapping, as a page in Markdown. Build the "
                         "server first (tests/run release).")
    found.add_argument("--write", action="store_true", help=f"write the page to {PAGE.relative_to(ROOT)}")
    found.add_argument("--program", type=kinds.program, metavar="FILE", help="the server (build/release/server)")
    return found


def allow_descriptors():
    needed = IDLE + kinds.OTHER_FILES
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise HarnessError(f"{needed} open files are needed, and the hard limit is {hard}; raise it (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def make(options):
    program = str(options.program or PROGRAM)
    if not os.access(program, os.X_OK):
        raise HarnessError(f"{program} does not exist; build it with tests/run release")
    allow_descriptors()
    put(page({style.name: table(measure(program, router)) for router, style in styles.ALL.items()}), PAGE if options.write else None)
    return 0


def main():
    return exit_status("bench/resident/run", lambda: make(parser().parse_args()))


if __name__ == "__main__":
    sys.exit(main())
