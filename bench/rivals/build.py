"""Builds the programs of the rivals (the routers of the benchmark). Reports the reason for each that cannot be built."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "bench" / "rivals"
OUT = ROOT / "build" / "rivals"
CC = ROOT / "build" / "release" / "bench" / "rivals"
WITHOUT_PARAMETERS = ("static",)
BUILD_SECONDS_MAX = 900  # a slow machine needs minutes for the list of 2000 routes


class BuildError(Exception):
    pass


@dataclasses.dataclass
class Rival:
    name: str
    what: str  # description and version
    command: typing.Callable  # takes the name of a set, returns the program and its first arguments
    sets: tuple = ()  # that the router can hold; (): all

    def holds(self, name):
        return not self.sets or name in self.sets


def set_file(name):
    kept = ROOT / "router" / "sets" / f"{name}.inc"
    return kept if kept.exists() else CC / "sets" / f"{name}.inc"


def rivals(wanted):
    """Returns ({name: Rival}, {name: why it is missing}) for the wanted names. Raises BuildError if this project's own
    programs cannot be built."""
    found, missing = {}, {}
    # This project is always built, because its build makes the route sets.
    run("configure", ["cmake", "--preset", "release"], cwd=ROOT)
    for build, names in BUILDERS:
        here = [name for name in names if name in wanted]
        if not here and build is not _build_cc:
            continue
        try:
            found.update((rival.name, rival) for rival in build(here))
        except BuildError as error:
            if build is _build_cc:
                raise
            missing.update((name, str(error)) for name in here)
    return found, missing


def run(what, command, **more):
    OUT.mkdir(parents=True, exist_ok=True)
    log = OUT / f"{what}.log"
    print(f"bench/rivals: building {what} (log: {log.relative_to(ROOT)})", flush=True)
    try:
        with log.open("w", encoding="utf-8") as to:
            subprocess.run(command, stdout=to, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=True,
                           timeout=BUILD_SECONDS_MAX, **more)
    except FileNotFoundError as error:
        raise BuildError(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"building {what} took more than {BUILD_SECONDS_MAX} s") from error
    except subprocess.CalledProcessError as error:
        raise BuildError(f"building {what} failed, see {log.relative_to(ROOT)}: {_first_error(log)}") from error


def environ():
    """That of this process: a registry may be reachable only through a proxy."""
    return dict(os.environ)


def _first_error(log):
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no message")


def _build_cc(_):
    run("duel", ["cmake", "--build", "--preset", "release", "--target", "rivals_own"], cwd=ROOT)
    yield Rival("duel-gin", "this project's Gin style", lambda name: [CC / f"rival_duel_gin_{name}"])
    yield Rival("duel-beego", "this project's Beego style", lambda _: [CC / "rival_duel_beego"])
    yield Rival("duel-echo", "this project's Echo style", lambda _: [CC / "rival_duel_echo"])
    yield Rival("duel-nethttp121", "this project's net/http style, the mux of Go 1.21", lambda _: [CC / "rival_duel_nethttp121"], WITHOUT_PARAMETERS)
    yield Rival("duel-nethttp122", "this project's net/http style, the mux of Go 1.22", lambda _: [CC / "rival_duel_nethttp122"])


def _build_packaged(name, package, what):
    def build(_):
        version = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True, check=False).stdout
        if not version:
            raise BuildError(f"{package} is not installed")
        run(name, ["cmake", "--build", "--preset", "release", "--target", f"rival_{name}"], cwd=ROOT)
        yield Rival(name, f"{what}, Debian's {version}", lambda _: [CC / f"rival_{name}"])
    return build


def _require(tool):
    if not shutil.which(tool):
        raise BuildError(f"{tool} is not installed")


def _build_rust(_):
    _require("cargo")
    target = OUT / "matchit"
    run("matchit", ["cargo", "build", "--release"], cwd=HERE / "matchit", env={**environ(), "CARGO_TARGET_DIR": str(target)})
    yield Rival("matchit", "matchit 0.8.6, Rust", lambda _: [target / "release" / "rival-matchit"])


def _build_go(names):
    _require("go")
    program = OUT / "go" / "rivals"
    # Uses the installed toolchain and does not download another one.
    run("go", ["go", "build", "-o", program, "."], cwd=HERE / "go", env={**environ(), "GOTOOLCHAIN": "local"})
    for name in names:
        what, environment, sets = GO_RIVALS[name]
        yield Rival(name, what, lambda _, command=(*environment, program, name): list(command), sets)


# (description, the command that sets the environment, the sets that the router can hold)
GO_RIVALS = {
    "gin": ("the tree of gin 1.9.1, Go", (), ()),
    "beego": ("the router of Beego 2.1.0, Go", (), ()),
    "echo": ("the router of Echo 4.11.4, Go", (), ()),
    "httprouter": ("httprouter 1.3.0, Go", (), ()),
    "nethttp121": ("net/http of the installed Go with the mux of Go 1.21", ("env", "GODEBUG=httpmuxgo121=1"), WITHOUT_PARAMETERS),
    "nethttp122": ("net/http of the installed Go", ("env", "GODEBUG=httpmuxgo121=0"), ()),
}


BUILDERS = (
    (_build_cc, ("duel-gin", "duel-beego", "duel-echo", "duel-nethttp121", "duel-nethttp122")),
    (_build_rust, ("matchit",)),
    (_build_go, tuple(GO_RIVALS)),
    (_build_packaged("r3", "libr3-dev", "libr3, C"), ("r3",)),
    (_build_packaged("pistache", "libpistache-dev", "Pistache, C++"), ("pistache",)),
)
NAMES = tuple(name for _, names in BUILDERS for name in names)
