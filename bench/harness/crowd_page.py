"""The figures of bench/crowd/run, as a table, a plot and the page docs/crowd.md."""

import shutil

from harness import environment, limit_rule, plots, stats, styles, table
from harness.environment import ROOT
from harness.program import put

PAGE = ROOT / "docs" / "crowd.md"
PLOT = PAGE.with_suffix(".svg")
BARE, OURS, AGAIN = "bare", "gin", "gin again"
COLOURS = {BARE: styles.NULL_COLOUR, OURS: styles.COLOURS["gin"], AGAIN: "#6baed6"}
PEAK_SHARE_MIN, BARE_SHARE_MIN = 0.90, 0.97  # with one of them, the throughput at the maximum and beyond holds
NOT_LIMIT = "*"


class Results:
    """`runs`: the records of crowd.measure()."""

    def __init__(self, runs, max_connections):
        self.max_connections = max_connections
        self.rounds = max(run["round"] for run in runs)
        self.steps = sorted({run["connections"] for run in runs})
        self._runs = {}
        for run in sorted(runs, key=lambda run: run["round"]):
            self._runs.setdefault((run["server"], run["connections"]), []).append(run)

    @property
    def crowded(self):
        """The numbers of connections at the maximum and beyond it."""
        return [step for step in self.steps if step >= self.max_connections]

    def values(self, server, step, figure):
        return [run[figure] for run in self._runs[server, step]]

    def estimate(self, server, step, figure):
        return stats.estimate(self.values(server, step, figure))

    def was_limit(self, server, step):
        shares = (self.estimate(server, step, f"{side}_share").median for side in ("server", "client"))
        return limit_rule.judge(*shares).limit == limit_rule.SERVER

    def throughput_ratio(self, one, other):
        """Of two (server, step): requests per CPU time of the first, as a part of those of the second."""
        return stats.paired_ratio(self.values(*other, "cpu_us_per_request"), self.values(*one, "cpu_us_per_request"))

    def peak(self, server):
        """The step with the highest throughput."""
        return min(self.steps, key=lambda step: self.estimate(server, step, "cpu_us_per_request").median)

    def of_peak(self, server, step):
        return self.throughput_ratio((server, step), (server, self.peak(server)))

    def of_bare(self, step):
        return self.throughput_ratio((OURS, step), (BARE, step))

    def same_again(self, step):
        return self.throughput_ratio((AGAIN, step), (OURS, step))


def lowest(estimates):
    return min(estimates, key=lambda estimate: estimate.median)


def judgement(of_peak, of_bare):
    """Whether the throughput holds; the two shares are the lowest at the maximum and beyond it."""
    shares = ((of_peak, PEAK_SHARE_MIN), (of_bare, BARE_SHARE_MIN))
    if any(share.median >= target for share, target in shares):
        return "met"
    if any(share.known and share.high >= target for share, target in shares):
        return "not decided, because an interval contains the target; measure more rounds"
    return "not met"


def verdict(results):
    """The sentences."""
    crowded = results.crowded
    of_peak, bare_of_peak = (lowest(results.of_peak(server, step) for step in crowded) for server in (OURS, BARE))
    of_bare = lowest(results.of_bare(step) for step in crowded)
    again = ", ".join(percent(results.same_again(step)) for step in crowded)
    yield (f"Throughput at the maximum of {results.max_connections:,} connections and beyond it: minimum {percent(of_peak)} of the peak; the bare server: "
           f"{percent(bare_of_peak)} of its own peak. As a part of the bare server's throughput with as many connections: minimum {percent(of_bare)}.")
    yield (f"Target: {PEAK_SHARE_MIN:.0%} of the peak or, if the kernel is the limit, {BARE_SHARE_MIN:.0%} of the bare server: {judgement(of_peak, of_bare)}.")
    yield f"A/A, gin against itself at the maximum and beyond it: {again}. Differences of this size are noise."


def percent(estimate):
    """"97% [95%, 98%]"; one round has no interval."""
    interval = f" [{estimate.low:.0%}, {estimate.high:.0%}]" if estimate.known else ""
    return f"{estimate.median:.0%}{interval}"


def text(results):
    """The table and its notes."""
    headers = [["connections"], ["server"], ["requests/s"], ["CPU-us/", "request"], ["requests per", "CPU time,", "of the peak"],
               ["of the bare", "server's"], ["requests per", "io_uring_enter"], ["server's", "CPU busy"], ["client's", "CPU busy"]]
    rows = [row(results, server, step) for step in results.steps for server in (BARE, OURS, AGAIN)]
    return str(table.Table(headers, rows)) + "\n\n" + table.notes([*verdict(results), *notes(results)])


def row(results, server, step):
    def median(figure):
        return results.estimate(server, step, figure).median

    star = "" if results.was_limit(server, step) else NOT_LIMIT
    of_bare = {BARE: "", OURS: percent(results.of_bare(step)), AGAIN: percent(results.throughput_ratio((AGAIN, step), (BARE, step)))}
    return (f"{step:,}" if server == BARE else "", server, star + table.number(median("requests_per_s")),
            table.interval(results.estimate(server, step, "cpu_us_per_request")), percent(results.of_peak(server, step)), of_bare[server],
            table.number(median("requests_per_enter"), 1), f"{median('server_share'):.0%}", f"{median('client_share'):.0%}")


def notes(results):
    yield (f"Of more than {results.max_connections:,} connections, the servers accept {results.max_connections:,}. The bare server leaves the other clients in "
           "the kernel's queue. Ours also refuses up to 400 of them per second with 503; the CPU time of the refusals is included.")
    yield (f"{NOT_LIMIT} The server was not the limit, so requests/s are no result about it. Requests per CPU time are: they are what a server reaches that "
           "is the limit.")
    yield "[95 % bootstrap interval] of the medians over the rounds; ratios are paired by round."


def heading(results, options, facts):
    return (f"GET /ping, one request in flight per connection: {facts['cpu_model']}, Linux {facts['kernel']}, servers on CPU "
            f"{','.join(map(str, options.cpus[0]))}, duel-load on CPU {','.join(map(str, options.cpus[1]))}; "
            f"{table.count(results.rounds, 'round')} of {options.seconds:g} s, medians")


def draw(results, title, stem):
    panels = [(name, [(server, COLOURS[server], [results.estimate(server, step, figure) for step in results.steps]) for server in COLOURS])
              for name, figure in (("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request"))]
    plots.over_connections(stem, title, results.steps, results.max_connections, panels)


def page(results, options, facts):
    return f"""# A crowd of connections

<!-- Written by bench/crowd/run --write. -->
This page is written by `{options.command_line}` at commit {environment.commit()[:12]}.

What does a request cost if more connections are busy, and does the throughput hold at `--max-connections` and beyond it? Each request touches the
sockets of its connection, and a thousand sockets do not fit into the second-level cache. So even a server that is nothing but io_uring gets
slower. The bare server ([bench/bare](../bench/bare/bare_ring.h)) is such a server: of the core it has only the listening socket. It looks at no
byte of a request, and always sends the same answer. Its curve is the limit of the kernel; ours should stay close to it.

```
{heading(results, options, facts)}

{text(results)}
```

![requests per second and CPU time per request over the number of connections](crowd.svg)

{METHOD}"""


METHOD = """## How it is measured

All servers and clients with every number of connections are open from the beginning to the end. Each is stopped (`SIGSTOP`) except in its slice. So a
round takes seconds, and a change of the machine's speed meets all of them. At both ends of a slice the clients are stopped and the server
answers what has arrived: then its counter of requests and its CPU time belong together. The clients are `duel-load` in a closed loop; those
beyond the maximum are a second `duel-load`.

Both ends of each connection are on this machine, so the server's CPU touches the client's sockets too: the kernel delivers an answer to the
client's socket while the server sends it. With clients on other machines a request touches half of these sockets.

## What moves it, and what does not

- **The last answer and the end of its connection are one packet** (`MSG_MORE`, then the shutdown). A connection for one request costs 13 % less CPU
  time, and a refusal about 25 % less (some 23 us in place of 30).
- **Few refusals.** A worker refuses at most 8 clients in 20 ms (`kRefusalsAtOnce` in [http/limits.h](../http/limits.h)). The others wait in the
  kernel's queue, so a crowd takes about 1 % of the CPU time from those who are connected.
- No difference beyond the noise (7 %) for the bare server with 1,000 and with 2,000 connections: registered files, socket buffers of 8 KB and of 1 MB,
  another congestion control, 128 receive buffers in place of 1,024, waiting up to 100 us for 64 requests, epoll in place of io_uring.
- Not tried: serving those clients first that have just been served. Their sockets are in the cache, but the others would wait longer.
"""


def show(results, options, facts, folder):
    """Prints the table, draws the plot in `folder`, and writes the page with --write."""
    title = heading(results, options, facts)
    print(f"\n{title}\n\n{text(results)}\n\nAll slices: {(folder / 'runs.csv').relative_to(ROOT)}")
    draw(results, title, folder / "crowd")
    if options.write:
        shutil.copy(folder / "crowd.svg", PLOT)
        put(page(results, options, facts), PAGE)
    else:
        print(f"Plot: {(folder / 'crowd.svg').relative_to(ROOT)}")
