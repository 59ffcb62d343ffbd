"""What the records of a session hold, read back from disk. A report knows nothing else."""

import pathlib
import time
from dataclasses import dataclass, field

from harness import records
from harness.errors import HarnessError


@dataclass(frozen=True)
class Found:
    session: dict  # raw/session.json
    facts: dict  # raw/facts.json
    readings: dict = field(default_factory=dict)  # {run_id: content of its raw file}
    runs: tuple = ()  # the records (records.row_of), in the order in which they were measured
    folder: pathlib.Path | None = None

    @property
    def options(self):
        return records.options_of(self.session)

    @property
    def environment(self):
        return self.session["environment"]

    @property
    def raw(self):
        return self.folder / "raw"

    @property
    def scenario(self):
        return self.session["scenario"]

    @property
    def server_cpus(self):
        return self.session["server_cpus"]

    @property
    def client_cpus(self):
        return self.session["client_cpus"]

    @property
    def client_place(self):
        """Where the load generator ran, for headings."""
        return self.facts.get("cluster") or f"CPU {self.environment['client_cpus']}"

    @property
    def began(self):
        """When the session began, for headings."""
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(self.session["started"] / 1000))

    def used(self, *purposes):
        """The runs that count, of all purposes if none is given. The others were invalid and were repeated."""
        return [record for record in self.runs if record["used"] and (not purposes or record["purpose"] in purposes)]

    def by_cell(self, *purposes):
        """{cell key: [record per round]} of the runs that count."""
        by_cell = {}
        for record in sorted(self.used(*(purposes or ("timed",))), key=lambda record: record["round"]):
            by_cell.setdefault(record["cell"], []).append(record)
        return by_cell

    @property
    def counted(self):
        """{cell key: record} of the runs that counted allocations."""
        return {key: runs[-1] for key, runs in self.by_cell("counted").items()}

    def reading(self, record):
        return self.readings[record["run_id"]]


def record_of(kept, reading):
    try:
        return records.row_of(kept.session, reading, kept.raw)
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        raise HarnessError(f"the record of the run {reading.get('run_id')} cannot be computed from {kept.raw} ({error!r}); a file was changed or is "
                           "lost") from error


def read(folder):
    """Raises HarnessError if the folder holds no records."""
    kept = records.Records(folder)
    # A name begins with the time in ms, which has the same number of digits until the year 2286.
    readings = [records.read_json(path) for path in sorted(kept.raw.glob(f"*{records.RUN}"))]
    runs = tuple(record_of(kept, reading) for reading in readings)
    return Found(kept.session, kept.facts, {reading["run_id"]: reading for reading in readings}, runs, kept.folder)
