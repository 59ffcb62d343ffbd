"""The records of a session: one folder. Everything in it follows from its folder raw/, which this module writes.

  raw/session.json     who measured: options, machine, build
  raw/facts.json       what a scenario found beside runs
  raw/TIME-NAME.run.json  what was read before, during and after a run. The output of its load generator stands beside it.

found.py reads the folder, conclusion.py computes the other files from it.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys
import time
import uuid

from harness.errors import HarnessError

RUN = ".run.json"
PART = ".part"  # at the end of the name of a file that is not complete
SESSION, FACTS = "session.json", "facts.json"
FORMAT = 1


class Records:
    """`runs` has the record of each run, in order. A run is kept as a whole or not at all."""

    def __init__(self, folder):
        """A folder that begin() has made, with the runs that it has."""
        self.folder = pathlib.Path(folder)
        self.raw = self.folder / "raw"
        self.session = read_json(self.raw / SESSION)
        if self.session.get("format") != FORMAT:
            raise HarnessError(f"{self.raw / SESSION} has the format {self.session.get('format')}, and this program reads {FORMAT}")
        self.facts = read_json(self.raw / FACTS) if (self.raw / FACTS).exists() else {}
        self.runs = []

    @classmethod
    def begin(cls, results, scenario, options, **facts):
        """Makes the folder of a new session. `options` are those of bench/compare."""
        session_id = str(uuid.uuid4())
        started = time.time_ns() // 1_000_000
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(started / 1000))
        folder = pathlib.Path(results) / f"{stamp}-{session_id}"
        (folder / "raw").mkdir(parents=True)
        session = {"format": FORMAT, "folder": str(folder), "session_id": session_id, "scenario": scenario, "started": started, "command": getattr(options, "command", sys.argv),
                   "options": plain(vars(options)), **facts}
        write_json(folder / "raw" / SESSION, session)
        return cls(folder)

    def add(self, reading):
        """Keeps a run and returns its record. `reading` is a JSON object with the fields of row_of(), with `name`, and with what its
        recorder needs."""
        reading = json.loads(json.dumps(reading))  # what is read from the file later
        row = row_of(self.session, reading, self.raw)
        write_json(self.raw / f"{reading['timestamp']}-{reading['name']}{RUN}", reading)
        self.runs.append(row)
        return row

    def remove_parts(self):
        """Removes files that a program was writing when it was killed."""
        for part in self.raw.glob(f"*{PART}"):
            part.unlink()

    def note(self, name, value):
        """Keeps a fact that is no run, as JSON."""
        self.facts[name] = value
        write_json(self.raw / FACTS, self.facts)


def recorder(name):
    """The module that computes the records of these readings. The modules are loaded late, because they write records themselves."""
    from harness import attach, run, slices
    from harness.scenarios import BY_NAME
    return {"run": run, "attach": attach, "slices": slices, **BY_NAME}[name]


def row_of(session, reading, raw):
    """The record of a run, flat: a function of the session's facts and of the raw files of the run. Columns that every run has: `run_id`
    (UUIDv4), `timestamp` (ms since 1970), `cmd_line` (the commands of the server and of the load), `load_profile` (scenario, cell and all
    parameters of the load, as JSON with sorted names) and `profile_hash` (its SHA-256)."""
    place = reading["place"]
    profile = json.dumps({"scenario": place["scenario"], "cell": place["cell"], **reading["load_profile"]}, sort_keys=True)
    record = recorder(reading["recorder"]).record_of(reading, pathlib.Path(raw))
    commands = [record.get(name) for name in ("cmd_server", "cmd_client")]
    row = {"session_id": session["session_id"], "run_id": reading["run_id"], "timestamp": reading["timestamp"], **place,
           "cmd_line": " & ".join(filter(None, commands)), "profile_hash": hashlib.sha256(profile.encode()).hexdigest(), "load_profile": profile,
           "raw_files": " ".join([f"{reading['timestamp']}-{reading['name']}{RUN}", *reading["files"]]), **record}
    return {**row, **{key: value for key, value in session["environment"].items() if key not in row}}


def plain(value):
    """As JSON has it: paths and addresses are texts."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def write_json(path, value):
    write_whole(path, json.dumps(value, indent=1) + "\n")


def write_whole(path, text):
    """The file has the whole text, or what it had before."""
    part = path.with_name(path.name + PART)
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def read_json(path):
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HarnessError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def options_of(session):
    """The options of a recorded session. Paths are texts."""
    return argparse.Namespace(**session["options"])
