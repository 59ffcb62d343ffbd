"""bench/resident/order: which functions the server calls at its start and for requests, as a linker script that puts them together.

The kernel makes the program's code resident by 64 KiB around each address that is used. Where the linker places functions by file,
nearly every such piece has a function that the start needs. Side by side they need a third of the memory.

A function that is alone in its section is named by the section. In a library whose files have one section each, such as libc, the file is
named. Names that a build does not have are ignored, so an old script costs memory but breaks nothing.
"""

import bisect
import os
import pathlib
import re
import signal
import socket
import sys
import threading
import time

from harness import breakpoints, environment, options as kinds, styles
from harness.errors import HarnessError
from harness.program import exit_status, put

ROOT = environment.ROOT
PROGRAM = ROOT / "build" / "release" / "server"
SCRIPT = ROOT / "servers" / "functions.ld"
READY = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
PATHS = ("/ping", "/json", "/list/10", "/api/v1/user/1")
# llhttp reads this one.
LAST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
ROUNDS = 20
SAMPLES_S = 1.5  # the server takes a sample of its counters each second
WAIT_S = 10  # for an answer
LIMIT_S = 60  # for one style

# A line of the linker's map: " .text.name  0xADDRESS  0xSIZE FILE"; a long name has a line of its own.
SECTION = re.compile(r"^ (\.text\S*)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$")
NAME_ALONE = re.compile(r"^ (\.text\S*)\s*$")
ARCHIVED = re.compile(r".*/([^/]+)\((.+)\)$")
KIND = re.compile(r"\.text\.(?:(?:startup|unlikely|hot|exit)\.)?")


def sections_of(linker_map):
    """(address, size, section, file) of the code, in the order of addresses."""
    found, name = [], None
    for line in linker_map.splitlines():
        if alone := NAME_ALONE.match(line):
            name = alone.group(1)
            continue
        if (match := SECTION.match(line)) and (match.group(1) or name):
            address, size = int(match.group(2), 16), int(match.group(3), 16)
            if address and size:
                found.append((address, size, match.group(1) or name, match.group(4)))
        name = None
    return sorted(found)


def pattern(section, file, functions):
    """The section in a linker script; None if it cannot be named. `functions`: the names of all."""
    if KIND.sub("", section) in functions:
        return f"*({section})"
    archived = ARCHIVED.match(file)
    return f"*{archived.group(1)}:{archived.group(2)}({section})" if archived else None


def patterns(addresses, sections, functions):
    """Those of the sections that hold the addresses, each once."""
    begins = [section[0] for section in sections]
    found = {}
    for address in addresses:
        at = bisect.bisect(begins, address) - 1
        if at >= 0 and address < begins[at] + sections[at][1]:
            found.setdefault(pattern(*sections[at][2:], functions))
    found.pop(None, None)
    return list(found)


def script(groups):
    """`groups`: what a group is for, and its patterns. A section belongs to the first group that names it."""
    lines = ["/* Written by bench/resident/order --write: the functions that the server calls, side by side. cmake/static_server.cmake uses it. */",
             "SECTIONS", "{", "  .text.called :", "  {"]
    seen = set()
    for purpose, found in groups:
        lines.append(f"    /* {purpose} */")
        lines += [f"    {each}" for each in found if each not in seen]
        seen.update(found)
    return "\n".join([*lines, "  }", "}", "INSERT BEFORE .text;", ""])


def ask(port):
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as connection:
        for path in PATHS * ROUNDS:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            connection.recv(65536)
        connection.sendall(LAST)
        while connection.recv(65536):
            pass
    time.sleep(SAMPLES_S)


def watch(program, router):
    """The addresses that are called until the server is ready, and those that are called after it."""
    tracer = breakpoints.Tracer([str(program), f"--router={router}", "--threads=1", "--host=127.0.0.1", "--port=0", "--admin-port=any", "--no-config"])
    parts = []

    def drive():
        try:
            with open(tracer.output, encoding="utf-8") as output:
                ready = READY.match(output.readline())
                parts.append(tracer.take())
                if ready:
                    ask(int(ready.group(1)))
                    parts.append(tracer.take())
        finally:
            os.kill(tracer.process, signal.SIGKILL)

    driver = threading.Thread(target=drive)
    limit = threading.Timer(LIMIT_S, os.kill, [tracer.process, signal.SIGKILL])
    for thread in (driver, limit):
        thread.start()
    tracer.run()
    limit.cancel()
    driver.join()
    if len(parts) != 2:
        raise HarnessError(f"the server did not start, or did not answer within {LIMIT_S} seconds (--router={router}); start it by hand to see why")
    return parts


def parser():
    found = kinds.Parser(prog="bench/resident/order", description="Finds which functions the server calls at its start and for requests, and prints a "
                         "linker script that puts them together. Build the server first (tests/run release).")
    found.add_argument("--write", action="store_true", help=f"write the script to {SCRIPT.relative_to(ROOT)}")
    found.add_argument("--program", type=kinds.program, metavar="FILE", default=None,
                       help="the server, linked statically, with the linker's map beside it as FILE.map (the release build)")
    return found


def make(options):
    program = pathlib.Path(options.program or PROGRAM).resolve()
    if not program.exists():
        raise HarnessError(f"{program} does not exist; build it with tests/run release")
    sections = sections_of(pathlib.Path(f"{program}.map").read_text(encoding="utf-8", errors="replace"))
    functions = {*breakpoints.functions_of(program).values()}
    groups = []
    for router, style in styles.ALL.items():
        start, requests = watch(program, router)
        groups += [(f"{style.name}: requests", patterns(requests, sections, functions)), (f"{style.name}: the start", patterns(start, sections, functions))]
    put(script(groups), SCRIPT if options.write else None)
    return 0


def main():
    return exit_status("bench/resident/order", lambda: make(parser().parse_args()))


if __name__ == "__main__":
    sys.exit(main())
