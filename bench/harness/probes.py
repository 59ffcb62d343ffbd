"""Questions that tell a server from a program that only looks like one. A program that sends the same bytes to everybody, or that is slow, leaks
or fails in rare cases, is fast and wrong, and a table of medians would not show it.

Each subject of a session is asked once, before it is measured: does it parse requests, does it look at the path? The Date is compared with the
clock before and after each run. After a run its figures are judged: slow answers and memory per request. Answers with an error make a run
invalid (load.py, duel_load.py, run.py), with their number. Every finding is a sentence that stands below the table as a caution.
"""

import calendar
import re
import socket
import statistics
import time

PROBE_LIMIT_S = 2  # a server that has not answered by then is not judged by this probe; the run itself shows that it does not answer
ANSWER_BYTES = 65_536  # enough for the head of every answer
# Each must be answered with 400 (RFC 9112). To close the connection without an answer is allowed, too (section 9.6).
MALFORMED = {
    "a request without the field Host": b"GET {path} HTTP/1.1\r\n\r\n",  # section 3.2
    "a field without a colon": b"GET {path} HTTP/1.1\r\nHost: probe\r\nno colon\r\n\r\n",  # section 5
    "bytes that are no request": b"\x01\x02\x03\x04 probe\r\n\r\n",  # section 3
}
SEPARATOR = " | "  # of findings in a record
WRONG_PATH = "/duel-probe/nobody-has-this-path"  # a router answers it with 404
# A server may renew its Date once per second, and the second has begun up to a second ago.
DATE_TOLERANCE_S = 2
DATE = re.compile(rb"(?im)^date:[ \t]*([^\r\n]*?)[ \t]*\r?$")
IMF_FIXDATE = "%a, %d %b %Y %H:%M:%S GMT"  # RFC 9110, section 5.6.7; the harness sets no locale, so the names are English
# An answer is slow if it takes twice the median, and half a millisecond more than it at least: below that, a busy scheduler is as slow.
SLOW_FACTOR, SLOW_MORE_US = 2, 500
# One slow answer in 200. Pauses of a machine on which nothing else runs are rarer, and P99 still hides such a share.
SLOW_SHARE = 0.005
# A leak of a request keeps an object per request. Below 256 bytes, or 1 MB together, growth may be pools and heaps that are not full yet.
GROWN_BYTES_PER_REQUEST, GROWN_BYTES = 256, 1_000_000


def send(host, port, request):
    """The first bytes of the answer; b"" if the server closes the connection without one, None if there is none in time."""
    try:
        with socket.create_connection((host, port), timeout=PROBE_LIMIT_S) as connection:
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer and len(answer) < ANSWER_BYTES:
                if not (piece := connection.recv(ANSWER_BYTES)):
                    break
                answer += piece
            return answer
    except TimeoutError:
        return None
    except OSError:  # a reset
        return b""


def status_of(answer):
    """None if it has no status line."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})[ \r\n]", answer or b"")
    return int(found[1]) if found else None


def get(path, authority):
    return f"GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode()


def parsing_findings(host, port, path):
    """[] or [a clause]."""
    accepted = {}
    for what, request in MALFORMED.items():
        status = status_of(send(host, port, request.replace(b"{path}", path.encode())))
        if status is not None and status < 400:
            accepted[what] = status
    if not accepted:
        return []
    what, status = next(iter(accepted.items()))
    if len(accepted) == len(MALFORMED):
        return [f"does not parse its requests: it accepts every malformed one, and answers {what} with {status} in place of 400 (RFC 9112)"]
    return [f"accepts malformed requests: it answers {' and '.join(accepted)} with {status} in place of 400 (RFC 9112)"]


def routing_findings(host, port, authority):
    status = status_of(send(host, port, get(WRONG_PATH, authority)))
    if status is None or status >= 400:
        return []
    return [f"does not look at the path: it answers GET {WRONG_PATH} with {status} in place of 404"]


class DateWatch:
    """Compares the Date of a server with this clock. The clock of another machine may differ, so there only its progress counts."""

    def __init__(self, same_clock, clock=time.time):
        self.clock = clock
        self.ahead_s = 0 if same_clock else None

    def findings(self, host, port, path, authority):
        asked_s = self.clock()
        answer = send(host, port, get(path, authority))
        answered_s = self.clock()
        if not answer or status_of(answer) is None:
            return []
        text = DATE.search(answer.partition(b"\r\n\r\n")[0])
        if text is None:
            return ["sends no Date, which a server with a clock must send (RFC 9110, section 6.6.1)"]
        shown = text[1].decode(errors="replace")
        try:
            date_s = calendar.timegm(time.strptime(shown, IMF_FIXDATE))
        except ValueError:
            return [f"sends a Date that is no date of HTTP (RFC 9110, section 5.6.7): '{shown}'"]
        if self.ahead_s is None:
            self.ahead_s = date_s - answered_s
        if asked_s + self.ahead_s - DATE_TOLERANCE_S <= date_s <= answered_s + self.ahead_s + DATE_TOLERANCE_S:
            return []
        now = time.strftime(IMF_FIXDATE, time.gmtime(answered_s + self.ahead_s))
        return [f"sends a wrong Date: '{shown}' at {now}; so it does not make the Date that each answer needs (RFC 9110, section 6.6.1)"]


def is_slow_above_us(median_us):
    return max(SLOW_FACTOR * median_us, median_us + SLOW_MORE_US)


def slow_share(histogram, median_us):
    """The share of slow answers in a histogram of nanoseconds (hdr.py)."""
    total = sum(histogram.values())
    above_ns = is_slow_above_us(median_us) * 1e3
    return sum(count for value, count in histogram.items() if value > above_ns) / total if total else 0.0


def middle(records, field):
    return statistics.median_low(record[field] for record in records)


def slowness_findings(columns):
    """Sentences about the runs with a schedule; in a closed loop, every latency is the time in a queue. A pause of the machine makes
    answers of every server slow. So a column is named if its share is larger by SLOW_SHARE than the median of the columns."""
    scheduled = {title: [record for record in records if record.get("slow_share") is not None and record["intended_rate"]]
                 for title, records in columns.items()}
    shares = {title: middle(records, "slow_share") for title, records in scheduled.items() if records}
    usual = statistics.median_low(shares.values()) if len(shares) > 1 else 0
    named = [slow_sentence(title, share, middle(scheduled[title], "latency_p50_us")) for title, share in shares.items() if share - usual >= SLOW_SHARE]
    return named + ([f"half of the columns have slow answers, {usual:.2%} or more: the machine pauses, or these servers delay answers"]
                    if usual >= SLOW_SHARE else [])


def slow_sentence(title, share, median_us):
    return (f"{title} has slow answers: {share:.2%} took more than {is_slow_above_us(median_us) / 1e3:.2f} ms, and the median is "
            f"{median_us / 1e3:.2f} ms; P99 or P99.9 shows them, the median does not")


def growth_findings(records):
    runs = [record for record in records if record.get("grown_bytes") is not None and record.get("requests")]
    if not runs or middle(runs, "grown_bytes") < GROWN_BYTES:
        return []
    requests, grown = (sum(record[name] for record in runs) for name in ("requests", "grown_bytes"))
    if grown < GROWN_BYTES_PER_REQUEST * requests:
        return []
    return [f"keeps {grown / requests:,.0f} bytes per request: its memory grew by {grown / 1e6:,.1f} MB during {requests:,} measured requests; look "
            "for a leak"]


class Watch:
    """The probes of one session. `say` prints a line."""

    def __init__(self, say, clock=time.time):
        self.say, self.clock = say, clock
        self._dates = {}  # subject: its DateWatch
        self._found = {}  # subject: its findings

    def before_run(self, subject, server, path, routes=True, same_clock=True):
        """Asks the server what has not been asked of this subject. `server` has host, port and authority; `routes`: whether it has a router."""
        if subject not in self._found:
            self._found[subject] = []
            self._dates[subject] = DateWatch(same_clock, self.clock)
            self._note(subject, parsing_findings(server.host, server.port, path))
            self._note(subject, routing_findings(server.host, server.port, server.authority) if routes else [])
        self._note(subject, self._dates[subject].findings(server.host, server.port, path, server.authority))

    def after_run(self, subject, server, path):
        """Returns all findings about the subject so far, for the readings of the run."""
        self._note(subject, self._dates[subject].findings(server.host, server.port, path, server.authority))
        return list(self._found[subject])

    def _note(self, subject, findings):
        """A wrong Date is wrong in each run, and always another one, so a kind of finding is noted once."""
        for finding in findings:
            sentence = f"{subject} {finding}"
            if not any(known.partition(":")[0] == sentence.partition(":")[0] for known in self._found[subject]):
                self._found[subject].append(sentence)
                self.say(f"    caution: {sentence}")


def text_of(reading):
    """The findings of a reading, for its record."""
    return SEPARATOR.join(reading.get("findings", []))


def cautions(runs, name=None):
    """What the records of valid runs show, as clauses. The subject of slowness and growth is `name`, or the title of each column."""
    columns = {}
    for record in runs:
        columns.setdefault(name or record.get("title"), []).append(record)
    noted = [sentence for record in runs for sentence in record.get("findings", "").split(SEPARATOR) if sentence]
    grown = [f"{title} {finding}" for title, records in columns.items() for finding in growth_findings(records)]
    return list(dict.fromkeys([*noted, *slowness_findings(columns), *grown]))
