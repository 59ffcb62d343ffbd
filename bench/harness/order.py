"""The order of the runs."""

import random


def rounds(cells, count, seed):
    """Returns `count` orders of all cells. Every second round is the reverse of the round before it (ABBA), so that a steady
    drift of the machine affects all cells equally. The first round of each two is random, so that no cell always follows
    the same other cell."""
    source = random.Random(seed)
    result = []
    for number in range(count):
        if number % 2 == 0:
            order = list(cells)
            source.shuffle(order)
        else:
            order = result[-1][::-1]
        result.append(order)
    return result
