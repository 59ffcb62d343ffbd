"""Checks of tests/docker/engine: the services of docker/compose.yaml. Each returns what it found."""

import contextlib
import json
import math
import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse

import clients
from harness import cgroup, containers, direct_http
from in_engine import PATIENCE_S, PORT, ROOT, Failure, Skipped, build_image, require, require_pong
from ports import free_port

STYLES = ("gin", "beego")
PORTS = ("GIN_PORT", "BEEGO_PORT", "PROMETHEUS_PORT")
LOAD_LIMIT_S = 300
# Debian's Prometheus in place of the image that compose.yaml names: paths and user are those of that image.
PROMETHEUS = """
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get download prometheus && dpkg -x prometheus_*.deb /opt && rm prometheus_*.deb \\
 && install -d -o 65534 -g 65534 /prometheus /etc/prometheus
USER 65534
ENTRYPOINT ["/opt/usr/bin/prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--log.level=warn"]
"""
# For an engine that may not raise the limits of processes.
WITHOUT_ULIMITS = "gin: {ulimits: !reset {}}, beego: {ulimits: !reset {}}"
# What Grafana puts in place of $__rate_interval: four times the interval of docker/prometheus.yml.
RATE_INTERVAL = "20s"


class Project:
    """A Compose project of this call: free ports, and a name that no other project has."""

    def __init__(self, **variables):
        ports = {name: str(free_port()) for name in PORTS}
        self._name = re.sub("[^a-z0-9]", "-", cgroup.new_name())
        self._environment = {**os.environ, **ports, **variables, "COMPOSE_PROJECT_NAME": self._name}
        self.ports = {name.removesuffix("_PORT").lower(): int(port) for name, port in ports.items()}

    def call(self, *arguments, limit_s=PATIENCE_S, **variables):
        """What `docker compose` prints to standard output."""
        changes = "" if containers.ulimits() else WITHOUT_ULIMITS
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".yaml") as more:
            more.write(f"services: {{{changes}}}\n")
            more.flush()
            done = subprocess.run(["docker", "compose", "-f", ROOT / "docker/compose.yaml", "-f", more.name, *arguments], capture_output=True, text=True,
                                  timeout=limit_s, check=False, env={**self._environment, **variables})
        require(done.returncode == 0, f"docker compose {arguments[0]} failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    def address(self, service):
        return containers.address(self.call("ps", "--quiet", service).strip())

    def end(self):
        self.call("--profile=*", "down", "--volumes", "--timeout=1")
        left = [containers.engine(*words, f"--filter=name={self._name}") for words in (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"))]
        require(not any(left), f"docker compose down left {left}")


@contextlib.contextmanager
def project(**variables):
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0:
        raise Skipped("this docker has no Compose 2 (the program docker-compose, version 1, does not read the file)")
    found = Project(**variables)
    try:
        yield found
    finally:
        found.end()


def compose(_):
    """docker compose starts both servers, which are healthy, its load measures each, and it leaves nothing"""
    tables = []
    with project() as found:
        found.call("up", "--no-build", "--wait", *STYLES)
        for style in STYLES:
            require_pong(f"http://127.0.0.1:{found.ports[style]}/ping")
            knobs = json.loads(found.call("exec", style, "cat", "/run/duel/knobs.json"))
            states = {knob["name"]: knob["state"] for knob in knobs["knobs"]}
            require(states["net.core.somaxconn"] == "ok", f"{style}: the report of the knobs has {states}")
            text = found.call("run", "--rm", "--no-TTY", "load", limit_s=LOAD_LIMIT_S, TARGET=style)
            tables.append(f"{style} {re.search(r'(?m)^requests/s +(.+)', text)[1].split()[0]} requests/s")
    return f"both answer at the host's ports; the load counted {', '.join(tables)}"


def monitoring(base):
    """the profile `monitoring`: Prometheus reads both servers, and every query of the dashboard has figures"""
    image = "duel-test-prometheus"
    build_image(image, PROMETHEUS, base)
    with project(PROMETHEUS_IMAGE=image) as found:
        found.call("--profile=monitoring", "up", "--no-build", "--wait", *STYLES, "prometheus")
        with contextlib.ExitStack() as stack:
            for style in STYLES:
                stack.enter_context(clients.Hammer((found.address(style), PORT), paths=("/ping", "/no-such-path")))
            panels = await_figures(found)
    return f"{len(panels)} panels: {'; '.join(panels)}. Grafana itself did not run: it has no image here; tests/docker/test_images.py asks its schema"


def await_figures(found):
    """Waits until each query has a figure of each style. Returns a line per panel."""
    dashboard = json.loads((ROOT / "docker/grafana/duel.json").read_text(encoding="utf-8"))
    lines = []
    for panel in dashboard["panels"]:
        counts = []
        for target in panel["targets"]:
            query = target["expr"].replace("$__rate_interval", RATE_INTERVAL)
            # A panel with a text for "no value" shows only what is wrong. Its query without the condition has figures.
            if "noValue" in panel["fieldConfig"]["defaults"]:
                query = query.removesuffix(" > 0")
            counts.append(await_series(found, panel["title"], query))
        lines.append(f"{panel['title']} {'+'.join(map(str, counts))}")
    return lines


def await_series(found, title, query):
    """The number of series, once there is a number for both styles."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        series = values_of(found.ports["prometheus"], query)
        if {labels.get("router") for labels, value in series if math.isfinite(value)} == set(STYLES):
            return len(series)
        require(time.monotonic() < deadline, f"the panel {title} shows nothing for one style: {query} has {series}")
        time.sleep(1)


def values_of(port, query):
    """[(labels, value)] of an instant query."""
    url = f"http://127.0.0.1:{port}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        answer = json.loads(direct_http.request(url, PATIENCE_S)[1])
    except urllib.error.HTTPError as error:
        raise Failure(f"Prometheus refuses {query}: {error.read().decode()}") from error
    return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]
