"""Runs a compiler and writes "SECONDS KILOBYTES" to a file: its CPU time and its maximum memory."""

import pathlib
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[2:], check=False).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
pathlib.Path(sys.argv[1]).write_text(f"{usage.ru_utime + usage.ru_stime:.2f} {usage.ru_maxrss}\n", encoding="ascii")
sys.exit(status)
