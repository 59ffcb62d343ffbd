"""Reads, merges and writes the histograms of duel-load (bench/load/README.md describes the encoding). A histogram is a dict: the highest
value of a class, in nanoseconds, and its count. Merging adds counts, so the result is that of one generator that did all."""

import base64
import struct
import zlib

COMPRESSED_COOKIE, PLAIN_COOKIE = 0x1C849314, 0x1C849313
HEADER = struct.Struct(">IIIIQQd")
DIGITS = 3
HALF_BITS = 10  # 2^10 classes per doubling, which three digits need
HIGHEST_NS = 3_600_000_000_000


def decode(text):
    """The histogram in a text that begins with HIST. Raises ValueError if it is none."""
    try:
        raw = base64.b64decode(text, validate=True)
        cookie, size = struct.unpack_from(">II", raw)
        plain = zlib.decompress(raw[8:])
        inner, counts_size, _, digits, lowest, _, _ = HEADER.unpack_from(plain)
    except (ValueError, struct.error, zlib.error) as fault:
        raise ValueError(f"no histogram: {fault}") from fault
    if (cookie, size, inner, counts_size, lowest) != (COMPRESSED_COOKIE, len(raw) - 8, PLAIN_COOKIE, len(plain) - HEADER.size, 1):
        raise ValueError("no histogram of the version that duel-load writes")
    half_bits = (2 * 10**digits - 1).bit_length() - 1
    histogram, index = {}, 0
    for number in _varints(plain[HEADER.size:]):
        if number > 0:
            histogram[_highest(index, half_bits)] = number
        index += max(1, -number)
    return histogram


def encode(histogram):
    """The text of a histogram, as duel-load writes it."""
    counts = bytearray()
    end = 0  # one more than the index of the latest class
    for value, count in sorted(histogram.items()):
        index = _index(value)
        empty = index - end
        counts += _varint(-empty) if empty > 1 else b"\0" * empty
        counts += _varint(count)
        end = index + 1
    plain = HEADER.pack(PLAIN_COOKIE, len(counts), 0, DIGITS, 1, HIGHEST_NS, 1.0) + counts
    packed = zlib.compress(plain)
    return base64.b64encode(struct.pack(">II", COMPRESSED_COOKIE, len(packed)) + packed).decode()


def merge(histograms):
    total = {}
    for histogram in histograms:
        for value, count in histogram.items():
            total[value] = total.get(value, 0) + count
    return dict(sorted(total.items()))


def quantile(histogram, part):
    """The smallest value that is not exceeded by this part of all values; 0 for an empty histogram."""
    wanted = max(1, part * sum(histogram.values()) * (1 - 1e-9))
    seen = 0
    for value, count in histogram.items():
        seen += count
        if seen >= wanted:
            return value
    return 0


def _varints(data):
    at = 0
    while at < len(data):
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            last = shift == 56  # the ninth byte holds eight bits
            value |= (byte if last else byte & 0x7F) << shift
            shift += 7
            if last or byte < 0x80:
                break
        yield (value >> 1) ^ -(value & 1)


def _varint(number):
    value = number << 1 if number >= 0 else (-number << 1) - 1
    coded = bytearray()
    while value >= 0x80 and len(coded) < 8:
        coded.append(value & 0x7F | 0x80)
        value >>= 7
    coded.append(value)
    return bytes(coded)


def _index(value):
    """The class of a value. The inverse of _highest()."""
    half = 1 << HALF_BITS
    shift = max(0, value.bit_length() - 1 - HALF_BITS)
    return value if shift == 0 else shift * half + (value >> shift)


def _highest(index, half_bits):
    half = 1 << half_bits
    shift = max(0, index // half - 1)
    lowest = index if index < 2 * half else (half + index % half) << shift
    return lowest + (1 << shift) - 1
