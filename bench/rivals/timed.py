"""Runs a compiler and leaves "seconds kilobytes" in a file: the CPU time and the most memory it took."""

import pathlib
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[2:], check=False).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
pathlib.Path(sys.argv[1]).write_text(f"{usage.ru_utime + usage.ru_stime:.2f} {usage.ru_maxrss}\n", encoding="ascii")
sys.exit(status)
