"""Servers and load generators in containers, for bench/compare --docker.

A Container is what processes.start() calls a control group: a place that is made before a command, counted, and removed after it. The
engine is the program `docker`. Its client passes signals on to the container, so a container ends like a process of this program.
"""

import contextlib
import functools
import json
import os
import pathlib
import re
import subprocess
from dataclasses import dataclass, field

from harness import cgroup, cgroup_tree, cpus as cpu_sets, knobs, processes
from harness.environment import ROOT
from harness.errors import HarnessError
from harness.load import SCRIPTS, Load
from harness.server import Server

SERVER, BENCH = "server", "bench"  # the targets of docker/Dockerfile
PROGRAM = "/usr/bin/duel-server"  # in the image of the server
SECCOMP = ROOT / "docker" / "seccomp.json"
MEMORY_BYTES = 512 << 20  # of each container, as in docker/compose.yaml
DESCRIPTORS = 65_536  # these two are what docker/entrypoint asks for
LOCKED_BYTES = 64 << 20
RAISED = (f"--ulimit=nofile={DESCRIPTORS}:{DESCRIPTORS}", f"--ulimit=memlock={LOCKED_BYTES}:{LOCKED_BYTES}")
ENGINE_LIMIT_S = 60
REFUSED = 125  # exit status of `docker run` if the engine did not start the container
# The shell tells the CPU time of the load generator, which is no child of this program. `times` prints it in its second line.
TIMED = '"$@"; status=$?; times; exit $status'
WAIT = ["-c", "trap exit TERM; sleep infinity & wait"]  # the first process of a container ignores signals that it does not handle
IMAGES = ROOT / "build" / "images"  # programs of images
# The names of a plan.
PLANNED_PROGRAM = IMAGES / "IMAGE" / "server"
PLANNED_NETWORK, PLANNED_SERVER, PLANNED_LOAD, PLANNED_ADDRESS = "NETWORK", "SERVER", "LOAD", "ADDRESS"


def engine(*arguments):
    """What `docker` prints to standard output. Raises HarnessError if it fails. Its own session keeps Ctrl-C away from it, so it can clean up."""
    try:
        done = subprocess.run(["docker", *map(str, arguments)], capture_output=True, text=True, timeout=ENGINE_LIMIT_S, check=False,
                              start_new_session=True, stdin=subprocess.DEVNULL, env=processes.environment())
    except FileNotFoundError as error:
        raise HarnessError("the program docker is not installed; install a container engine (on Debian docker.io)") from error
    except subprocess.TimeoutExpired as error:
        raise HarnessError(f"docker {arguments[0]} did not end within {ENGINE_LIMIT_S} s; look after the container engine") from error
    if done.returncode != 0:
        raise HarnessError(f"docker {arguments[0]} failed ({_reason(done.stderr)}); look after the container engine")
    return done.stdout.strip()


def _reason(text):
    """The sentence of docker, without its advice to read the help."""
    lines = [line for line in text.strip().splitlines() if line and not re.search(r"docker \w+ --help", line)]
    return lines[-1].strip().rstrip(".") if lines else "it printed nothing"


@functools.cache
def image(target):
    """The image's name. Its tag is the version of the project."""
    version = re.search(r"project\(duel VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
    return f"duel-{target}:{version}"


def image_id(target):
    try:
        return engine("image", "inspect", "--format={{.Id}}", image(target))
    except HarnessError as error:
        if "no such image" not in str(error).lower():
            raise
        raise HarnessError(f"there is no image {image(target)}; build it with docker build -f docker/Dockerfile --target {target} "
                           f"-t {image(target)} {ROOT}") from error


def state(container, key):
    """A value of what the engine knows about a container, such as State.Pid."""
    return json.loads(engine("container", "inspect", f"--format={{{{json .{key}}}}}", container))


def address(container):
    """In the one network that the container has."""
    return next(iter(state(container, "NetworkSettings.Networks").values()))["IPAddress"]


def facts():
    """For the records. Raises HarnessError if there is no engine, or if it lacks the images."""
    version = engine("version", "--format={{.Server.Version}}")
    return {"engine_version": version, "server_image": image_id(SERVER), "bench_image": image_id(BENCH)}


@functools.cache
def ulimits():
    """Options of `docker run` that raise the limits of processes. [] if the engine may not raise them, as one without root may not: then a
    container has those of the engine. The knobs in the records tell what a container got."""
    try:
        engine("run", "--rm", f"--name={cgroup.new_name()}", *RAISED, "--entrypoint=true", image(SERVER))
    except HarnessError as error:
        if "rlimit" not in str(error):
            raise
        return []
    return list(RAISED)


def program_of_the_image():
    """The server program of the image as a file of this machine, so that host and container run the same bytes."""
    identity = image_id(SERVER)
    path = IMAGES / identity.rpartition(":")[2][:12] / "server"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        container = cgroup.new_name()
        engine("create", f"--name={container}", image(SERVER))
        try:
            engine("cp", f"{container}:{PROGRAM}", path.with_suffix(".part"))
        finally:
            _remove("container", container)
        os.replace(path.with_suffix(".part"), path)
    try:
        subprocess.run([path, "--version"], check=True, capture_output=True, text=True, timeout=ENGINE_LIMIT_S)
    except (OSError, subprocess.SubprocessError) as error:
        why = _reason(getattr(error, "stderr", None) or str(error))
        raise HarnessError(f"--docker: the program of {image(SERVER)} does not run outside of its container ({why}); build the image with this "
                           "machine's distribution as BASE") from error
    return path


def remove_abandoned(say):
    """Removes the containers and networks of calls that were killed."""
    for kind, arguments in (("container", ("ps", "--all", "--format={{.Names}}")), ("network", ("network", "ls", "--format={{.Name}}"))):
        for name in engine(*arguments, "--filter", f"name={cgroup.PREFIX}").split():
            if cgroup.is_abandoned(name):
                _remove(kind, name)
                say(f"removed the {kind} {name}, which an earlier call that was killed had left behind")


def _remove(kind, name):
    """Also if it runs, or does not exist."""
    try:
        engine(kind, "rm", *["--force", "--volumes"] * (kind == "container"), name)
    except HarnessError as error:
        if not re.search("(?i)no such|not found", str(error)):
            raise


@contextlib.contextmanager
def network():
    """A bridge network of this call: its name. Containers in it have addresses that this machine reaches too."""
    name = cgroup.new_name()
    engine(*network_command(name)[1:])
    try:
        yield name
    finally:
        _remove("network", name)


def network_command(name):
    return ["docker", "network", "create", "--driver=bridge", name]


class Container:
    """A container of one command, with the members of cgroup.Group. Its own root is read-only, it has no capability, and its user is the
    one of this program, so that this program owns its files and may send it signals. One with a `planned` name is never started, and asks
    no engine."""

    def __init__(self, target, cpus, network_name, *options, planned=""):
        self.name = planned or cgroup.new_name()
        self.limits = cgroup.Limits(100 * len(cpus), MEMORY_BYTES)
        self._last = cgroup.Counts()
        self._pid = None
        self._image = image(target)
        self._options = [
            f"--name={self.name}", f"--network={network_name}", f"--cpuset-cpus={cpu_sets.text(cpus)}", f"--cpus={len(cpus)}",
            f"--memory={MEMORY_BYTES}", f"--memory-swap={MEMORY_BYTES}", "--read-only", "--cap-drop=ALL",
            "--security-opt=no-new-privileges", f"--user={os.getuid()}:{os.getgid()}", *(RAISED if planned else ulimits()), *options]

    def make(self):
        pass

    def wrap(self, command):
        return ["docker", "run", *self._options, self._image, *command]

    def started(self, pid):
        """`pid` is that of the engine's client."""

    def pid(self):
        """That of its first process, once it runs. The engine is asked only once, so that a measurement does not ask it."""
        self._pid = self._pid or state(self.name, "State.Pid")
        return self._pid

    def counts(self):
        """The last known counts, if the container has ended."""
        try:
            self._last = cgroup_tree.counts(cgroup_tree.groups_of(self.pid(), self.limits.controllers))
        except (OSError, HarnessError):
            if self._ran_out_of_memory():
                self._last = cgroup.Counts(oom_kills=1)
        return self._last

    def _ran_out_of_memory(self):
        with contextlib.suppress(HarnessError):
            return state(self.name, "State.OOMKilled")
        return False

    def remove(self):
        """Ends what still runs in it. It may be called again."""
        try:
            _remove("container", self.name)
        except HarnessError as error:  # processes.stop_all() expects the errors of a control group
            raise OSError(None, str(error), self.name) from error


class ContainerServer(Server):
    """A server in a container. Its stats file and the report of its knobs are in the folder of the records, which the container sees.
    `report` gets the knobs that it sees. A `planned` one is never started."""

    GROUP = "a container"

    def __init__(self, command, host, port, cpus, folder, name, admin_port="0", limits=None, network_name="host", report=lambda found: None,
                 planned=False):
        if limits:
            raise HarnessError("--docker: a server in a container has the limits of its container")
        self._bridged = network_name != "host"
        self._tell = report
        if not planned:
            folder = pathlib.Path(folder).absolute()  # it has this path in the container too
        self._report = folder / f"{name}.knobs.json"
        # A container that uses the host's network also uses the host's net.* settings.
        own = [f"--sysctl=net.core.somaxconn={DESCRIPTORS - 1}"] * self._bridged
        container = Container(SERVER, cpus, network_name, f"--security-opt=seccomp={SECCOMP}", *own,
                              f"--volume={folder}:{folder}", f"--env=REPORT={self._report}", planned=PLANNED_SERVER * planned)
        # The image names the program.
        super().__init__(command[1:], "0.0.0.0" if self._bridged else host, port, cpus, folder, name, admin_port, group=container)
        if planned and self._bridged:
            self.host = PLANNED_ADDRESS

    @property
    def whole_command(self):
        return self._group.wrap(self.command)

    @property
    def pid(self):
        return self._group.pid()

    def __enter__(self):
        super().__enter__()
        try:
            # Counters are read, and signals are sent, by this id. It must not be that of another process.
            if str(self._stats) not in _command_line_of(self.pid):
                raise HarnessError("--docker: the process of the container is not visible here; start bench/compare on the machine whose "
                                   "engine runs the containers (not outside of a virtual machine)")
            if self._bridged:
                self.host = address(self._group.name)
            self._tell(knobs.in_report(self._report.read_text(encoding="ascii")))
        except BaseException:
            processes.stop(self._process)
            raise
        return self

    def _last_words(self):
        return _reason(self.log()) if self._process.returncode == REFUSED else super()._last_words()


def _command_line_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@dataclass(frozen=True)
class ContainerLoad(Load):
    """wrk in a container that already runs."""

    container: str = ""

    def command(self, url, trace_id):
        return ["docker", "exec", self.container, "sh", "-c", TIMED, "sh", *super().command(url, trace_id)]

    def run(self, url, trace_id, stem):
        outcome = super().run(url, trace_id, stem)
        return {**outcome, "client_cpu_s": cpu_s_of_children(self.output(stem).read_text(encoding="utf-8"))}


def cpu_s_of_children(text):
    """User and system time in the last line of what the shell's `times` prints: "0m1.250000s 1m0.500000s"."""
    found = re.fullmatch(r"(\d+)m([\d.]+)s (\d+)m([\d.]+)s", text.strip().rpartition("\n")[2])
    if not found:
        raise HarnessError("--docker: the load generator's container did not tell its CPU time; build the image duel-bench again")
    minutes, seconds, more_minutes, more_seconds = map(float, found.groups())
    return 60 * (minutes + more_minutes) + seconds + more_seconds


class Host:
    """The place of a session: how it starts servers and loads. Outside of containers."""

    is_host = True
    server = staticmethod(Server)

    @staticmethod
    def load(generator):
        return generator


@dataclass(frozen=True)
class Inside:
    """In containers: a new one per server, and one for all loads."""

    is_host = False
    network: str
    load_container: str
    planned: bool = False
    knobs: list = field(default_factory=list)  # of the servers, once one has started

    def server(self, *arguments, **named):
        return ContainerServer(*arguments, **named, network_name=self.network, report=self._note, planned=self.planned)

    def _note(self, knobs_of_server):
        self.knobs[:] = knobs_of_server

    def load(self, generator):
        return ContainerLoad(**vars(generator), container=self.load_container)


def container_of_loads(client_cpus, network_name, planned=""):
    return Container(BENCH, client_cpus, network_name, "--detach", "--entrypoint=sh", f"--volume={SCRIPTS}:{SCRIPTS}:ro", planned=planned)


@contextlib.contextmanager
def inside(key, network_name, client_cpus, folder):
    """A place with a running container for the loads. `key` names it in the records."""
    container = container_of_loads(client_cpus, network_name)
    log = folder / f"load-{key}.log"
    with open(log, "wb") as output:
        client = processes.start(WAIT, output, container)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            client.wait(ENGINE_LIMIT_S)
        if client.returncode != 0:
            raise HarnessError(f"--docker: the container of the load generator does not start ({_reason(log.read_text(errors='replace'))}); "
                               "look after the container engine")
        yield Inside(network_name, container.name)
    finally:
        processes.stop(client)
