"""How evenly the workers of a server share the work."""

from harness import stats


def shares_of_workers(runs, field):
    """The lowest and the highest count of a worker as a share of an equal share; each is the median over the rounds."""
    lows, highs = [], []
    for record in runs:
        counts = [int(count) for count in record[field].split()]
        equal = sum(counts) / len(counts) if counts else 0
        if not equal:
            return "-"
        lows.append(min(counts) / equal)
        highs.append(max(counts) / equal)
    if len(counts) == 1:
        return "one worker"
    return f"{stats.estimate(lows).median:.0%} to {stats.estimate(highs).median:.0%}"
