"""The numbers that are stated about the project's own recorded exchanges: in the README of a style by class, and in
known_differences.toml by group."""

import pathlib
import re
import tomllib

# The sections of the README whose table has a row "| class | number | ..." for each class.
EXCUSED = "### Recorded exchanges: excused"
WITHOUT_COUNTERPART = "### Recorded exchanges: without a counterpart"


def _table(page, title):
    """The first two cells of each row of the table in the section of that title."""
    if title + "\n" not in page:
        return {}
    section = page.partition(title + "\n")[2].partition("\n#")[0]
    return {row[1].replace("`", ""): int(row[2]) for row in re.finditer(r"^\| ([^|]+?) \| (\d+) \|", section, re.MULTILINE)}


def known_differences(style):
    with pathlib.Path(__file__).with_name("known_differences.toml").open("rb") as file:
        return tomllib.load(file)[style]


def faults(root, style, result):
    """Sentences about stated numbers that are wrong. Fewer differences than stated are a fault, too: the number stated must fall
    with the number of differences, so that it cannot rise unseen."""
    page = (pathlib.Path(root) / "router" / style / "README.md").read_text(encoding="utf-8")
    stated = [(f"router/{style}/README.md: excused, ", _table(page, EXCUSED), {name: len(ids) for name, ids in result.excused.items()}),
              (f"router/{style}/README.md: without a counterpart, ", _table(page, WITHOUT_COUNTERPART),
               {name: len(ids) for name, ids in result.absent.items()}),
              (f"tests/context/known_differences.toml: {style}, ", known_differences(style), result.by_group())]
    return [f"{where}{name}: {numbers.get(name, 0)} is stated, {counted.get(name, 0)} is right"
            for where, numbers, counted in stated for name in sorted({*numbers, *counted}) if numbers.get(name, 0) != counted.get(name, 0)]
