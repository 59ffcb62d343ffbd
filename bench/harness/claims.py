"""Judges the claims of the article (claims.toml) by the evidence of a session.

A scenario gives its evidence with evidence(found), as Findings: for this program and for the originals, by the name that claims.toml
has. The verdicts:

  CONFIRMED      the claim is right, and a ratio that the article gives lies in the interval, or within SIZE_TOLERANCE of it
  OTHER_SIZE     the same direction, and the article's ratio lies outside
  NOT_REPRODUCED a tie, or a statement that was found false
  REVERSED       the opposite direction
  NOT_TESTABLE   there is no evidence; the sentence says why
"""

import pathlib
import textwrap
import tomllib
from dataclasses import dataclass, field

from harness import stats, table

DATA = pathlib.Path(__file__).with_name("claims.toml")
SIZE_TOLERANCE = 0.10  # of a bound of the interval: the article prints two or three digits, of one run
# A collection and a new connection cost a Go program some allocations. In a short run they are some hundredths per request.
COUNT_TOLERANCE = 0.5

CONFIRMED = "confirmed"
OTHER_SIZE = "same direction, other size"
NOT_REPRODUCED = "not reproduced"
REVERSED = "reversed"
NOT_TESTABLE = "cannot be tested here"
VERDICTS = (CONFIRMED, OTHER_SIZE, NOT_REPRODUCED, REVERSED, NOT_TESTABLE)

RATIO, ORDER, ZERO, HOLDS, NONE = "ratio", "order", "zero", "holds", "none"

NO_COLLECTOR = "this program has no garbage collector"
NOT_MEASURED = "the originals were not measured in this session"


@dataclass(frozen=True)
class Claim:
    """An entry of claims.toml."""

    id: str
    section: str
    claim: str
    scenario: str
    kind: str
    evidence: str = ""
    ratio: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Evidence:
    """What a scenario found about a claim. One of the first five is given."""

    ratio: stats.Estimate | None = None  # above 1 if the claim is right
    counts: tuple | None = None  # (larger, smaller) if the claim is right; exact
    count: float | None = None  # exact
    holds: bool | None = None
    why: str = ""  # why there is nothing, as a clause
    noise: stats.Estimate | None = None  # A/A, beside a ratio
    note: str = ""  # a sentence about how it was measured, after the sentence of the verdict


@dataclass(frozen=True)
class Findings:
    """The evidence of a scenario, {name: Evidence} each. `originals` is empty if they were not measured."""

    ours: dict = field(default_factory=dict)
    originals: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    verdict: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A claim with both verdicts: on this program, and on the originals."""

    claim: Claim
    ours: Verdict
    originals: Verdict


def load():
    with open(DATA, "rb") as file:
        return [Claim(**entry) for entry in tomllib.load(file)["claim"]]


def verdicts(findings):
    """A Row per claim, all of them. findings: {scenario: Findings} of the scenarios that a session has measured."""
    return [_row(claim, findings.get(claim.scenario)) for claim in load()]


def _row(claim, found):
    if found is None:
        return Row(claim, *[judge(claim, Evidence(why=f"the scenario {claim.scenario} was not measured in this session"))] * 2)
    absent = Evidence(why=f"the scenario {claim.scenario} does not measure it in this program")
    without = Evidence(why=f"the scenario {claim.scenario} does not measure it in the originals" if found.originals else NOT_MEASURED)
    return Row(claim, judge(claim, found.ours.get(claim.evidence, absent)), judge(claim, found.originals.get(claim.evidence, without)))


def text(findings):
    """The verdicts on the claims of these scenarios, for a terminal; "" if the article has no claims about them."""
    rows = [row for row in verdicts(findings) if row.claim.scenario in findings]
    if not rows:
        return ""
    lines = ["Claims of the article, with the verdict of this session (rule: bench/harness/claims.py):"]
    for row in rows:
        lines.append(f"{row.claim.section}  {row.claim.claim}")
        if row.claim.kind == NONE:
            lines.append(f"    {row.ours.verdict}. {row.ours.sentence}")
        else:
            lines += [f"    {name}: {found.verdict}. {found.sentence}" for name, found in (("this program", row.ours), ("originals", row.originals))]
    return "\n".join(textwrap.fill(line, table.WIDTH, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False) for line in lines)


def judge(claim, evidence):
    """The verdict on one claim."""
    why = claim.why if claim.kind == NONE else evidence.why
    if why:
        found = Verdict(NOT_TESTABLE, f"{why[0].upper()}{why[1:]}.")
    elif evidence.counts is not None:
        found = _judge_counts(claim, *evidence.counts)
    else:
        found = _JUDGES[claim.kind](claim, evidence)
    return Verdict(found.verdict, f"{found.sentence} {evidence.note}".strip())


def _judge_zero(_, evidence):
    if round(evidence.count, 2) == 0:
        return Verdict(CONFIRMED, "The count is 0.")
    return Verdict(NOT_REPRODUCED, f"The count is {table.number(evidence.count, 2)}.")


def _judge_holds(_, evidence):
    return Verdict(CONFIRMED, "Found here too.") if evidence.holds else Verdict(NOT_REPRODUCED, "Not found here.")


def _judge_counts(claim, larger, smaller):
    said = f"Counted: {table.number(larger, 2)} and {table.number(smaller, 2)}"
    if abs(larger - smaller) < COUNT_TOLERANCE:
        return Verdict(NOT_REPRODUCED, f"{said}, which is the same.")
    if larger < smaller:
        return Verdict(REVERSED, f"{said}.")
    if claim.kind == ORDER:
        return Verdict(CONFIRMED, f"{said}; the article gives no size.")
    ratio = larger / smaller if smaller else float("inf")
    if smaller:
        said += f", a ratio of {table.number(ratio, 2)}"
    return Verdict(_size(claim, ratio, ratio), f"{said}; the article's ratio is {table.number(claim.ratio, 2)}.")


def _judge_ratio(claim, evidence):
    ratio = evidence.ratio
    said = table.interval(ratio)
    if not ratio.known:
        return Verdict(NOT_TESTABLE, f"The ratio {said} is from one round, which has no interval.")
    if stats.is_tie(ratio, evidence.noise or stats.Estimate(1.0, 1.0, 1.0, ratio.count)):
        return Verdict(NOT_REPRODUCED, f"The ratio {said} is a tie.")
    if ratio.median < 1:
        return Verdict(REVERSED, f"The ratio is {said}.")
    if claim.kind == ORDER:
        return Verdict(CONFIRMED, f"The ratio is {said}; the article gives none.")
    return Verdict(_size(claim, ratio.low, ratio.high), f"The ratio is {said}, the article's {table.number(claim.ratio, 2)}.")


def _size(claim, low, high):
    return CONFIRMED if low * (1 - SIZE_TOLERANCE) <= claim.ratio <= high * (1 + SIZE_TOLERANCE) else OTHER_SIZE


_JUDGES = {RATIO: _judge_ratio, ORDER: _judge_ratio, ZERO: _judge_zero, HOLDS: _judge_holds}
