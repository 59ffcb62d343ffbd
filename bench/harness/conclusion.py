"""From runs to a report. A scenario is a module with two functions: measure(session) makes runs, and report(found) computes everything
that is printed or drawn, from the records alone. bench/compare reads the records back from disk between the two, so every figure comes
from the files, and harness/verify.py can compute it again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from harness import found as records_of, records, tables

TABLE, SUMMARY, SUMS = "table.txt", "session.json", "SHA256SUMS"


@dataclass(frozen=True)
class Report:
    """What a scenario says."""

    title: str
    parts: list  # texts and table.Table objects, in the order in which they are printed
    figures: dict  # JSON: the computed values by name; an estimate has median, low, high and count
    draw: Callable  # draw(stem) writes STEM.svg and STEM.png

    @property
    def text(self):
        return "\n\n".join(map(str, self.parts))


def scenario_of(name):
    """The module that reports this scenario. The modules are loaded late, because they import this one."""
    from harness import attach_table, container_cost, replay
    from harness.scenarios import BY_NAME
    return {"attach": attach_table, "replay": replay, container_cost.NAME: container_cost, **BY_NAME}[name]


def report_of(found):
    """The report of a session, with the verdicts on the article's claims below its tables."""
    from harness import claims, evidence
    report = scenario_of(found.scenario).report(found)
    findings = evidence.findings(found)
    if findings is None:
        return report
    rows = claims.verdicts({found.scenario: findings})
    return replace(report, parts=[*report.parts, claims.text({found.scenario: findings})],
                   figures={**report.figures, "claims": [asdict(row) for row in rows]})


def run(session, measure):
    """Measures, and returns the report on what the disk then holds. An interrupted session keeps its whole runs."""
    folder = session.records.folder
    try:
        measure(session)
    except BaseException:
        tables.write(folder, records_of.read(folder))
        raise
    return conclude(folder)


def conclude(folder):
    """Writes what follows from the raw files: the tables, the printed text, session.json, the plots, and the list of hashes."""
    found = records_of.read(folder)
    tables.write(folder, found)
    report = report_of(found)
    for name, text in texts(found, report).items():
        records.write_whole(folder / name, text)
    report.draw(plot_of(found))
    records.write_whole(folder / SUMS, "".join(f"{digest(folder / name)}  {name}\n" for name in listed(folder)))
    return report


def texts(found, report):
    """{file name: content} of what is printed and computed."""
    summary = {"session_id": found.session["session_id"], "environment": found.environment, "facts": found.facts, "runs": list(found.runs),
               **report.figures}
    return {TABLE: report.text + "\n", SUMMARY: json.dumps(summary, indent=1) + "\n"}


def plot_of(found):
    """The plot without its suffix: there is a .png and a .svg."""
    return found.folder / found.scenario


def listed(folder):
    """The names of all files whose hashes are listed."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != SUMS)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
