"""The places in the order of a session that already have their runs, because the session was interrupted before."""

from collections import defaultdict, deque


class Kept:
    """A place is a cell, a purpose and a round. A scenario may visit it several times; the visits have their runs in this order."""

    def __init__(self, runs=()):
        """`runs` are records that count (found.Found.used)."""
        self._places = defaultdict(deque)
        for record in runs:
            self._places[record["cell"], record["purpose"], record["round"]].append(record)

    def take(self, cell_key, purpose, number):
        """The record of the next visit; None if the place must be measured."""
        place = self._places[cell_key, purpose, number]
        return place.popleft() if place else None

    def has(self, cell_keys, purpose, number, visits=1):
        """Whether nothing is left to measure for these cells, so that their servers need not start."""
        return all(len(self._places[key, purpose, number]) >= visits for key in cell_keys)
