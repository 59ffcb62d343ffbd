"""Reads the records of sessions (harness.records): one folder per session."""

import json
import pathlib
import re
import shlex
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from harness import conclusion, records, styles, tables
from harness.errors import HarnessError, shown
from harness.scenarios import BY_NAME

TIMED, COUNTED, CEILING, PROFILED = "timed", "counted", "ceiling", "profiled"
PURPOSES = (TIMED, PROFILED)  # of the runs that can have series and profiles
AGAIN = "_again"  # in the key of a cell that measures the same server as another cell (A/A)


@dataclass(frozen=True)
class Session:
    folder: pathlib.Path
    scenario: str
    environment: dict
    runs: list  # flat dicts, in the order in which they were made
    summary: dict  # what else the scenario recorded
    text: str  # the printed table
    began: dict  # raw/session.json: how the session was called, and the settings of the machine
    tables: dict  # those of runs.sqlite

    @property
    def raw(self):
        return self.folder / "raw"

    def rows(self, table, *columns):
        """These columns of a table of runs.sqlite."""
        names, rows = self.tables[table]
        places = [names.index(column) for column in columns]
        return [[row[place] for place in places] for row in rows]

    def of_run(self, run_id):
        """The cell with this run, or None."""
        return next((cell for cell in self.cells_of(*PURPOSES) if any(run["run_id"] == run_id for run in cell.attempts)), None)

    @cached_property
    def cells(self):
        """The cells that were timed in rounds, and the null server. Runs have a random order; cells have that of the runs that counted, as the
        columns of a table."""
        found = self.cells_of(TIMED, CEILING)
        columns = {run["cell"]: place for place, run in enumerate(self.runs) if run["purpose"] == COUNTED}
        modes = list(dict.fromkeys(cell.mode for cell in found))
        routers = list(styles.SUBJECTS)

        def place(cell):
            router = routers.index(cell.router) if cell.router in routers else len(routers)
            return modes.index(cell.mode), cell.is_ceiling, bool(cell.again_of), columns.get(cell.base, len(self.runs)), router, _natural(cell.base)

        return sorted(found, key=place)

    def cells_of(self, *purposes):
        found = defaultdict(list)
        for run in self.runs:
            if run["purpose"] in purposes:
                found[run["cell"]].append(run)
        modes = _modes(found)
        return [Cell(key, runs, _mode_of(key, modes), self._counted(_base_of(key, modes))) for key, runs in found.items()]

    def _counted(self, base):
        """The run that counted the allocations of this server, or None. A load has no influence on counts."""
        return next((run for run in self.runs if run["purpose"] == COUNTED and run["cell"] == base), None)


@dataclass(frozen=True)
class Cell:
    """A server under a load."""

    key: str
    attempts: list  # every run, with the invalid ones
    mode: str  # the suffix of the key that names the load; "" if there is only one load
    counted: dict | None

    @property
    def first(self):
        return self.attempts[0]

    @property
    def router(self):
        return self.first.get("router", "")

    @property
    def colour(self):
        style = styles.SUBJECTS.get(self.router)
        return style.colour if style else styles.NULL_COLOUR

    @property
    def title(self):
        return self.first.get("title", self.key)

    @property
    def base(self):
        return _base_of(self.key, [self.mode])

    @property
    def is_ceiling(self):
        return self.first["purpose"] == CEILING

    @property
    def again_of(self):
        """The key of the cell with the same server; None if this cell is no second one."""
        return self.key.replace(AGAIN, "") if AGAIN in self.key else None

    @cached_property
    def by_round(self):
        """{round: the run that counts}. A run in which only the load generator was late counts, but its latencies do not."""
        return {run["round"]: run for run in self.attempts if run["used"]}

    @property
    def runs(self):
        return list(self.by_round.values())

    @property
    def in_time(self):
        return [run for run in self.runs if not run.get("late")]


def _modes(keys):
    """The suffixes behind AGAIN: a scenario that measures one server twice does so under each of its loads."""
    found = {key.partition(AGAIN)[2] for key in keys if AGAIN in key}
    return sorted(found, key=len, reverse=True)


def _mode_of(key, modes):
    return next((mode for mode in modes if mode and key.endswith(mode)), "")


def _base_of(key, modes):
    """The key without the load and without AGAIN."""
    return key.removesuffix(_mode_of(key, modes)).replace(AGAIN, "")


def _natural(key):
    """Sorts 10 after 9."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", key)]


def folders_in(folder):
    """The folder itself, or, if it is that of a call of bench/compare with several scenarios, the folders of their sessions that have ended."""
    ended = sorted(path.parent for path in pathlib.Path(folder).glob(f"*/{conclusion.SUMMARY}") if path.parent.name != "raw")
    return [folder] if (pathlib.Path(folder) / "raw").is_dir() or not ended else ended


def read(folder):
    """Raises HarnessError unless the folder has the records of a session that has ended."""
    folder = pathlib.Path(folder)
    try:
        content, began = (json.loads((folder / name).read_text(encoding="utf-8")) for name in (conclusion.SUMMARY, f"raw/{records.SESSION}"))
        text = (folder / conclusion.TABLE).read_text(encoding="utf-8")
        found = tables.read_database(folder / tables.DATABASE)
    except OSError as error:
        raise HarnessError(f"{folder} is no folder of a session that has ended ({error.filename}: {error.strerror}); name a folder that bench/compare "
                           "printed") from error
    except (ValueError, sqlite3.Error) as error:
        raise HarnessError(f"the records in {folder} cannot be read ({error}); name another folder") from error
    known = ("environment", "runs")
    if not isinstance(content, dict) or not isinstance(began, dict) or not all(content.get(name) for name in known):
        raise HarnessError(f"{folder / conclusion.SUMMARY} has no runs; name the folder of another session")
    scenario = began.get("scenario", "")
    if scenario not in (*BY_NAME, "attach", "replay", "container"):
        raise HarnessError(f"{folder} has a session of an unknown scenario ({shown(scenario)}); make its report with the version that measured it")
    return Session(folder, scenario, content["environment"], content["runs"],
                   {name: value for name, value in content.items() if name not in known}, text, began, found)


def option_of(command, name):
    """The value of --NAME=VALUE in a command line, or ""."""
    try:
        words = shlex.split(command)
    except ValueError:  # a quotation without an end
        return ""
    return next((word.partition("=")[2] for word in words if word.startswith(f"--{name}=")), "")
