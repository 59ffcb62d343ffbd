"""Measures servers as processes; knows nothing of their inside but the command line and the stats file.

scenarios/    what is run and how its table reads, one module a scenario
session.py    one call of bench/compare: its options, environment, records
run.py        one run: start a server, warm it up, load it, read what it cost, judge it
server.py     a server process        load.py   wrk        processes.py  children that do not outlive us
procfs.py     what the kernel says    environment.py, cpus.py  where it is measured
stats.py      medians, bootstrap      order.py  the order of the runs
table.py, plots.py, records.py        what comes out
article.py    the article's figures
"""
