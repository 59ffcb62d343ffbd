"""Plain text tables for a terminal and for a README."""

import textwrap
from dataclasses import dataclass

GAP = "  "
WIDTH = 130  # of the notes below a table


@dataclass(frozen=True)
class Table:
    """headers: a list of lines per column. rows: (label, cell, ...), all texts, or one text that spans the table. As a text, the
    first column is aligned left, the other columns right."""

    headers: list
    rows: list

    def __str__(self):
        return render(self.headers, self.rows)


def render(headers, rows):
    """The text of a Table."""
    height = max(len(lines) for lines in headers)
    head = [[lines[i - height + len(lines)] if i >= height - len(lines) else "" for lines in headers] for i in range(height)]
    grid = head + [row for row in rows if not isinstance(row, str)]
    widths = [max(len(line[column]) for line in grid) for column in range(len(headers))]
    rule = GAP.join("-" * width for width in widths)
    lines = [_line(line, widths) for line in head] + [rule]
    lines += [row if isinstance(row, str) else _line(row, widths) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _line(cells, widths):
    first, *rest = (cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(cells, widths)))
    return GAP.join([first, *rest])


def notes(sentences):
    """The notes below a table: each starts on a new line, long ones are wrapped and indented."""
    return "\n".join(textwrap.fill(sentence, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
                     for sentence in sentences)


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def count(number_of, noun):
    """"1 round", "5 rounds"."""
    return f"{number_of:,} {noun}" + ("" if number_of == 1 else "s")


def interval(estimate, digits=2):
    """"1.07 [1.05, 1.09]"; one round has no interval."""
    if not estimate.known:
        return f"{estimate.median:.{digits}f}"
    return f"{estimate.median:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"
