"""What a report says, from the records of one or more sessions, for the page and for the Markdown."""

import shlex

from harness import claims, comparison, table
from harness.report import charts, figures, printed

TITLE = "Comparison of router styles"
OURS, ORIGINALS, ARTICLE = "this program", "originals here", "article"
# The look of each verdict in the page.
KINDS = {claims.CONFIRMED: "good", claims.OTHER_SIZE: "good", claims.NOT_REPRODUCED: "bad", claims.REVERSED: "bad", claims.NOT_TESTABLE: "unknown"}
PRINTED_VERDICTS = "Claims of the article"  # the first words
MEASURED_AGAIN, KEPT = "it was measured again", "it counts, but not its latencies"
ENDED = "the session ended"


def of_sessions(found, made_by=""):
    """`found` is a list of sessions.Session, `made_by` the command that makes the report."""
    parts = [_session(session, number) for number, session in enumerate(found)]
    judged = verdicts(found)
    return {
        "title": TITLE,
        "made_by": made_by,
        "machines": list(dict.fromkeys(_machine(session.environment) for session in found)),
        "verdicts": judged,
        "not_judged": len(claims.load()) - len(judged),
        "verdict_counts": [(verdict, count) for verdict in KINDS if (count := sum(row["ours"]["verdict"] == verdict for row in judged))],
        "headline": [sentence for part in parts for sentence in part["headline"]],
        "ties": comparison.HOW_TO_READ_RATIOS.format(better="the first of the two is better"),
        "sessions": parts,
    }


def verdicts(found):
    """A row per claim of the article about a scenario that was measured, with the verdict of its session."""
    judged = {row["claim"]["id"]: row for session in found for row in session.summary.get("claims", [])
              if row["claim"]["scenario"] == session.scenario}
    return [{"section": row["claim"]["section"], "claim": row["claim"]["claim"],
             **{side: {**row[side], "kind": KINDS.get(row[side]["verdict"], "unknown")} for side in ("ours", "originals")}} for row in judged.values()]


def _machine(facts):
    return f"{facts.get('cpu_model', 'unknown CPU')}, {table.count(facts.get('cpu_count', 0), 'CPU')}, Linux {facts.get('kernel', 'unknown')}"


def _session(session, number):
    text = printed.parse(session.text)
    title, _, load = text.title.partition(": ")
    columns, rows = _raw(session)
    pairs = figures.of_session(session)
    return {
        "number": number, "scenario": session.scenario, "title": title, "facts": [fact for fact in (load, *text.facts) if fact],
        "headline": text.headline, "charts": charts.of_session(session),
        "parts": [_part(part, title) for part in text.parts if not _has_verdicts(part, session)],
        "pairs": pairs, "can_compare": len(pairs["cells"]) > 1 and bool(pairs["figures"]),
        "void": void(session), "run_count": len(session.runs), "commands": commands(session), "called": called(session),
        "environment": {name: value for name, value in session.environment.items() if not isinstance(value, (dict, list))},
        "knobs": session.began.get("knobs", []), "columns": columns, "rows": rows,
    }


def _has_verdicts(part, session):
    """Whether a part of the printed text has what the table of the verdicts has."""
    lines = part.sentences if isinstance(part, printed.Sentences) else [part.text] if isinstance(part, printed.Listing) else [""]
    return lines[0].startswith(PRINTED_VERDICTS) and "claims" in session.summary


def _part(part, title):
    if isinstance(part, printed.Table):
        return {"kind": "table", **vars(part), "label": part.caption or f"Table of {title}", "truths": truths(part.headers)}
    if isinstance(part, printed.Listing):
        return {"kind": "listing", "text": part.text}
    return {"kind": "sentences", "sentences": part.sentences}


def truths(headers):
    """The groups of a table's columns, as (name, number of columns), without the first column: what this program, the originals and the
    article have. [] if all columns are of this program."""
    names = [ARTICLE if lines[:1] == ["article"] else ORIGINALS if lines and lines[0].split(" ")[0] == "Go" else OURS for lines in headers[1:]]
    if set(names) <= {OURS}:
        return []
    groups = []
    for name in names:
        if groups and groups[-1][0] == name:
            groups[-1][1] += 1
        else:
            groups.append([name, 1])
    return [tuple(group) for group in groups]


def _raw(session):
    """The columns and the rows of all runs. What is the same in all of them stands in the environment."""
    names = [name for name in dict.fromkeys(name for run in session.runs for name in run) if name not in session.environment]
    return names, [[run.get(name) for name in names] for run in session.runs]


def void(session):
    """The invalid runs, with the reason and with what happened then."""
    last = {(run["cell"], run["purpose"], run["round"]): run["run_id"] for run in session.runs}
    found = []
    for run in session.runs:
        if run["invalid"]:
            is_last = last[run["cell"], run["purpose"], run["round"]] == run["run_id"]
            found.append({"server": run.get("title", run["cell"]), "round": run["round"], "why": run["invalid"],
                          "then": KEPT if run["used"] else ENDED if is_last else MEASURED_AGAIN})
    return found


def called(session):
    """The command line of bench/compare."""
    return shlex.join(["bench/compare", *session.began["command"][1:]])


def commands(session):
    """The commands of one run of each cell, in the order of the first runs. The other runs differ only in ports, ids and file names."""
    seen = {}
    for run in session.runs:
        if any(run.get(name) for name in ("cmd_server", "cmd_client")):
            seen.setdefault((run["cell"], run["purpose"]), run)
    return [{"server": run.get("title", cell), "purpose": purpose, "cmd_server": run.get("cmd_server") or "",
             "cmd_client": run.get("cmd_client") or ""} for (cell, purpose), run in seen.items()]
