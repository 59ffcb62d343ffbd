"""The page /metrics of an admin port: text in the format of Prometheus. docs/metrics.md lists the names that this server writes."""

import re
from collections import Counter

SAMPLE = re.compile(r'([A-Za-z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)')
LABEL = re.compile(r'([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"')


class Page:
    def __init__(self, text):
        """Raises ValueError if the text is no such page."""
        self._samples = [_sample(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not self._samples:
            raise ValueError("it is empty")

    def total(self, name, **labels):
        """The sum of the samples that have this name and these labels, or None if there are none."""
        found = [value for other, given, value in self._samples if other == name and labels.items() <= given.items()]
        return sum(found) if found else None

    def by(self, name, label, **labels):
        """{value of the label: the sum of its samples}, in the order of the page."""
        sums = Counter()
        for other, given, value in self._samples:
            if other == name and label in given and labels.items() <= given.items():
                sums[given[label]] += value
        return dict(sums)


def _sample(line):
    found = SAMPLE.match(line)
    if not found:
        raise ValueError(f"{line[:60]!r} is no line of a /metrics page")
    return found[1], dict(LABEL.findall(found[2] or "")), float(found[3])


def of_workers(page):
    """Per worker of this server, in order: the requests that it answered and the connections that it accepted. Empty for other
    servers."""
    requests = page.by("duel_responses_total", "worker")
    connections = page.by("duel_connections_accepted_total", "worker")
    return [(requests[worker], connections.get(worker, 0.0)) for worker in sorted(requests, key=int)]
