"""How far a call of bench/compare is, and how long the rest will take: one line that is rewritten on a terminal, plain lines elsewhere."""

import math
import shutil
import sys
import time

TRUST_S = 20  # the planned pace counts as much as this time of measuring; later the measured pace decides
COLUMNS_MIN = 40
CLEAR = "\r\x1b[K"


def duration(seconds):
    """"40 s", "3 min", "1 h 10 min": as precise as an estimate is."""
    if seconds <= 90:
        return f"{math.ceil(seconds / 10) * 10} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, tens = divmod(round(minutes / 10), 6)
    return f"{hours} h" + (f" {tens}0 min" if tens else "")


class Progress:
    """Counts the work that is done against the work that was planned. Both are in planned seconds; the pace relates them to real ones."""

    def __init__(self, planned_s=0.0, runs=0, out=None, clock=time.monotonic):
        self.planned_s, self.runs = planned_s, runs
        self.done_s, self.runs_done = 0.0, 0
        self._out, self._clock = out or sys.stdout, clock
        self._began = clock()
        self._has_line = False

    @property
    def left_s(self):
        """The real seconds that the rest will take."""
        pace = (self._clock() - self._began + TRUST_S) / (self.done_s + TRUST_S)
        return max(0.0, self.planned_s - self.done_s) * pace

    def spend(self, planned_s, runs=0):
        """This part of the plan is done."""
        self.done_s += planned_s
        self.runs_done += runs

    def correct(self, planned_s, runs=0):
        """The plan has this much more; less if negative."""
        self.planned_s += planned_s
        self.runs += runs

    def leave(self, left_s, runs):
        """A scenario has ended, whether as planned or not: this much is left."""
        self.planned_s, self.runs = self.done_s + left_s, self.runs_done + runs

    def say(self, text):
        """A line that stays."""
        self.end()
        print(text, file=self._out, flush=True)

    def show(self, text):
        """A line about what was just measured. On a terminal the next one replaces it."""
        total = f"{max(self.runs, self.runs_done):.0f}"
        line = f"  {self.runs_done:{len(total)}.0f}/{total} {text.strip()}  [{duration(self.left_s)} left]"
        if not self._out.isatty():
            print(line, file=self._out, flush=True)
            return
        width = max(COLUMNS_MIN, shutil.get_terminal_size().columns)
        tail = line[line.rindex("  ["):]
        self._out.write(CLEAR + (line if len(line) < width else line[:width - len(tail) - 1] + tail))
        self._out.flush()
        self._has_line = True

    def end(self):
        """Removes the line that the next one would replace."""
        if self._has_line:
            self._out.write(CLEAR)
            self._out.flush()
            self._has_line = False
