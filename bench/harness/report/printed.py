"""Reads a printed text of bench/compare (table.txt) back into its parts, so that a page shows exactly the figures of the printed table."""

import re
from dataclasses import dataclass

from harness.table import GAP, WIDTH

RULE = re.compile(rf"-+(?:{GAP}-+)*")
INDENT = "  "  # of the lines that continue a sentence (table.notes)


@dataclass(frozen=True)
class Table:
    """headers: a list of lines per column. rows: a list of texts, or one text that spans the table. In the first cell of a row the
    indentation is kept."""

    headers: list
    rows: list
    caption: str = ""


@dataclass(frozen=True)
class Sentences:
    sentences: list


@dataclass(frozen=True)
class Listing:
    """Lines that must stay as they are."""

    text: str


@dataclass(frozen=True)
class Printed:
    title: str  # the first line of the heading
    facts: list  # the further lines of the heading
    headline: list  # the sentences before the first table
    parts: list  # Table, Sentences, Listing


def parse(text):
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.strip("\n")) if block.strip()]
    title, *facts = blocks[0].splitlines() if blocks else [""]
    parts = []
    for block in blocks[1:]:
        found = _part(block)
        if isinstance(found, Table) and parts and _is_caption(parts[-1]):
            found = Table(found.headers, found.rows, parts.pop().sentences[0])
        parts.append(found)
    headline = []
    while parts and isinstance(parts[0], Sentences):
        headline += parts.pop(0).sentences
    return Printed(title, facts, headline, parts)


def _is_caption(part):
    """A line without a full stop before a table."""
    return isinstance(part, Sentences) and len(part.sentences) == 1 and not part.sentences[0].endswith(".")


def _part(block):
    lines = block.splitlines()
    rule = next((number for number, line in enumerate(lines) if RULE.fullmatch(line)), None)
    if rule:
        return _table(lines[:rule], lines[rule], lines[rule + 1:])
    sentences = []
    for before, line in zip(["", *lines], lines):
        if not line.startswith(INDENT):
            sentences.append(line.strip())
        elif _continues(before, line):
            sentences[-1] += " " + line.strip()
        else:
            return Listing(block)
    return Sentences(sentences)


def _continues(before, line):
    """Whether table.notes broke a sentence between these lines: the first word of the second one had no room in the first one."""
    return not line.startswith(2 * INDENT) and len(before) + 1 + len(line.split()[0]) > WIDTH


def _table(head, rule, body):
    columns = [column.span() for column in re.finditer("-+", rule)]
    headers = [[text for line in head if (text := line[begin:end].strip())] for begin, end in columns]
    return Table(headers, [_row(line, columns) for line in body])


def _row(line, columns):
    gaps = [line[end:begin] for (_, end), (begin, _) in zip(columns, columns[1:])]
    if any(gap.strip() for gap in gaps):
        return line.strip()
    first, *rest = [line[begin:end] for begin, end in columns]
    return [first.rstrip(), *[text.strip() for text in rest]] if any(text.strip() for text in rest) else line.strip()
