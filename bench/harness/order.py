"""The order of the runs."""

import random


def rounds(cells, count, seed):
    """`count` orders of all cells. Each second round is the one before it backwards (ABBA), so that a steady drift of the
    machine falls on every cell alike; the first of each two is drawn at random, so that no cell always follows another."""
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
