"""Tests of harness/order.py: the order of the runs."""

import unittest

from harness import order


class Order(unittest.TestCase):
    def test_every_round_has_every_cell_once(self):
        for cells in order.rounds("abcde", 7, seed=1):
            self.assertEqual(sorted(cells), list("abcde"))

    def test_every_second_round_is_the_reverse_of_the_one_before(self):
        plan = order.rounds("abcde", 6, seed=1)
        for first, second in zip(plan[::2], plan[1::2]):
            self.assertEqual(second, first[::-1])

    def test_the_seed_determines_the_order(self):
        self.assertEqual(order.rounds("abcde", 4, seed=1), order.rounds("abcde", 4, seed=1))
        self.assertNotEqual(order.rounds("abcde", 4, seed=1), order.rounds("abcde", 4, seed=2))


if __name__ == "__main__":
    unittest.main()
