"""Builds the programs of all rivals that this machine can build."""

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


class BuildError(Exception):
    pass


@dataclasses.dataclass
class Rival:
    name: str
    what: str  # it is, with its version
    command: typing.Callable  # name of a set -> the program and its first arguments


def set_file(name):
    kept = ROOT / "router" / "sets" / f"{name}.inc"
    return kept if kept.exists() else CC / "sets" / f"{name}.inc"


def all_rivals():
    """(rivals, sentences about those that are missing)."""
    rivals, missing = _build_cc()
    for tool, build in (("cargo", _build_rust), ("go", _build_go)):
        if shutil.which(tool):
            rivals += build()
        else:
            missing.append(f"{tool} is not installed: without {'matchit' if tool == 'cargo' else 'gin and httprouter'}")
    return rivals, missing


def _run(what, command, **more):
    OUT.mkdir(parents=True, exist_ok=True)
    log = OUT / f"{what}.log"
    print(f"bench/rivals: building {what} (log: {log.relative_to(ROOT)})", flush=True)
    with log.open("w", encoding="utf-8") as to:
        if subprocess.run(command, stdout=to, stderr=subprocess.STDOUT, check=False, **more).returncode != 0:
            raise BuildError(log.read_text(encoding="utf-8")[-2000:] + f"\nbench/rivals: building {what} failed")


def _build_cc():
    _run("configure", ["cmake", "--preset", "release"], cwd=ROOT)
    _run("cc", ["cmake", "--build", "--preset", "release", "--target", "rivals"], cwd=ROOT)
    rivals = [
        Rival("duel-gin", "this project's Gin style", lambda name: [CC / f"rival_duel_gin_{name}"]),
        Rival("duel-beego", "this project's Beego style", lambda name: [CC / "rival_duel_beego"]),
    ]
    missing = []
    for name, package, what in (("r3", "libr3-dev", "libr3, C"), ("pistache", "libpistache-dev", "Pistache, C++")):
        program = CC / f"rival_{name}"
        if program.exists():
            rivals.append(Rival(name, f"{what}, Debian's {_debian_version(package)}", lambda _, p=program: [p]))
        else:
            missing.append(f"{package} is not installed: without {name}")
    return rivals, missing


def _debian_version(package):
    return subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True, check=False).stdout


def _build_rust():
    target = OUT / "matchit"
    _run("matchit", ["cargo", "build", "--release"], cwd=HERE / "matchit", env={**os.environ, "CARGO_TARGET_DIR": str(target)})
    return [Rival("matchit", "matchit 0.8.6, Rust", lambda _: [target / "release" / "rival-matchit"])]


def _build_go():
    program = OUT / "go" / "rivals"
    _run("go", ["go", "build", "-o", program, "."], cwd=HERE / "go")
    return [Rival("gin", "the tree of gin 1.9.1, Go", lambda _: [program, "gin"]),
            Rival("httprouter", "httprouter 1.3.0, Go", lambda _: [program, "httprouter"])]
