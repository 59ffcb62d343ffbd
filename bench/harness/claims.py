"""Judges the claims of the article (claims.toml) by the evidence of a session.

The evidence of a claim is an Estimate of a ratio that is above 1 if the claim is right, with the A/A estimate beside it; or an exact
count; or True or False. The verdicts:

  CONFIRMED      the claim is right, and a ratio that the article gives lies in the interval, or within SIZE_TOLERANCE of it
  OTHER_SIZE     the same direction, and the article's ratio lies outside
  NOT_REPRODUCED a tie, or a statement that was found false
  REVERSED       the opposite direction
  NOT_TESTABLE   there is no evidence; the sentence says why
"""

import pathlib
import tomllib
from dataclasses import dataclass

from harness import stats, table

DATA = pathlib.Path(__file__).with_name("claims.toml")
SIZE_TOLERANCE = 0.10  # of a bound of the interval: the article prints two or three digits, of one run

CONFIRMED = "confirmed"
OTHER_SIZE = "same direction, other size"
NOT_REPRODUCED = "not reproduced"
REVERSED = "reversed"
NOT_TESTABLE = "cannot be tested here"

RATIO, ORDER, ZERO, HOLDS, NONE = "ratio", "order", "zero", "holds", "none"


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
    """What a scenario found about a claim. One of the three is given."""

    ratio: stats.Estimate | None = None
    noise: stats.Estimate | None = None  # A/A, beside a ratio; None if the ratio is of exact counts
    count: float | None = None
    holds: bool | None = None


@dataclass(frozen=True)
class Verdict:
    verdict: str
    sentence: str


def load():
    with open(DATA, "rb") as file:
        return [Claim(**entry) for entry in tomllib.load(file)["claim"]]


def judge(claim, evidence, why_none="it was not measured in this session"):
    """The verdict on one claim. `evidence` is None if there is none, for the reason `why_none`."""
    if claim.kind == NONE:
        return Verdict(NOT_TESTABLE, f"{claim.why[0].upper()}{claim.why[1:]}.")
    if evidence is None:
        return Verdict(NOT_TESTABLE, f"{why_none[0].upper()}{why_none[1:]}.")
    return _JUDGES[claim.kind](claim, evidence)


def _judge_zero(_, evidence):
    if evidence.count == 0:
        return Verdict(CONFIRMED, "The count is 0.")
    return Verdict(NOT_REPRODUCED, f"The count is {evidence.count:,.2f}.")


def _judge_holds(_, evidence):
    return Verdict(CONFIRMED, "Found here too.") if evidence.holds else Verdict(NOT_REPRODUCED, "Not found here.")


def _judge_ratio(claim, evidence):
    ratio = evidence.ratio
    exact = ratio.known and ratio.low == ratio.high
    text = table.number(ratio.median, 2) if exact else table.interval(ratio)
    if ratio.known and stats.is_tie(ratio, evidence.noise or stats.Estimate(1.0, 1.0, 1.0, ratio.count)):
        return Verdict(NOT_REPRODUCED, f"The ratio {text} is a tie.")
    if not ratio.known:
        return Verdict(NOT_TESTABLE, f"The ratio {text} is from one round, which has no interval.")
    if ratio.median < 1:
        return Verdict(REVERSED, f"The ratio is {text}.")
    if claim.kind == ORDER:
        return Verdict(CONFIRMED, f"The ratio is {text}; the article gives none.")
    if ratio.low * (1 - SIZE_TOLERANCE) <= claim.ratio <= ratio.high * (1 + SIZE_TOLERANCE):
        return Verdict(CONFIRMED, f"The ratio is {text}, the article's {table.number(claim.ratio, 2)}.")
    return Verdict(OTHER_SIZE, f"The ratio is {text}, the article's {table.number(claim.ratio, 2)}.")


_JUDGES = {RATIO: _judge_ratio, ORDER: _judge_ratio, ZERO: _judge_zero, HOLDS: _judge_holds}
