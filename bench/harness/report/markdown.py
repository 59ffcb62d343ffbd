"""The same report as Markdown (GitHub's): headline, verdicts, every table, notes and commands."""

import re

OF_MARKDOWN = re.compile(r"([\\`*_|~<>]|\](?=\())")


def text(model):
    lines = [f"# {shown(model['title'])}", "", *[f"{shown(machine)}" for machine in model["machines"]], ""]
    if model["made_by"]:
        lines += ["This page was made from the records by:", "", _code(model["made_by"]), ""]
    if model["headline"]:
        lines += [*[f"- {shown(sentence)}" for sentence in model["headline"]], ""]
    if model["verdicts"]:
        lines += ["## What the article claims", "", *_grid(
            ["claim", "section", "this program", "originals here"],
            [[row["claim"], row["section"], *[f"{row[side]['verdict']}. {row[side]['sentence']}" for side in ("ours", "originals")]]
             for row in model["verdicts"]], "llll"), ""]
    for session in model["sessions"]:
        lines += _session(session)
    return "\n".join(lines).rstrip() + "\n"


def _session(session):
    lines = [f"## {shown(session['title'])}", "", *[f"{shown(fact)}  " for fact in session["facts"]], ""]
    if session["called"]:
        lines += ["Measured by:", "", _code(session["called"]), ""]
    for part in session["parts"]:
        if part["kind"] == "table":
            lines += [*([shown(part["caption"]), ""] if part["caption"] else []),
                      *_grid([" ".join(header) for header in part["headers"]], part["rows"], "l"), ""]
        elif part["kind"] == "listing":
            lines += [*map(_code, part["text"].splitlines()), ""]
        else:
            lines += [*[f"- {shown(sentence)}" for sentence in part["sentences"]], ""]
    if session["void"]:
        lines += [f"{len(session['void'])} of {session['run_count']} runs were invalid:", "", *_grid(
            ["server", "round", "why", "then"], [[run["server"], str(run["round"]), run["why"], run["then"]] for run in session["void"]], "llll"), ""]
    return lines


def _code(line):
    return "    " + line.replace("\n", " ")


def _grid(headers, rows, left):
    """`left` has a letter per column that is aligned left; the other columns are aligned right."""
    columns = len(headers)
    align = [":--" if place < len(left) else "--:" for place in range(columns)]
    cells = [[f"**{shown(row)}**", *[""] * (columns - 1)] if isinstance(row, str) else [_indented(row[0]), *map(shown, row[1:])] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in [list(map(shown, headers)), align, *cells]]


def _indented(label):
    """Markdown has no indentation in a table."""
    depth = (len(label) - len(label.lstrip())) // 2
    return "&nbsp;&nbsp;" * depth + shown(label.strip())


def shown(found):
    """The text without a meaning for Markdown or HTML."""
    return OF_MARKDOWN.sub(r"\\\1", " ".join(str(found).split()).replace("&", "&amp;"))
