"""The records as tables: runs.csv, profiles.csv, and runs.sqlite with

  runs      one row per run, the columns of runs.csv
  files     the raw files of each run and their SHA-256
  series    values over time, in seconds since the start of the run
  knobs     the settings of the machine: what is wanted, what was found, and the state (docker/README.md)
  profiles  the profiles that were taken
  facts     what the scenario found beside runs, as JSON
  session   who measured: options, machine, build, as JSON
"""

import csv
import hashlib
import json
import os
import sqlite3

RUNS, PROFILES, DATABASE = "runs.csv", "profiles.csv", "runs.sqlite"
OF_PROFILES = ("run_id", "type", "start_ns", "duration_ms", "file_size_bytes", "file")
OF_KNOBS = ("name", "want", "got", "state")


def of(found):
    """{table: (columns, rows)}. A row is a list of texts, numbers and None."""
    names = list(dict.fromkeys(name for record in found.runs for name in record))
    return {
        "runs": (names, [[record.get(name) for name in names] for record in found.runs]),
        "files": (["run_id", "name", "sha256"], [
            [record["run_id"], name, _sha256(found.raw / name)] for record in found.runs for name in record["raw_files"].split()]),
        "series": (["run_id", "name", "t_s", "value"], [
            [run_id, name, t_s, value] for run_id, reading in found.readings.items()
            for name, points in reading.get("series", {}).items() for t_s, value in points]),
        "knobs": (list(OF_KNOBS), [[knob[name] for name in OF_KNOBS] for knob in found.session.get("knobs", [])]),
        "profiles": (list(OF_PROFILES), profiles(found)),
        "facts": (["name", "json"], [[name, json.dumps(value)] for name, value in found.facts.items()]),
        "session": (["name", "json"], [[name, json.dumps(value)] for name, value in found.session.items()]),
    }


def profiles(found):
    """A row per profile; its size is that of its file. `start_ns` counts since 1970."""
    return [[run_id, one["type"], one["start_ns"], one["duration_ms"], (found.raw / one["file"]).stat().st_size, one["file"]]
            for run_id, reading in found.readings.items() for one in reading.get("profiles", [])]


def write(folder, found):
    """Makes all files again; none without a run."""
    if not found.runs:
        return
    content = of(found)
    write_csv(folder / RUNS, *content["runs"])
    if content["profiles"][1]:
        write_csv(folder / PROFILES, *content["profiles"])
    part = folder / f"{DATABASE}.part"
    part.unlink(missing_ok=True)
    with sqlite3.connect(part) as base:
        for name, (columns, rows) in content.items():
            # Without a type a column keeps the type of each value.
            base.execute(f"CREATE TABLE {name} ({', '.join(map(_quoted, columns))})")
            base.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
    base.close()
    os.replace(part, folder / DATABASE)


def write_csv(path, columns, rows):
    part = path.with_name(path.name + ".part")
    with open(part, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    os.replace(part, path)


def read_csv(path):
    """The columns and the rows, as texts."""
    with open(path, newline="", encoding="utf-8") as file:
        columns, *rows = csv.reader(file)
    return columns, rows


def read_database(path):
    """{table: (columns, rows)}, like of()."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        names = [name for name, in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
        found = {}
        for name in names:
            cursor = base.execute(f"SELECT * FROM {_quoted(name)} ORDER BY rowid")
            found[name] = ([column[0] for column in cursor.description], [list(row) for row in cursor])
        return found
    finally:
        base.close()


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
