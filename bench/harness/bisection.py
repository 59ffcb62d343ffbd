"""The smallest value with which a level holds, if a larger value never makes it worse. The rule, in one place.

A probe tries one value several times, because a single run may be disturbed.

1. A value *holds* if more than half of its repetitions hold. The repetitions end as soon as the rest cannot change the majority.
2. The bracket is the largest value that fails and the smallest value above it that holds. As long as one side is missing, the search
   goes one factor SPREAD further from the other side, but not beyond the limits that the caller gives.
3. The bracket is halved at its geometric mean until its upper end is at most `resolution` above its lower end.
4. Then both ends are tried again, until they are decided by the majority of EXTRA more repetitions than the other values. If an end
   changes, the search goes on from the new bracket. A value that a disturbance decided is thus found out.

The result is the bracket: the smallest value lies between its ends. Its error bar is the bracket itself.
"""

import math
from collections import Counter
from dataclasses import dataclass

SPREAD = 1.5
EXTRA = 2
RUNS_MAX = 80  # of one search; it ends with far fewer unless the level depends on chance more than on the value


@dataclass(frozen=True)
class Bracket:
    fails: float | None  # None: even the lower limit holds
    holds: float | None  # None: even the upper limit fails

    @property
    def middle(self):
        """The best estimate of the threshold; the end that exists, if there is only one."""
        return math.sqrt(self.fails * self.holds) if self.fails and self.holds else self.holds or self.fails

    def overlaps(self, other):
        """Whether both may have the same threshold."""
        return (self.fails or 0) < (other.holds or math.inf) and (other.fails or 0) < (self.holds or math.inf)


class Search:
    """`value` is the next value to try, or None at the end; tell() takes the result of the trial. Several searches can take turns."""

    def __init__(self, first, minimum, maximum, resolution, repetitions):
        """`first` is a guess that probably holds. `resolution` is relative: 0.03 are 3 %."""
        self._first = min(max(first, minimum), maximum)
        self._minimum, self._maximum, self._resolution, self._repetitions = minimum, maximum, resolution, repetitions
        self._trials = {}  # value: Counter of True and False
        self.runs = 0
        self.value = self._first

    def tell(self, held):
        self._trials.setdefault(self.value, Counter())[held] += 1
        self.runs += 1
        self.value = None if self.runs >= RUNS_MAX else self._next()

    @property
    def decided(self):
        """False if the search ended without the repetitions that rule 4 wants."""
        return self.value is None and self._next() is None

    @property
    def bracket(self):
        verdicts = {value: self._verdict(value, self._repetitions) for value in self._trials}
        fails = max((value for value, held in verdicts.items() if held is False), default=None)
        holds = min((value for value, held in verdicts.items() if held), default=None)  # above `fails`: only an end can change
        return Bracket(fails, holds)

    def trials(self, value):
        """How many repetitions of the value held, and how many there were."""
        counts = self._trials[value]
        return counts[True], counts.total()

    def _verdict(self, value, repetitions):
        """True or False if enough of the repetitions agree, otherwise None. Repetitions beyond this number count too; if they are
        even, one more is wanted, so that a tie decides nothing."""
        counts = self._trials[value]
        if counts.total() > repetitions:
            repetitions = counts.total() | 1
        if 2 * counts[True] > repetitions:
            return True
        return False if 2 * counts[False] >= repetitions else None

    def _next(self):
        undecided = [value for value in self._trials if self._verdict(value, self._repetitions) is None]
        if undecided:
            return undecided[0]
        fails, holds = self.bracket.fails, self.bracket.holds
        if holds is None and fails < self._maximum:
            return min(fails * SPREAD, self._maximum)
        if fails is None and holds > self._minimum:
            return max(holds / SPREAD, self._minimum)
        if fails and holds and holds > fails * (1 + self._resolution):
            return math.sqrt(fails * holds)
        ends = [value for value in (fails, holds) if value]
        return next((value for value in ends if self._verdict(value, self._repetitions + EXTRA) is None), None)


def search(holds, *limits):
    """Runs a whole search: holds(value) is one trial. `limits` are the arguments of Search."""
    found = Search(*limits)
    while found.value is not None:
        found.tell(holds(found.value))
    return found
