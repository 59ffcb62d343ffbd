"""Plain text tables that fit a terminal and a README."""

GAP = "  "


def render(headers, rows):
    """`headers`: for each column a list of lines. `rows`: (label, cell, ...) of texts, or a text that spans the table.
    The first column is set left, the others right."""
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


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def interval(estimate, digits=2):
    """"1.07 [1.05, 1.09]"; without the interval where one round gives none."""
    if not estimate.known:
        return f"{estimate.median:.{digits}f}"
    return f"{estimate.median:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"
