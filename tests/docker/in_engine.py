"""What the checks of tests/docker/engine share: servers in containers, and how a check fails or is skipped."""

import contextlib
import pathlib
import re
import subprocess
import time

from harness import cgroup, cgroup_tree, containers, direct_http
from harness.containers import BENCH, SERVER, engine, image

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE_S = 60
BUILD_LIMIT_S = 3600
POLL_S = 0.05
TIGHT = f"seccomp={containers.SECCOMP}"
CONFINED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
PORT = 8080
FLAGS = ("--router=gin", f"--port={PORT}", "--admin-port=6060")
LOAD_SECONDS = 3


class Failure(Exception):
    pass


class Skipped(Exception):
    pass


def require(condition, text):
    if not condition:
        raise Failure(text)
    return text


def require_pong(url):
    body = direct_http.request(url, PATIENCE_S)[1]
    require(body == b"pong", f"GET {url} is answered with {body!r}")


def build_image(name, dockerfile, base):
    """Builds an image of the text of a Dockerfile, whose argument BASE is `base`."""
    done = subprocess.run(["docker", "build", f"--tag={name}", f"--build-arg=BASE={base}", "-"], input=dockerfile, text=True, capture_output=True,
                          timeout=BUILD_LIMIT_S, check=False)
    require(done.returncode == 0, f"{name} does not build: {(done.stdout + done.stderr).strip()[-1000:]}")


class Server:
    """A container of the image `server`."""

    def __init__(self, name):
        self.name = name

    def state(self, key):
        return containers.state(self.name, key)

    def log(self):
        done = subprocess.run(["docker", "logs", self.name], capture_output=True, text=True, timeout=PATIENCE_S, check=True)
        return done.stdout + done.stderr

    @property
    def address(self):
        return containers.address(self.name), PORT

    @property
    def url(self):
        return f"http://{containers.address(self.name)}:{PORT}/ping"

    @property
    def pid(self):
        return self.state("State.Pid")

    def counts(self):
        return cgroup_tree.counts(cgroup_tree.groups_of(self.pid, ("cpu", "memory")))

    def threads(self):
        return int(re.search(r"threads=(\d+)", self.log())[1])

    def knobs(self):
        """The states in the report of its entrypoint: {name: state}."""
        return dict(re.findall(r"(?m)^(\S+) .*? (ok|differs|refused|absent|unasked)\b", self.log()))

    def await_ready(self):
        await_that(lambda: "listening on" in self.log() or not self.state("State.Running"), "the server starts")
        require("listening on" in self.log(), f"the server does not start: {self.log().strip()[-500:]}")

    def require_alive(self):
        require(self.state("State.Running") and not self.state("State.OOMKilled"), f"the server has ended: {self.log().strip()[-500:]}")


def await_that(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        require(time.monotonic() < deadline, f"after {PATIENCE_S} s still not: {what}")
        time.sleep(POLL_S)


@contextlib.contextmanager
def container(*options, flags=(), seccomp=TIGHT, network="bridge"):
    """A container of the server, which may or may not start. A flag in `flags` wins over the same flag of FLAGS."""
    name = cgroup.new_name()
    given = {flag.partition("=")[0] for flag in flags}
    usual = [flag for flag in FLAGS if flag.partition("=")[0] not in given]
    # The host's network has the host's sysctls.
    own = ["--sysctl=net.core.somaxconn=65535"] * (network != "host")
    engine("run", "--detach", f"--name={name}", f"--network={network}", f"--security-opt={seccomp}", *CONFINED, *containers.ulimits(), *own, *options, image(SERVER), *usual,
           *flags)
    try:
        yield Server(name)
    finally:
        engine("container", "rm", "--force", "--volumes", name)


@contextlib.contextmanager
def server(*options, **named):
    with container(*options, **named) as found:
        found.await_ready()
        yield found


def load(found):
    """Loads a server by wrk of the image `bench`. Returns requests/s."""
    text = engine("run", "--rm", f"--name={cgroup.new_name()}", "--entrypoint=wrk", image(BENCH), "-t1", "-c64", f"-d{LOAD_SECONDS}s", found.url)
    return float(re.search(r"Requests/sec: +([0-9.]+)", text)[1])
