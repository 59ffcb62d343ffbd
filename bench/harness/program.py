"""How a program of the harness ends."""

import sys

from harness import processes
from harness.environment import ROOT
from harness.errors import HarnessError, os_sentence


def exit_status(name, work, interrupted="interrupted"):
    """Calls work() and returns the exit status of the program `name`: what work() returns; 1 after an error, with one sentence; 130 after
    Ctrl-C, when all children have been stopped, with the sentence `interrupted`."""
    processes.handle_interrupts()
    try:
        return work()
    except HarnessError as error:
        print(f"{name}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{name}: {os_sentence(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        processes.stop_all()
        print(f"\n{name}: {interrupted}", file=sys.stderr)
        return 130
    return 1


def put(text, file):
    """Writes the text to a file of the project, and says so; prints it if there is no file."""
    if file is None:
        print(text, end="")
        return
    file.write_text(text, encoding="utf-8")
    print(f"written: {file.relative_to(ROOT)}")
