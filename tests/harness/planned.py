"""Reads the output of bench/compare --plan."""

import re
import shlex
from dataclasses import dataclass

TITLE = re.compile(r"(start server|stop server|warm up|load|do) .*")
# Names of values that results decide.
NAMED = re.compile(r"(?<==)(?:RATE|PERCENT|MB)(?:\*1000000)?\b")
FILE_OF_A_SEARCH = re.compile(r"(?<=raw/)[^ ]*_RATE_[^ ]*")


@dataclass(frozen=True)
class Load:
    """A run of a load generator, beside the server that it loads. Both are command lines as the records have them."""

    server: str
    client: str

    def is_of(self, row, folder):
        """Whether a record (a row of runs.csv) has these commands. The name of a file may have a value that results decide."""
        return all(re.fullmatch(_pattern(planned), _known(row[name], row, folder))
                   for name, planned in (("cmd_server", self.server), ("cmd_client", self.client)))


def loads(text):
    """Every Load of a plan, in order."""
    running, found, title = {}, [], ""
    for line in text.splitlines():
        if TITLE.fullmatch(line):
            title = line
            continue
        if not line.startswith("    "):
            continue
        words = shlex.split(line)
        if title.startswith("start server "):
            running[next(word.partition("=")[2] for word in words if word.startswith("--port="))] = line.strip()
        elif title.startswith("load "):
            found.append(Load(running[re.search(r":(\d+)/", words[-1])[1]], line.strip()))
    return found


def _pattern(planned):
    """A value that results decide may be any number."""
    files = FILE_OF_A_SEARCH.split(planned)
    return "[^ ]+".join("[0-9.]+".join(map(re.escape, NAMED.split(part))) for part in files)


def _known(command, row, folder):
    """The command with the words of a plan in place of what only a session has."""
    return command.replace(row["run_id"], "RUN_ID").replace(str(folder), "RECORDS")
