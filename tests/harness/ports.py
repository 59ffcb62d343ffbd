"""Ports for the servers of the tests."""

import contextlib
import random
import socket


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORTS_OF_A_SCENARIO = 10  # the most that a scenario uses at the same time


def free_ports(count=PORTS_OF_A_SCENARIO):
    """The first of `count` consecutive free ports, below the range that the kernel uses for client connections."""
    while True:
        first = random.randrange(10_000, 30_000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
