"""Measures servers as separate processes. It uses only the command line, the stats file and the admin port of a server.

scenarios/      one module per scenario: what it runs and how its table looks
report/         the report: one HTML file from the records of sessions (bench/report)
__main__.py     the command line of bench/compare; docs/harness.md says how all of it fits
catalogue.py    --list: the scenarios, their times and needs
presets.py      --quick, the default and --full as tables of values
planning.py     --plan: a session that shows commands in place of running them
progress.py     how far a call is and how long the rest takes
session.py      one call of bench/compare: options, environment, records, started servers
run.py          one run: warm up, load, read the counters; its record is a function of these readings
records.py      writes the raw files of a session; kept.py: the runs that a resumed session has
found.py        reads them back
conclusion.py   from runs to a report: tables, figures, plots, hashes
tables.py       runs.csv, profiles.csv, runs.sqlite
verify.py, replay.py, records_commands.py  --verify, --replay, --resume
limit_rule.py   who limited a run, and whether its latencies can be true
comparison.py   parts shared by the scenarios: rounds, heading, remarks
ablation.py     the scenarios that compare two variants within one style
server.py       a server process
load.py, ab.py  the load generators wrk and ab
duel_load.py    the load generator duel-load (bench/load)
attach.py, attach_table.py  bench/compare --attach: a server that already runs
cluster.py, cluster_worker.py  duel-load on the workers of a Dask cluster
merged_report.py  one report from those of several duel-load programs
hdr.py          the histograms of duel-load: reads, merges and writes them
balance.py      how evenly the workers of a server share the work
mixed_load.py   the clients of bench/soak
soak.py         the command line of bench/soak
processes.py    child processes, which end with this program
procfs.py       counters that the kernel keeps of a process and of the CPUs
environment.py  facts about the machine and the build
knobs.py        what docker/host-setup and docker/entrypoint report
bisection.py    the search for the smallest value that holds
cgroup.py       a CPU quota or a memory limit for a server
cgroup_tree.py  where control groups are made, and their files
containers.py, container_cost.py  bench/compare --docker: servers and load generators in containers, and what that costs
cpus.py         which CPUs the server and the load generator use
knee.py         the load at which a server gets slow
styles.py       what can be measured: the router styles, the Go originals, the null server
originals.py    the Go originals: finds or fetches Go, builds them (bench/originals)
answers.py      the answers of servers, in a form in which they can be compared
collector.py    what a garbage collector did during a run
stats.py        medians, bootstrap intervals, straight lines
order.py        the order of the runs
metrics_page.py  a reader of the page /metrics of an admin port
direct_http.py  requests to the servers, without a proxy
options.py      the parser of every command line and the kinds of values
errors.py       how a program says what is wrong; program.py: how it ends
profiles.py     takes profiles of a server; pprof.py: a reader of heap profiles
table.py, plots.py  the output
article.py      the article's figures
claims.py       the verdicts on the article's claims (claims.toml); evidence.py: the figures that they come from
"""
