"""Runs a compiler and writes "SECONDS KILOBYTES" to a file: its CPU time and its maximum memory.

Usage: timed.py FILE COMPILER ARGUMENT...
"""

import pathlib
import resource
import subprocess
import sys

if len(sys.argv) < 3:
    print("bench/rivals/timed.py: FILE or COMPILER is missing; usage: timed.py FILE COMPILER ARGUMENT...", file=sys.stderr)
    sys.exit(2)
status = subprocess.run(sys.argv[2:], check=False).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
pathlib.Path(sys.argv[1]).write_text(f"{usage.ru_utime + usage.ru_stime:.2f} {usage.ru_maxrss}\n", encoding="ascii")
sys.exit(status)
