"""The servers: what each is, how it is built and started, and what it cannot do."""

import getpass
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from harness import originals, server
from harness.environment import ROOT
from rivals import build
from rivals.build import BuildError

HERE = ROOT / "bench" / "rivals" / "servers"
OUT = build.OUT / "servers"
RELEASE = ROOT / "build" / "release"
ONLY_FILES = {"echo": "it serves files, and no handler returns the body of a request"}
ONLY_PING = {kind: "it answers everything with pong" for kind in ("json", "1k", "100k", "echo")}


@dataclass(frozen=True)
class Rival:
    name: str
    what: str
    prepare: Callable  # prepare(options, say) builds it and returns (version, command(port, folder)); raises BuildError
    cannot: dict = field(default_factory=dict)  # by kind of load: why
    bodies: str = "memory"  # where /ping, /json and the two bodies come from
    is_ours: bool = False  # has the command line of this project's servers

    def server(self, command, port, cpus, folder, name):
        kind = server.Server if self.is_ours else ForeignServer
        return kind(command(port, folder), "127.0.0.1", port, cpus, folder, name)


class ForeignServer(server.Server):
    """A server that has no options of this project: the command has its port, and it listens when it accepts a connection."""

    def __init__(self, command, host, port, cpus, folder, name):
        super().__init__(command, host, port, cpus, folder, name)
        self.command = self.command[:3 + len(command)]  # taskset -c CPUS and the command itself

    def listens(self):
        return server.accepts(self.host, self.port)


# --- this project, and the programs with the same options

def files(folder):
    return folder / "files"


def _ours(program, *flags):
    def prepare(_options, _say):
        if not (RELEASE / program).is_file():
            build.run("duel", ["cmake", "--build", "--preset", "release", "--target", "server", "null_server"], cwd=ROOT)
        return "this commit", lambda _port, folder: [str(RELEASE / program), *flags, "--no-config", "--threads=1",
                                                     f"--static-dir={files(folder) / 'static'}"]
    return prepare


def _original(router):
    def prepare(options, say):
        go = options.go or originals.found_go() or shutil.which("go")
        if not go:
            raise BuildError("go is not installed")
        try:
            originals.build(str(go), [router], say, originals.FOLDER)
        except originals.Missing as missing:
            raise BuildError(str(missing)) from missing
        found = originals.facts({router: originals.FOLDER / router})
        version = ", ".join(text for name, text in found.items() if name in (f"originals_{router}", "originals_go"))
        return version, lambda _port, folder: [str(originals.FOLDER / router), f"--router={router}", "--threads=1",
                                               f"--static-dir={files(folder) / 'static'}"]
    return prepare


# --- toolchains

def _locked(file, pattern):
    return re.search(pattern, (HERE / file).read_text(encoding="utf-8"))[1]


def _require(tool):
    path = shutil.which(tool)
    if path is None:
        raise BuildError(f"{tool} is not installed")
    return path


def _crate(package, crate):
    def prepare(_options, _say):
        _require("cargo")
        target = OUT / "rust"
        # All of them, because a package alone has other features of what they share, and cargo would build that once more.
        build.run("servers-rust", ["cargo", "build", "--release", "--locked", "--workspace"], cwd=HERE / "rust",
                  env={**build.environ(), "CARGO_TARGET_DIR": str(target)})
        version = _locked("rust/Cargo.lock", rf'name = "{crate}"\nversion = "([^"]+)"')
        return f"{crate} {version}", lambda port, _folder: [str(target / "release" / f"rival-{package}"), str(port)]
    return prepare


def _fasthttp(_options, _say):
    _require("go")
    program = OUT / "fasthttp"
    build.run("servers-go", ["go", "build", "-mod=readonly", "-trimpath", "-o", str(program), "."], cwd=HERE / "go",
              env={**build.environ(), "GOTOOLCHAIN": "local"})
    return (f"fasthttp {_locked('go/go.mod', r'valyala/fasthttp v(.+)')}, {_first_line('go', 'version').split()[2]}",
            lambda port, _folder: [str(program), str(port)])


def _node(_options, _say):
    node = _require("node")
    return f"Node {_first_line(node, '--version')}", lambda port, _folder: [node, str(HERE / "js" / "node.js"), str(port)]


def _bun(_options, _say):
    _require("npm")
    folder = OUT / "js"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "js" / name, folder)
    build.run("servers-js", ["npm", "ci", "--no-audit", "--no-fund"], cwd=folder)
    bun = folder / "node_modules" / ".bin" / "bun"
    return f"Bun {_locked('js/package.json', r'.bun.: .([0-9.]+)')}", lambda port, _folder: [str(bun), str(HERE / "js" / "bun.js"), str(port)]


def _packaged(name, package, *arguments):
    def prepare(_options, _say):
        program = shutil.which(name, path="/usr/sbin:/usr/bin")
        if program is None:
            raise BuildError(f"Debian's package {package} is not installed")

        def command(port, folder):
            text = (HERE / "config" / f"{name}.conf").read_text(encoding="utf-8")
            for key, value in (("{port}", str(port)), ("{folder}", str(folder)), ("{user}", getpass.getuser())):
                text = text.replace(key, value)
            config = folder / f"{name}.conf"
            config.write_text(text, encoding="utf-8")
            return [program, *arguments, str(config)]
        version = _first_line("dpkg-query", "-W", "-f=${Version}", package)
        return f"Debian's {package} {version}", command
    return prepare


def _first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20, env=build.environ())
    return (done.stdout.strip().splitlines() or ["unknown"])[0]


ALL = {rival.name: rival for rival in (
    Rival("null", "this project's core without a router (bench/null)", _ours("null_server"), ONLY_PING, is_ours=True),
    Rival("duel-gin", "this project, Gin style", _ours("server", "--router=gin"), bodies="files", is_ours=True),
    Rival("duel-gin-again", "the same again (A/A): the difference is noise", _ours("server", "--router=gin"), bodies="files", is_ours=True),
    Rival("duel-beego", "this project, Beego style", _ours("server", "--router=beego"), bodies="files", is_ours=True),
    Rival("may_minihttp", "Rust, coroutines", _crate("may_minihttp", "may_minihttp")),
    Rival("hyper", "Rust, on tokio", _crate("hyper", "hyper")),
    Rival("actix-web", "Rust framework", _crate("actix", "actix-web")),
    Rival("ntex", "Rust framework", _crate("ntex", "ntex")),
    Rival("fasthttp", "Go, without net/http", _fasthttp),
    Rival("gin", "Go framework", _original("gin"), bodies="files", is_ours=True),
    Rival("echo", "Go framework", _original("echo"), bodies="files", is_ours=True),
    Rival("beego", "Go framework", _original("beego"), bodies="files", is_ours=True),
    Rival("nginx", "C", _packaged("nginx", "nginx-light", "-c"), ONLY_FILES, bodies="files; /ping and /json: its configuration"),
    Rival("h2o", "C", _packaged("h2o", "h2o", "-c"), ONLY_FILES, bodies="files, also /ping and /json"),
    Rival("lighttpd", "C", _packaged("lighttpd", "lighttpd", "-D", "-f"), ONLY_FILES, bodies="files, also /ping and /json"),
    Rival("node", "JavaScript, node:http", _node),
    Rival("bun", "JavaScript, Bun.serve", _bun),
)}


def prepare(names, options, say):
    """Returns ({name: (version, command)}, {name: why it is missing})."""
    found, missing = {}, {}
    for name in names:
        try:
            found[name] = ALL[name].prepare(options, say)
        except BuildError as error:
            missing[name] = str(error)
    return found, missing
