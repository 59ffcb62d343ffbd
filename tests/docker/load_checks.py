"""Checks of tests/docker/engine: servers under load, under limits, and at their end. Each returns what it found."""

import math
import os
import subprocess
import tempfile
import time

import clients
import yaml
from harness.containers import engine
from in_engine import ROOT, require, require_pong, server, load
from ports import free_port

# By the bound of SECURITY.md a connection needs its body three times (twice while it grows, once as the answer) and 144 KiB: together 50 MB.
CONNECTIONS, BODY_BYTES, MEMORY_BYTES = 150, 64 << 10, 96 << 20


def memory_limit(_):
    """under a memory limit the memory is bounded and nothing crashes"""
    flags = (f"--max-connections={CONNECTIONS}", f"--max-body={BODY_BYTES}", "--threads=1")
    with server(f"--memory={MEMORY_BYTES}", f"--memory-swap={MEMORY_BYTES}", flags=flags) as found:
        answered, refused = clients.post_slowly(found.address, 2 * CONNECTIONS, CONNECTIONS, BODY_BYTES)
        found.require_alive()
        counts = found.counts()
        require(counts.memory_peak_bytes <= MEMORY_BYTES and not counts.oom_kills, f"the group used {counts}")
        require(answered == CONNECTIONS and refused == CONNECTIONS, f"{answered} answered, {refused} refused, of {2 * CONNECTIONS}")
        require_pong(found.url)
    return (f"{2 * CONNECTIONS} clients with {BODY_BYTES >> 10} KiB each: {answered} answered, {refused} got 503, peak of the group "
            f"{counts.memory_peak_bytes / 1e6:.1f} MB of {MEMORY_BYTES / 1e6:.1f} MB")


def cpu_limit(_):
    """a CPU limit throttles, and --threads follows it"""
    found = {}
    for limit in ("0.1", "1", None):
        with server(*[f"--cpus={limit}"] * (limit is not None)) as one:
            rate = load(one)
            counts = one.counts()
            found[limit] = one.threads(), counts.throttled_periods, counts.periods, rate
            one.require_alive()
    require(found["0.1"][0] == found["1"][0] == 1, f"--threads does not follow the quota: {found}")
    require(found[None][0] == len(os.sched_getaffinity(0)), f"without a quota there are {found[None][0]} workers")
    require(found["0.1"][1] > 0, f"a tenth of a CPU throttled nothing: {found}")
    return "; ".join(f"{limit or 'no'} CPU limit: {threads} workers, throttled in {throttled} of {periods} periods, {rate:,.0f} requests/s"
                     for limit, (threads, throttled, periods, rate) in found.items())


def stop(_):
    """docker stop under load loses no request of a client that reconnects"""
    port = free_port()
    at_the_host = {"flags": ("--host=127.0.0.1", f"--port={port}", "--admin-port=0"), "network": "host"}
    with server(**at_the_host) as first, clients.Hammer(("127.0.0.1", port)) as hammer:
        hammer.await_answers(1000)
        begin = time.monotonic()
        engine("stop", "--time=30", first.name)
        took = time.monotonic() - begin
        status = first.state("State.ExitCode")
        require(status == 0, f"the stopped server ended with status {status}")
        with server(**at_the_host) as second:
            hammer.await_answers(1000)
            hammer.end()
            second.require_alive()
    return require(hammer.lost == 0, f"{hammer.answered} requests answered, {hammer.lost} lost, {hammer.reconnected} connections opened again; "
                   f"the stop took {took:.1f} s, exit status 0")


def end_of_a_pod(_):
    """a pod ends as docker/k8s/server says (preStop, SIGTERM, drain) and loses no request, although some clients learn late that it ends"""
    pod = yaml.safe_load((ROOT / "docker/k8s/server/deployment.yaml").read_text(encoding="utf-8"))["spec"]["template"]["spec"]
    (manifest,) = pod["containers"]
    pre_stop = manifest["lifecycle"]["preStop"]["exec"]["command"]
    with server(flags=manifest["args"]) as old, server(flags=manifest["args"]) as new, clients.Hammer(old.address) as hammer:
        hammer.await_answers(1000)
        begin = time.monotonic()
        with subprocess.Popen(["docker", "exec", old.name, *pre_stop]) as waits:
            for _ in range(clients.CONNECTIONS):  # of a node that sends new clients here
                require_pong(old.url)
            require(waits.poll() is None, "preStop ended before the node could learn")
            hammer.address = new.address  # the node learns. Connections that are open stay.
        require(waits.returncode == 0, f"preStop ended with status {waits.returncode}")
        engine("stop", f"--time={pod['terminationGracePeriodSeconds'] - math.ceil(time.monotonic() - begin)}", old.name)
        took = time.monotonic() - begin
        status = old.state("State.ExitCode")
        require(status == 0, f"the server ended with status {status}")
        hammer.await_answers(1000)
        hammer.end()
        new.require_alive()
    require(hammer.reconnected >= clients.CONNECTIONS, f"only {hammer.reconnected} connections went to the other pod")
    return require(hammer.lost == 0, f"{hammer.answered} requests answered, {hammer.lost} lost, {hammer.reconnected} connections opened again; the end "
                   f"took {took:.1f} s of {pod['terminationGracePeriodSeconds']} s, exit status 0")


def s1(_):
    """S1 on the host and in containers: bench/compare --docker --rounds=3"""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([ROOT / "bench/compare", "--docker", "--rounds=3", "--seconds=1", f"--port={free_port()}", f"--results={folder}"],
                              capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"status {done.returncode}: {done.stderr.strip()[-500:]}")
    return "\n" + done.stdout[done.stdout.index("Containers, GET"):].rpartition("\n\nrecords")[0]
