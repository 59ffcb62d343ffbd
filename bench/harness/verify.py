"""bench/compare --verify: whether every table and every printed figure of a session follows from its raw files, byte by byte."""

import csv
import importlib.metadata
import io
import itertools
import os
import pathlib
import re
import sqlite3
import tempfile

from harness import conclusion, environment, found as records_of, records, tables
from harness.errors import HarnessError, shown

NEARBY = 20  # characters of a text that are shown, from the first that differs
OWN = (conclusion.TABLE, conclusion.SUMMARY, tables.RUNS, tables.DATABASE, tables.PROFILES)  # others may have been made later from the records


def verify_all(folder):
    """Yields a sentence about each session: that of the folder, or those in it, which one call with several scenarios made."""
    for each in sessions_in(folder):
        yield verify(each)


def sessions_in(folder):
    return [folder] if is_session(folder) else sorted(filter(is_session, folder.iterdir()))


def is_session(folder):
    return (folder / "raw" / records.SESSION).is_file()


def verify(folder):
    """Returns a sentence about what was checked. Raises HarnessError with the file and the place of the first difference."""
    sums = read_sums(folder)
    check_hashes(folder, {name: digest for name, digest in sums.items() if name.startswith("raw/")})
    found = records_of.read(folder)
    content = tables.of(found)
    check_csv(folder / tables.RUNS, *content["runs"])
    if content["profiles"][1]:
        check_csv(folder / tables.PROFILES, *content["profiles"])
    check_database(folder / tables.DATABASE, content)
    report = conclusion.report_of(found)
    for name, text in conclusion.texts(found, report).items():
        check_text(folder / name, text, found)
    plots = check_plots(folder, report, found)
    check_hashes(folder, sums)
    cells = sum(len(columns) * len(rows) for columns, rows in content.values())
    return (f"{folder}: {len(found.runs)} runs, {cells:,} cells of the tables, the printed table{plots} and {len(sums)} hashes follow from "
            "the raw files")


def read_sums(folder):
    path = folder / conclusion.SUMS
    if not path.is_file():
        raise HarnessError(f"{path} does not exist, so the session was interrupted; continue it with --resume={folder}")
    sums = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if not (folder / name).is_file():
            raise HarnessError(f"{path}, line {number}: there is no file {shown(name)}; the line was changed, or the file is lost")
        sums[name] = digest
    unlisted = [name for name in conclusion.listed(folder) if name not in sums and (name in OWN or name.startswith("raw/"))]
    if unlisted:
        raise HarnessError(f"{path}: {unlisted[0]} has no line; a line was removed, or the file was added")
    return sums


def check_hashes(folder, sums):
    for name, digest in sums.items():
        if (now := conclusion.digest(folder / name)) != digest:
            raise HarnessError(f"{folder / name}: its SHA-256 is {now}, and {conclusion.SUMS} has {shown(digest)}; one of the two was changed")


def check_csv(path, columns, rows):
    """Names the first cell that differs."""
    expected = io.StringIO(newline="")
    csv.writer(expected).writerows([columns, *rows])
    if (there := _read(path)) == expected.getvalue():
        return
    expected.seek(0)
    _check_rows(path, *[list(csv.reader(file)) for file in (expected, io.StringIO(there, newline=""))])
    check_lines(path, expected.getvalue(), there)


def _check_rows(path, expected, there):
    columns = expected[0]
    for number, (one, other) in enumerate(itertools.zip_longest(expected, there)):
        if one is None or other is None or len(one) != len(other):
            raise HarnessError(f"{path}, row {number}: it does not have the cells that the raw files give")
        for column, cell, found in zip(columns, one, other):
            if cell != found:
                raise HarnessError(f"{path}, row {number}, column {column}: it has {shown(str(found))}, and the raw files give {shown(str(cell))}")


def check_database(path, content):
    try:
        there = tables.read_database(path)
    except sqlite3.Error as error:
        raise HarnessError(f"{path} cannot be read ({error}); a byte was changed") from error
    if list(there) != list(content):
        raise HarnessError(f"{path}: it has the tables {', '.join(there)}, and the raw files give {', '.join(content)}")
    for name, (columns, rows) in content.items():
        _check_rows(f"{path}, table {name}", [columns, *rows], [there[name][0], *there[name][1]])


def check_text(path, expected, found):
    there = _read(path)
    if there != expected:
        check_lines(path, expected, there, _commits(found))


def check_plots(folder, report, found):
    """Draws the plots again, and returns in words what was checked. The same version of matplotlib draws the same bytes; another version would
    not, so then only the hashes of the plots are checked."""
    with tempfile.TemporaryDirectory() as again:
        report.draw(pathlib.Path(again) / conclusion.plot_of(found).name)
        drawn = {path.name: path.read_bytes() for path in sorted(pathlib.Path(again).iterdir(), key=lambda path: path.suffix != ".svg")}
    there = {name: _bytes(folder / name) for name in drawn}
    now = importlib.metadata.version("matplotlib")
    if (then := _matplotlib(there, now)) != now:
        return f", the hashes of the plots (matplotlib {then} has drawn them, and this is {now})"
    for name, expected in drawn.items():
        if there[name] != expected and name.endswith(".svg"):
            check_lines(folder / name, *(content.decode("utf-8", errors="replace") for content in (expected, there[name])), _commits(found))
        if there[name] != expected:
            raise HarnessError(f"{folder / name}: it is not the plot that the raw files give{_commits(found)}")
    return ", the plots" if drawn else ""


def _matplotlib(files, now):
    """The version that an SVG file names; `now` if there is no such file."""
    for name, content in files.items():
        if name.endswith(".svg"):
            named = re.search(rb"<dc:title>Matplotlib v([^,<]+)", content)
            return named[1].decode(errors="replace") if named else "of an unknown version"
    return now


def check_lines(path, expected, there, hint=""):
    """Names the first character that differs. The texts are different."""
    at = len(os.path.commonprefix([expected, there]))
    line, column = there.count("\n", 0, at) + 1, at - there.rfind("\n", 0, at)
    raise HarnessError(f"{path}, line {line}, character {column}: it has {shown(there[at:at + NEARBY])}, and the raw files give "
                       f"{shown(expected[at:at + NEARBY])}{hint}")


def _commits(found):
    """A clause, if another version of this program made the text."""
    then, now = found.environment["commit"], environment.commit()
    return "" if then == now else f"; the session is of commit {then[:12]}, this program is of {now[:12]}: verify with the former"


def _read(path):
    return _bytes(path).decode("utf-8", errors="replace")


def _bytes(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise HarnessError(f"{path} cannot be read ({error.strerror})") from error
