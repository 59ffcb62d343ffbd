"""Checks of tests/docker/engine: the Debian package under systemd, which is the first process of a container. Each returns what it found."""

import contextlib
import pathlib
import re
import subprocess
import tempfile

from harness import cgroup, containers
from harness.containers import engine
from in_engine import BUILD_LIMIT_S, PATIENCE_S, ROOT, Failure, Skipped, await_that, build_image, require

BUILD = ROOT / "build/release"
IMAGE = "duel-test-systemd"
DOCKERFILE = """
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus
CMD ["/lib/systemd/systemd"]
"""
# systemd mounts and makes control groups, so it needs more than other containers. /proc/sys stays read-only: it changes no setting of the host.
LIKE_A_MACHINE = ("--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined", "--tmpfs=/run", "--tmpfs=/run/lock",
                  "--tmpfs=/tmp", "--volume=/sys/fs/cgroup:/sys/fs/cgroup:ro", "--env=container=docker")
GET = r'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET $1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" >&3 && cat <&3'
EXPOSURE_MAX = 20  # of systemd-analyze security, in tenths; tests/packaging/check has the same limit
CONFIGURATION = "/etc/duel/app.conf"


class Machine:
    """A container with systemd."""

    def __init__(self, name):
        self.name = name

    def run(self, *words):
        done = self._exec(*words)
        require(done.returncode == 0, f"{' '.join(words)} ended with status {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
        return done.stdout.strip()

    def _exec(self, *words):
        return subprocess.run(["docker", "exec", self.name, *words], capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    def get(self, path):
        """The answer of the service, or "" if it does not listen."""
        return self._exec("bash", "-c", GET, "bash", path).stdout

    def show(self, name):
        return self.run("systemctl", "show", "duel", f"--property={name}", "--value")

    def await_pong(self, after):
        await_that(lambda: self.get("/ping").endswith("pong"), f"the service answers after {after}")
        return self.show("MainPID")

    def has_started(self):
        return self._exec("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")


def packages(folder):
    """Makes the package of the release build in the folder, and the same package as the next version."""
    made = subprocess.run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder / "made"], capture_output=True, text=True, timeout=BUILD_LIMIT_S, check=False)
    require(made.returncode == 0, f"cpack: {made.stderr.strip()[-500:]}")
    (package,) = (folder / "made").glob("duel_*.deb")
    package.rename(folder / "duel.deb")
    subprocess.run(["dpkg-deb", "-R", folder / "duel.deb", folder / "next"], check=True, timeout=PATIENCE_S)
    control = folder / "next/DEBIAN/control"
    control.write_text(re.sub("(?m)^Version: .*", "Version: 999", control.read_text(encoding="utf-8")), encoding="utf-8")
    subprocess.run(["dpkg-deb", "-b", folder / "next", folder / "next.deb"], check=True, timeout=PATIENCE_S, capture_output=True)


@contextlib.contextmanager
def machine(base, folder):
    build_image(IMAGE, DOCKERFILE, base)
    name = cgroup.new_name()
    engine("run", "--detach", f"--name={name}", *LIKE_A_MACHINE, *containers.ulimits(), f"--volume={folder}:/packages:ro", IMAGE)
    try:
        found = Machine(name)
        try:
            await_that(found.has_started, "systemd starts")
        except Failure as error:
            raise Skipped(f"systemd does not start in a container of this engine: {error}") from error
        yield found
    finally:
        engine("container", "rm", "--force", "--volumes", name)


def service(base):
    """systemd starts, hardens, restarts, upgrades and removes the service of the Debian package"""
    if not (BUILD / "CPackConfig.cmake").is_file():
        raise Skipped("there is no release build; call cmake --preset release && cmake --build --preset release")
    with tempfile.TemporaryDirectory() as folder:
        packages(pathlib.Path(folder))
        with machine(base, folder) as found:
            version = found.run("systemctl", "--version").splitlines()[0]
            found.run("apt-get", "install", "-qq", "--no-install-recommends", "/packages/duel.deb")
            require(found.show("ActiveState") == "inactive", "the administrator starts a new service, not its installation")
            found.run("systemctl", "enable", "--now", "duel")
            exposure = require_hardened(found, found.await_pong("its start"))
            require_restarts(found)
            require_upgrades(found)
            require_removes(found)
    return f"{version}; exposure {exposure} of 10; install, start, kill, upgrade, stop, removal and purge"


def require_hardened(found, pid):
    status = found.run("cat", f"/proc/{pid}/status")
    for pattern in (r"Uid:\t(?!0\t)", r"CapBnd:\t0+\n", r"NoNewPrivs:\t1\n", r"Seccomp:\t2\n"):
        require(re.search(pattern, status), f"the process of the service does not have {pattern!r}: {status}")
    found.run("bash", "-c", "echo content >/var/lib/duel/static/hello.txt")
    require(found.get("/static/hello.txt").endswith("content\n"), "the service does not serve /var/lib/duel/static")
    found.run("systemd-analyze", "security", f"--threshold={EXPOSURE_MAX}", "duel.service")
    return re.search(r"exposure level for duel.service: ([\d.]+)", found.run("systemd-analyze", "security", "--no-pager", "duel.service"))[1]


def require_restarts(found):
    """A server that is killed is started again."""
    killed = found.show("MainPID")
    found.run("systemctl", "kill", "--signal=KILL", "duel")
    await_that(lambda: found.show("MainPID") not in ("0", killed), "systemd starts the service again")
    found.await_pong("it was killed")


def require_upgrades(found):
    """The new program runs, and the administrator's configuration stays."""
    before = found.show("MainPID")
    found.run("bash", "-c", f"echo '# mine' >>{CONFIGURATION}")
    found.run("apt-get", "install", "-qq", "--no-install-recommends", "/packages/next.deb")
    require(found.await_pong("the upgrade") != before, "the upgrade left the old program running")
    require("# mine" in found.run("cat", CONFIGURATION), "the upgrade replaced the configuration")
    require(found.show("UnitFileState") == "enabled", "the upgrade disabled the service")
    found.run("systemctl", "stop", "duel")
    ended = found.show("Result"), found.show("ExecMainStatus")
    require(ended == ("success", "0"), f"the service that was stopped ended with {ended}")
    found.run("systemctl", "start", "duel")
    found.await_pong("its second start")


def require_removes(found):
    found.run("dpkg", "-r", "duel")
    require(found.get("/ping") == "" and found.show("LoadState") == "not-found", "the service is there after its removal")
    found.run("dpkg", "-P", "duel")
    left = found.run("find", "/etc", "/usr", "/lib", "/var/lib", "-name", "*duel*", "-not", "-path", "*/dpkg/*")
    require(not left, f"after the purge these files are left: {left}")
