"""How a program of the harness ends."""

import sys

from harness import processes
from harness.environment import ROOT
from harness.errors import HarnessError, os_sentence


def exit_status(name, work, interrupted="interrupted", before_message=lambda: None):
    """Calls work() and returns the exit status of the program `name`: what work() returns; 1 after an error, with one sentence; 130 after
    Ctrl-C, when all children have been stopped, with the sentence `interrupted`, or what that function returns then. Before a message,
    before_message() ends a line that is being shown."""
    processes.handle_interrupts()
    try:
        return work()
    except (HarnessError, OSError) as error:
        before_message()
        print(f"{name}: {sentence(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        processes.stop_all()
        before_message()
        print(f"\n{name}: {interrupted() if callable(interrupted) else interrupted}", file=sys.stderr)
        return 130


def sentence(error):
    return os_sentence(error) if isinstance(error, OSError) else str(error)


def put(text, file):
    """Writes the text to a file of the project, and says so; prints it if there is no file."""
    if file is None:
        print(text, end="")
        return
    file.write_text(text, encoding="utf-8")
    print(f"written: {file.relative_to(ROOT)}")
