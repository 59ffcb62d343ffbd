"""Reads gzipped profiles (github.com/google/pprof/proto/profile.proto), only the fields that a table of functions needs."""

import gzip
from collections import Counter
from dataclasses import dataclass

# Field numbers of the messages in profile.proto.
PROFILE_SAMPLE_TYPE, PROFILE_SAMPLE, PROFILE_LOCATION, PROFILE_FUNCTION, PROFILE_STRING = 1, 2, 4, 5, 6
TYPE_NAME = 1
SAMPLE_LOCATION, SAMPLE_VALUE = 1, 2
LOCATION_ID, LOCATION_LINE, LINE_FUNCTION = 1, 4, 1
FUNCTION_ID, FUNCTION_NAME = 1, 2


@dataclass(frozen=True)
class Profile:
    types: list  # names of the values of each sample, such as "inuse_space"
    samples: list  # (functions, innermost first; values)

    def total(self, name):
        index = self.types.index(name)
        return sum(values[index] for _, values in self.samples)

    def cumulative(self, name):
        """For each function the sum over all stacks that contain it. A stack counts once, also if the function is in it twice."""
        index = self.types.index(name)
        sums = Counter()
        for functions, values in self.samples:
            for function in set(functions):
                sums[function] += values[index]
        return sums

    def mean_depth(self, name):
        """For each function the mean number of frames below it in its stacks, weighted by the value."""
        index = self.types.index(name)
        weights, depths = Counter(), Counter()
        for functions, values in self.samples:
            for place, function in enumerate(functions):
                weights[function] += values[index]
                depths[function] += values[index] * place
        return {function: depths[function] / weight for function, weight in weights.items() if weight}


def parse(data):
    """Raises ValueError if `data` is not a gzipped profile."""
    try:
        fields = list(_fields(gzip.decompress(data)))
    except (OSError, EOFError, IndexError) as error:
        raise ValueError(f"this is not a gzipped profile: {error}") from error
    strings = [value.decode(errors="replace") for number, value in fields if number == PROFILE_STRING]
    messages = {number: [list(_fields(value)) for key, value in fields if key == number]
                for number in (PROFILE_SAMPLE_TYPE, PROFILE_SAMPLE, PROFILE_LOCATION, PROFILE_FUNCTION)}
    if not messages[PROFILE_SAMPLE_TYPE]:
        raise ValueError("this is not a profile: it has no sample types")
    functions = {_one(message, FUNCTION_ID): strings[_one(message, FUNCTION_NAME)]
                 for message in messages[PROFILE_FUNCTION]}
    # A location has one line per function that was inlined there, innermost first.
    locations = {_one(message, LOCATION_ID): [functions.get(_one(list(_fields(line)), LINE_FUNCTION), "?")
                                             for number, line in message if number == LOCATION_LINE]
                 for message in messages[PROFILE_LOCATION]}
    samples = [([name for place in _numbers(message, SAMPLE_LOCATION) for name in locations.get(place, ["?"])],
                [_signed(value) for value in _numbers(message, SAMPLE_VALUE)]) for message in messages[PROFILE_SAMPLE]]
    return Profile([strings[_one(message, TYPE_NAME)] for message in messages[PROFILE_SAMPLE_TYPE]], samples)


def growth(before, after, name):
    """Returns (function, growth of its cumulative value), the largest growth first.

    Growths that differ by less than 1 % of the total count as equal; of these the innermost function comes first. Otherwise
    a thread's outermost function would always precede the function that allocates.
    """
    sums = after.cumulative(name)
    sums.subtract(before.cumulative(name))
    hundredth = max(1, after.total(name) / 100)
    depth = after.mean_depth(name)
    return sorted(((function, value) for function, value in sums.items() if value),
                  key=lambda item: (-round(item[1] / hundredth), depth.get(item[0], 0)))


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data):
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}.get(kind)
            if size is None:
                raise ValueError(f"this is not a profile: wire type {kind}")
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def _one(message, wanted):
    return next((value for number, value in message if number == wanted), 0)


def _numbers(message, wanted):
    """The values of a repeated field, packed or not."""
    for number, value in message:
        if number != wanted:
            continue
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            one, at = _varint(value, at)
            yield one


def _signed(value):
    return value - (1 << 64) if value >> 63 else value
