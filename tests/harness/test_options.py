"""Every option of every program and script refuses what it cannot use, before anything is built or started: one sentence on
stderr that names the cause and the cure, and exit status 2.

BAD lists values per option. The test asks each parser for its options, and the folders for their programs, so a new option or a
new script fails until it has a row here.
"""

import argparse
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

from harness import __main__ as compare  # noqa: E402
from harness import called_functions, correctness, cpus, crowd, presets, records, resident, ruler, soak  # noqa: E402
from harness.errors import HarnessError  # noqa: E402
from harness.report import __main__ as report  # noqa: E402
from harness.scenarios import BY_NAME  # noqa: E402
from rivals import __main__ as rivals  # noqa: E402
from rivals import generate  # noqa: E402
from rivals.servers import __main__ as rival_servers  # noqa: E402
import report_records  # noqa: E402
from ports import free_ports  # noqa: E402

WHOLE = ["0", "-1", "+0", "1.5", "1e3", "nan", "inf", "-inf", "0x10", "1_0", " 1", "١", "x", "99999999999999999999", "9" * 5000]
NUMBER = ["0", "-1", "nan", "inf", "-inf", "1e999", "1_0", " 1", "0x1p3", "١", "x", "1,5", "9" * 5000]
SEED = [*(text for text in WHOLE if text not in ("0", "+0")), "2147483648"]
NAME = ["x", "ON", "on off", "true", "9" * 5000]
ADDRESS = ["foo", "localhost", "[::1]", "127.0.0.1:80", "127.1", "256.0.0.1", "192.0.2.1", "2001:db8::1", "224.0.0.1", "ff02::1",
           "255.255.255.255", "::1%lo", "http://127.0.0.1", "127.0.0.1/8", " 127.0.0.1"]
PORT = [*WHOLE, "65536", "any", "http"]
CPUS = ["x", "-1", "0-", "1-0", "0,,0", "0-99999999999", "9999", "٠", "0 1", "8191"]
CPU = [text for text in [*WHOLE, "8191", "8192", "0,1"] if text not in ("0", "+0")]
PROGRAM = ["/nowhere", "/", "/etc/passwd", "/etc/passwd/x", "x" * 300, "\udcff", "{loop}"]
FOLDER = ["{file}", "{file}/x", "/proc/x", "x" * 300, "{folder}" + "/x" * 2000, "\udcff", "{loop}", "{loop}/x", "{dangling}"]
SESSION = ["/nowhere", "{file}", "{loop}", "{empty}", "{other}", "x" * 300, "\udcff"]
SCENARIO = ["x", "s0", "s10", "router_styl", "ROUTER_STYLE", "gc,leak", "9" * 5000]
PLOT = ["x.png", "plot", ".svg", "{folder}/is.svg", "{file}/x.svg", "/proc/x.svg", "x" * 300 + ".svg", "{loop}/x.svg", "\udcff.svg"]

BAD = {
    "bench/compare": {
        "SCENARIO": SCENARIO, "--scenario": SCENARIO, "--rounds": [*WHOLE, "1001"],
        "--quick": ["x", "on"], "--list": ["x"], "--plan": ["x"],
        "--seconds": [*WHOLE, "3601"], "--warm-up": [*NUMBER, "0.09", "3601"], "--connections": [*WHOLE, "16385"],
        "--wrk-threads": [*WHOLE, "1025"], "--gin-pool": NAME, "--beego-pool": NAME, "--host": ADDRESS, "--port": PORT,
        "--attach": ["x", "127.0.0.1:80", "https://127.0.0.1", "http://", "http://:80", "http://127.0.0.1:0", "http://127.0.0.1:65536",
                     "http://127.0.0.1:x", "http://127.0.0.1/ping", "http://127.0.0.1?x", "http://me@127.0.0.1", "http://a b", "http://[::1",
                     " http://127.0.0.1", "http://127.0.0.1 ", "http://ä", "http://" + "9" * 5000 + ":80:"],
        "--admin": ["x", "http://127.0.0.1", "tcp://127.0.0.1:6060", "http://127.0.0.1:6060/metrics", "http://127.0.0.1:0"],
        "--path": ["ping", "http://127.0.0.1/ping", "/a b", "/a\n", "/ä", "/a#b", "\udcff"], "--pipeline": [*WHOLE, "257"],
        "--load-workers": ["x", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:8786/x"],
        "--server-cpus": CPUS, "--client-cpus": CPUS, "--server": PROGRAM, "--null-server": PROGRAM,
        "--duel-load": PROGRAM, "--results": FOLDER, "--with-originals": ["x", "on"], "--without-originals": ["x"], "--go": PROGRAM,
        "--originals": ["/nowhere", "{file}", "{loop}", "x" * 300],
        "--plot": PLOT, "--seed": SEED, "--full": ["x", "on"], "--docker": ["x", "on"], "--check": ["x"],
        "--rate": [*NUMBER, "0.9", "1000001"], "--p99-ms": [*NUMBER, "0.9", "10001"],
        "--verify": SESSION, "--resume": SESSION,
        "--replay": ["x", "1", "9" * 5000, "6B1F0B1E-0B6C-4D5C-8F2E-0D6B3C1A9E11", "{6b1f0b1e-0b6c-4d5c-8f2e-0d6b3c1a9e11}",
                     "6b1f0b1e-0b6c-4d5c-8f2e-0d6b3c1a9e11"],
    },
    "bench/report": {"DIR": ["/nowhere", "{file}", "{folder}/empty", "{loop}", "x" * 300], "--output": FOLDER,
                     "--markdown": [text.replace(".png", ".pdf").replace(".svg", ".md") for text in PLOT]},
    "bench/soak": {
        "--router": NAME, "--minutes": [*NUMBER, "0.1", "10081"], "--rate": [*NUMBER, "100001"], "--clients": [*WHOLE, "10001"],
        "--threads": [*WHOLE, "257"], "--host": ADDRESS, "--port": PORT, "--server": PROGRAM, "--seed": SEED,
        "--plot": [text.replace(".png", ".pdf") for text in PLOT],
    },
    "bench/load/cost": {"--rounds": [*WHOLE, "1001"], "--seconds": [*WHOLE, "3601"], "--server-cpu": CPU, "--client-cpu": CPU},
    "tests/harness/check_lying_server": {"--duel-load": PROGRAM},
    "bench/correctness": {"--write": ["x", "on"], "--programs": ["/nowhere", "{file}", "{loop}", "x" * 300]},
    "bench/crowd/run": {
        "--rounds": [*WHOLE, "1001"], "--seconds": [*NUMBER, "0.04", "6"], "--warm-up": [*NUMBER, "0.009", "6"],
        "--max-connections": [*WHOLE, "511", "4001"], "--port": [*PORT, "65519"], "--server-cpus": CPUS, "--client-cpus": CPUS, "--write": ["x", "on"],
    },
    "bench/ruler/run": {"--write": ["x", "on"], "--program": PROGRAM},
    "bench/resident/order": {"--write": ["x", "on"], "--program": PROGRAM},
    "bench/resident/run": {"--write": ["x", "on"], "--program": PROGRAM},
    "bench/rivals/run": {
        "--rounds": [*WHOLE, "1001"], "--slice-ms": [*NUMBER, "10001"], "--only": ["x", "gin,gin", "gin,", ",", "Gin"],
        "--cpu": CPU, "--write": ["x", "on"],
    },
    "bench/rivals/servers/run": {
        "--list": ["x"], "--plan": ["x"], "--write": ["x", "on"], "--conformance": ["x"], "--servers": ["x", "gin,gin", "gin,", ",", "Gin"],
        "--loads": ["x", "ping-64,ping-64", "ping"], "--rounds": [*WHOLE, "1001"], "--seconds": [*NUMBER, "0.05", "3601"],
        "--warm-up": [*NUMBER, "0.05", "3601"], "--idle": [text for text in [*WHOLE, "16001"] if text not in ("0", "+0")], "--port": PORT,
        "--server-cpus": CPUS, "--client-cpus": CPUS, "--go": PROGRAM,
    },
    "bench/rivals/compile_cost": {"RUNS": [text for text in [*WHOLE, "101"] if text != "-inf"]},
    "bench/rivals/generate.py": {"ROUTER_SETS": ["/nowhere", "{file}", "{loop}"], "TO": FOLDER},
    "bench/micro/plot": {"JSON": ["/nowhere", "{folder}", "{loop}", "\udcff"], "PNG": [text.replace(".png", ".pdf") for text in PLOT]},
    "tests/bench/load/check_oha": {"--rounds": [*WHOLE, "1001"], "--seconds": [*WHOLE, "3601"], "--port": PORT},
    "tests/foreign/run": {"--preset": [*NAME, "fuzz", "../dev"], "SUITE": ["x", "Go", "go,desync"]},
    "tests/context/check": {"--style": NAME, "--program": PROGRAM, "DIR": ["/nowhere", "{file}", "{loop}"]},
    "tests/routing/check": {"--style": NAME, "DIR": ["/nowhere", "{file}", "{loop}"]},
}
# Arguments that the options before the bad one need. {json} is a report, {folder} an empty folder.
BEFORE = {("bench/rivals/generate.py", "TO"): ["{folder}"], ("bench/micro/plot", "PNG"): ["{json}"],
          ("tests/routing/check", "DIR"): ["--style=gin"],
          **{("tests/context/check", option): ["--style=gin"] for option in ("--program", "DIR")},
          **{("bench/report", option): ["{records}"] for option in ("--output", "--markdown")}}
GOOD = {
    "bench/compare": [
        [], ["s7"], ["--scenario=s7"], ["--rounds=1000"], ["--host=::1"], ["--host=::ffff:127.0.0.1"], ["--host=0.0.0.0"], ["--seed=0"], ["--seed=" + "0" * 30 + "7"],
        ["--results={folder}/a/b"], ["--plot={folder}/a/b.svg"], ["--rounds=2", "--rounds=2"], ["--server={program}"], ["--full"],
        ["gc", "--quick", "leak"], ["all"], ["all", "--rate=5"], ["--list"], ["--list", "gc"], ["--plan", "gc", "s5"], ["gc", "s1", "--with-originals"],
        ["smallest_box", "--rate=1e3", "--p99-ms=.5e1"], ["--with-originals", "--go={program}"], ["gc", "--without-originals"],
        ["--verify={session}"]],
    "bench/report": [["{records}"], ["{records}", "--output={folder}/a/b", "--markdown={folder}/a/b.md"]],
    "bench/soak": [[], ["--minutes=.5", "--rate=1e3", "--plot={folder}/a.png"]],
    "bench/load/cost": [[], ["--rounds=1"]],
    "bench/rivals/run": [[], ["--slice-ms=1.5", "--only=gin,r3", "--write"]],
    "bench/rivals/servers/run": [[], ["--list"], ["--plan", "--servers=hyper,gin", "--loads=ping-64", "--seconds=1.5", "--idle=0"], ["--write", "--go={program}"]],
    "tests/harness/check_lying_server": [[], ["--duel-load={program}"]],
    "bench/correctness": [[], ["--write", "--programs={folder}"]],
    "bench/crowd/run": [[], ["--write", "--rounds=5", "--seconds=.5", "--max-connections=4000", "--port=65518"]],
    "bench/ruler/run": [[], ["--write", "--program={program}"]],
    "bench/resident/order": [[], ["--write", "--program={program}"]],
    "bench/resident/run": [[], ["--write", "--program={program}"]],
    "bench/rivals/compile_cost": [[], ["3"]],
    "bench/rivals/generate.py": [["{folder}", "{folder}/new"]],
    "bench/micro/plot": [["{json}"], ["{json}", "{folder}/a.svg"]],
    "tests/bench/load/check_oha": [[], ["--rounds=1", "--port=8081"]],
    "tests/foreign/run": [[], ["--preset=clang", "go", "desync"]],
    "tests/context/check": [["--style=gin"], ["--style=beego", "--program={program}", "{folder}"]],
    "tests/routing/check": [["--style=gin"], ["--style=beego", "{folder}"]],
}
# Options that are right alone and wrong together. {cpu} is a CPU of this machine, {all} is the list of all.
TOGETHER = {
    "bench/compare": [
        (["--wrk-threads=4", "--connections=3"], "4 threads, 3 connections; lower --wrk-threads"),
        (["--rounds=3", "--rounds=5"], "--rounds: given twice, as 3 and as 5; give it once"),
        (["--scenario=gc", "--scenario=leak"], "given twice"),
        (["--scenario=gc", "leak"], "SCENARIO: --scenario=gc is given too; name every scenario without --scenario="),
        (["gc", "--quick", "gc"], "SCENARIO: gc is named twice; name it once"),
        (["s1", "router_style"], "SCENARIO: router_style is named twice; name it once"),
        (["all", "s5"], "SCENARIO: leak is named twice, because all contains it; name it once"),
        (["--quick", "--full"], "--quick: --full is given too; leave one of the two out"),
        (["--list", "--plan"], "--list: --plan is given too"),
        (["--list", "--attach=http://127.0.0.1:1"], "--list: --attach is given too"),
        (["--plan", "--attach=http://127.0.0.1:1"], "--plan: --attach is given too"),
        (["--plan", "--load-workers=tcp://127.0.0.1:1"], "--plan: --load-workers is given too"),
        (["gc", "leak", "--plot={folder}/a.svg"], "--plot: there is a plot for each of the 2 scenarios; name one scenario"),
        (["memory", "leak", "--rounds=7"], "--rounds: 7 is too small for the scenario leak"),
        (["--attach=http://127.0.0.1:1", "gc"], "SCENARIO: --attach measures a server that already runs"),
        (["leak", "--rounds=7"], "--rounds: 7 is too small for the scenario leak; use at least 8"),
        (["leak", "--connections=10001"], "too large for the scenario leak; use at most 10000"),
        (["--rate=1000"], "--rate: no part of the scenario router_style uses it; leave it out, or measure smallest_box"),
        (["gc", "--p99-ms=10"], "--p99-ms: no part of the scenario gc uses it"),
        (["gc", "leak", "--p99-ms=10"], "--p99-ms: none of these scenarios uses it; leave it out, or measure smallest_box"),
        (["overhead", "--port=65535"], "uses the ports 65535 to 65540"),
        (["--server-cpus={all}"], "no CPU is left for the client"),
        (["--client-cpus={all}"], "no CPU is left for the server"),
        (["--server-cpus={cpu}", "--client-cpus={cpu}"], "overlap"),
        *[([option], f"{option.partition('=')[0]}: only a server that already runs is measured with this option; add --attach=") for option in (
            "--admin=http://127.0.0.1:6060", "--path=/ping", "--pipeline=16")],
        (["--load-workers=tcp://127.0.0.1:1"], "--load-workers: the scenario router_style is not loaded by duel-load alone; choose one that is"),
        (["scaling", "--load-workers=tcp://127.0.0.1:1"], "--load-workers: tcp://127.0.0.1:1 does not accept connections"),
        (["--with-originals", "--without-originals"], "--with-originals: --without-originals is given too; leave one of the two out"),
        (["--go={program}", "--without-originals"], "--go: --without-originals is given too"),
        (["gc", "--with-originals"], "--with-originals: no part of the scenario gc measures the originals; leave it out, or measure router_style"),
        (["gc", "--originals={folder}"], "--originals: no part of the scenario gc measures the originals"),
        (["--docker", "gc"], "SCENARIO: --docker measures the request of S1"),
        (["--docker", "--attach=http://127.0.0.1:1"], "--docker: --attach is given too"),
        (["--docker", "--rate=5"], "--rate: no part of the scenario container uses it"),
        (["--docker", "--server={program}"], "--server: with --docker the program of the image duel-server:"),
        (["--originals={folder}"], "--originals: there is no program at {folder}/gin; build it from bench/originals"),
        *[(["--attach=http://127.0.0.1:1", option], f"{option.partition('=')[0]}: --attach measures a server that already runs") for option in (
            "--scenario=gc", "--host=::1", "--port=8080", "--server-cpus={cpu}", "--server={program}", "--null-server={program}",
            "--gin-pool=on", "--beego-pool=on", "--seed=5", "--p99-ms=5", "--go={program}", "--originals={folder}", "--with-originals")],
        (["--attach=http://127.0.0.1:1", "--client-cpus=8191"], "--client-cpus: this process is not allowed to use CPU 8191"),
        (["--attach=http://127.0.0.1:1", "--wrk-threads=4", "--connections=3"], "4 threads, 3 connections; lower --wrk-threads"),
        (["--attach=http://127.0.0.1:1"], "--attach: GET http://127.0.0.1:1/ping is not answered (Connection refused)"),
        (["--attach=http://nobody.invalid"], "--attach: the host nobody.invalid is unknown"),
        (["--verify={session}", "--resume={session}"], "--verify: --resume is given too; leave one of the two out"),
        (["--verify={session}", "--rounds=3"], "--rounds: --verify takes its options from the records; leave one of the two out"),
        (["--replay=6b1f0b1e-0b6c-4d5c-8f2e-0d6b3c1a9e11", "--seed=3"], "--seed: --replay takes its options from the records"),
        (["--replay=6b1f0b1e-0b6c-4d5c-8f2e-0d6b3c1a9e11", "--results={empty}"], "--replay: no session in {empty} has a run 6b1f0b1e-"),
    ],
    "bench/report": [(["{records}", "{records}"], "DIR: a folder is named twice; name it once"),
                     (["{records}", "{records}/raw"], "--output: 2 folders are merged")],
    "bench/soak": [(["--clients=1000", "--rate=1"], "wait 1,000 s between two requests"),
                   (["--router=gin", "--router=beego"], "given twice")],
    "bench/load/cost": [(["--server-cpu={cpu}", "--client-cpu={cpu}"], "are both")],
    "bench/rivals/run": [(["--rounds=1", "--rounds=2"], "given twice")],
}
# Scripts without a parser: arguments that they refuse.
SCRIPTS = {
    ".ci/run": [["x"], [""]],
    "bench/leak": [["--scenario=gc"], ["gc"], ["--rounds=7"], ["--rounds="], ["x"]],
    "bench/rivals/timed.py": [[], ["x"]],
    "tests/compile_fail/expect_error": [[], ["x"]],
    "tests/fuzz/run": [["0"], ["-1"], ["nan"], [""], ["1.5"], ["9" * 30], ["1", "nobody"], ["1", ""], ["--minimise", "nobody"]],
    "tests/harness/check_originals": [["x"], ["--seconds=0"], ["--scenario=gc"], ["--without-originals"]],
    "tests/harness/check_smallest_box": [["x"], ["--seconds=0"], ["--rate=5"], ["--scenario=gc"]],
    "tests/docker/engine": [["-x"], ["--help"], [""], ["a", "b"]],
    "tests/hardening/check": [[], ["/nowhere"], ["/bin/true", "x"]],
    "tests/install/check": [[], ["/nowhere", "g++"], ["/tmp", "no-compiler"]],
    "tests/packaging/check": [[], ["/nowhere"], ["/tmp"]],
    "tests/packaging/chroot": [[], ["/nowhere"], ["/tmp"]],
    "tests/routing/gin_generate.py": [[], ["/nowhere", "x", "1"], ["/tmp", "x", "0"], ["/tmp", "x", "-1"], ["/tmp", "x", "nan"]],
    "tests/run": [["x"], [""], ["fuzz"], ["--help"]],
    "tools/docs": [["x"], ["--check"], [""]],
    "tools/format": [["x"], ["--chekc"], [""], ["--check", "x"]],
    "tools/install": [["x"], [""], ["--only="], ["--only=no-part"], ["--only=bench", "x"]],
    "tools/tidy": [["/nowhere.cc"], ["--fix"], [""], ["README.md"]],
}
STAND_INS = {"tests/harness/lying_server.py", "tests/harness/stub_ab.py", "tests/harness/stub_docker.py", "tests/harness/stub_duel_load.py",
             "tests/harness/stub_originals.py",
             "tests/harness/stub_server.py", "tests/harness/stub_wrk.py"}


def load(name):
    """The module of a program whose file has no suffix."""
    loader = importlib.machinery.SourceFileLoader("script_" + name.replace("/", "_"), str(ROOT / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


sys.path.insert(0, str(ROOT / "tests" / "routing"))
COST = load("bench/load/cost")
# Per program: its parser, and the function that reads a whole command line.
PROGRAMS = {
    "bench/compare": (compare.parser, lambda arguments: compare.parse_arguments(["--check", *arguments])),
    "bench/report": (report.parser, report.parse_arguments),
    "bench/soak": (soak.parser, soak.parse_arguments),
    "bench/rivals/run": (rivals.parser, rivals.parse_options),
    "bench/rivals/servers/run": (rival_servers.parser, rival_servers.parse_arguments),
    "bench/crowd/run": (crowd.parser, crowd.parse_arguments),
    "bench/load/cost": (COST.parser, COST.parse_arguments),
    **{name: (module.parser, lambda arguments, module=module: module.parser().parse_args(arguments)) for name, module in (
        ("tests/harness/check_lying_server", load("tests/harness/check_lying_server")), ("bench/correctness", correctness), ("bench/ruler/run", ruler),
        ("bench/resident/order", called_functions), ("bench/resident/run", resident),
        ("bench/rivals/compile_cost", load("bench/rivals/compile_cost")), ("bench/rivals/generate.py", generate),
        ("bench/micro/plot", load("bench/micro/plot")), ("tests/foreign/run", load("tests/foreign/run")),
        ("tests/bench/load/check_oha", load("tests/bench/load/check_oha")),
        ("tests/context/check", load("tests/context/check")), ("tests/routing/check", load("tests/routing/check")))},
}


def run_script(name, arguments, variables={}):
    """Returns the status and what was printed. A script that does not refuse its arguments finds no program to do its work with:
    the only folder in PATH has the few that a check needs."""
    with tempfile.TemporaryDirectory() as folder:
        for tool in ("bash", "env", "dirname", "grep", "sed", "ls", "xargs", "echo"):
            os.symlink(shutil.which(tool), os.path.join(folder, tool))
        os.symlink("/usr/bin/python3", os.path.join(folder, "python3"))
        command = [sys.executable, "-B", ROOT / name] if name.endswith(".py") else [ROOT / name]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, **variables, "PATH": folder})
        return done.returncode, done.stdout, done.stderr


def name_of(action):
    return next((option for option in action.option_strings if option.startswith("--")), action.metavar)


class Options(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        (cls.folder / "file").write_text("{}")
        (cls.folder / "is.svg").mkdir()
        (cls.folder / "is.md").mkdir()
        os.symlink("loop", cls.folder / "loop")
        os.symlink("nothing", cls.folder / "dangling")
        (cls.folder / "empty").mkdir()
        for name, number in (("session", records.FORMAT), ("other", records.FORMAT + 1)):
            (cls.folder / name / "raw").mkdir(parents=True)
            (cls.folder / name / "raw" / "session.json").write_text(f'{{"format": {number}}}')
        report_records.write(cls.folder / "records")
        available = sorted(os.sched_getaffinity(0))
        cls.names = {"file": cls.folder / "file", "folder": cls.folder, "loop": cls.folder / "loop", "json": cls.folder / "file",
                     "dangling": cls.folder / "dangling", "empty": cls.folder / "empty", "session": cls.folder / "session",
                     "other": cls.folder / "other", "records": cls.folder / "records", "program": HERE / "stub_server.py", "cpu": available[0],
                     "all": cpus.text(available)}

    def setUp(self):
        # The ports of the defaults may be busy; a port that was just free is not.
        self.port = free_ports()
        self.require_groups = self.enterContext(unittest.mock.patch.object(compare.cgroup, "require"))

    def fill(self, text):
        return re.sub(r"\{(\w+)\}", lambda found: str(self.names[found[1]]), text)

    def read(self, program, arguments):
        """Returns the exit status (None if the options are accepted), stdout and stderr."""
        arguments = [self.fill(argument) for argument in arguments]

        def lacks(option):
            return option in BAD[program] and not any(argument.startswith(option) for argument in arguments)

        # An attached server has its own port, and a recorded session its own options.
        has_own = any(argument.startswith(("--attach", "--verify", "--resume", "--replay")) for argument in arguments)
        added = [f"--port={self.port}"] if lacks("--port") and not has_own else []
        if program == "bench/soak" and lacks("--server"):  # which builds nothing, so its default may be missing
            added.append(f"--server={self.names['program']}")
        out, err = io.StringIO(), io.StringIO()
        status = None
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                PROGRAMS[program][1]([*added, *arguments])
            except SystemExit as end:
                status = end.code
        return status, out.getvalue(), err.getvalue()

    def assert_refused(self, program, arguments, option="", cause=""):
        status, out, err = self.read(program, arguments)
        context = f"{program} {[argument[:80] for argument in arguments]}: {err}"
        self.assertEqual((status, out), (2, ""), context)
        self.assertRegex(err, rf"\A{re.escape(program)}: {re.escape(option)}[^\n]+; [^\n]+\n\Z", context)
        self.assertLess(len(err), 400 + len(str(self.folder)) * 2 + 4096 * ("/x/x" in err), context)
        self.assertIn(cause, err, context)

    def test_every_option_has_bad_values_and_refuses_them(self):
        for program, (parser, _) in PROGRAMS.items():
            actions = [action for action in parser()._actions if not isinstance(action, argparse._HelpAction)]
            self.assertEqual({name_of(action) for action in actions}, set(BAD[program]),
                             f"{program}: the table BAD must have exactly the options of the program")
            for action in actions:
                name = name_of(action)
                self.assertTrue(BAD[program][name], name)
                before = BEFORE.get((program, name), [])
                takes_value = action.nargs != 0
                for bad in BAD[program][name] + [""] * takes_value:
                    with self.subTest(program=program, option=name, value=bad[:80]):
                        self.assert_refused(program, [*before, f"{name}={bad}" if action.option_strings else bad], f"{name}: ")
                if action.option_strings and takes_value:
                    with self.subTest(program=program, option=name, value=None):
                        self.assert_refused(program, [*before, name], f"{name}: ")

    def test_a_refusal_is_short_and_true(self):
        for option, bad, cause in (("--port", "0" * 30 + "70000", "is too large"), ("--port", "-" + "9" * 30, "is too small"),
                                   ("--server-cpus", "0-8191", "this process is not allowed to use CPU ")):
            self.assert_refused("bench/compare", [f"{option}={bad}"], f"{option}: ", cause)

    def test_good_values_are_accepted(self):
        self.assertEqual(set(GOOD), set(PROGRAMS))
        for program, lines in GOOD.items():
            for line in lines:
                with self.subTest(program=program, line=line):
                    self.assertEqual(self.read(program, line), (None, "", ""))
        self.assertFalse((self.folder / "a").exists(), "a check leaves nothing behind")
        self.assertEqual([path.name for path in self.folder.iterdir() if path.name.startswith(".")], [])

    def test_a_default_that_cannot_be_used_is_refused(self):
        (self.folder / "bench").write_text("a file where bench/results belongs")
        with unittest.mock.patch.object(soak.environment, "ROOT", self.folder):
            self.assert_refused("bench/soak", [], "--plot: ", "is not a folder")
        for place, name in (((rivals, "RESULTS"), "results"), ((rivals.build, "OUT"), "build")):
            with unittest.mock.patch.object(*place, self.folder / "bench" / "results"):
                self.assert_refused("bench/rivals/run", [], f"{name}: ", "is not a folder")
        (self.folder / "report.json").write_text("{}")
        (self.folder / "report.png").mkdir()
        self.addCleanup((self.folder / "report.png").rmdir)
        status, out, err = run_script("bench/micro/plot", [self.folder / "report.json"])
        self.assertEqual((status, out), (2, ""), err)
        self.assertRegex(err, r"\Abench/micro/plot: PNG: [^\n]+ is a folder; [^\n]+\n\Z")

    def test_options_that_contradict_each_other_are_refused(self):
        for program, lines in TOGETHER.items():
            for line, cause in lines:
                with self.subTest(program=program, line=line):
                    self.assert_refused(program, line, cause=self.fill(cause))

    def test_a_scenario_with_limits_needs_the_right_to_make_groups(self):
        self.require_groups.side_effect = HarnessError("this user cannot make a control group (no right); run this as root")
        self.assert_refused("bench/compare", ["smallest_box"], cause="this user cannot make a control group")
        self.assertEqual(self.read("bench/compare", ["gc"])[0], None)

    def test_a_scenario_that_this_machine_cannot_run_is_left_out_of_all(self):
        self.require_groups.side_effect = HarnessError("this user cannot make a control group (no right); run this as root")
        call = compare.parse_arguments(["--check", f"--port={self.port}", "all"])
        self.assertEqual([options.scenario for options in call.scenarios], [name for name in BY_NAME if name != "smallest_box"])
        self.assertEqual(call.left_out, ("smallest_box is left out: this user cannot make a control group (no right); run this as root",))

    def test_a_preset_gives_what_the_command_line_leaves_out(self):
        def values(*flags):
            (found,) = compare.parse_arguments(["--check", f"--port={self.port}", *flags]).scenarios
            return found.rounds, found.seconds, found.warm_up, found.connections, found.rate

        for flag, preset in (("--quick", presets.QUICK), ("--full", presets.FULL), ("--check", presets.DEFAULT)):
            for name, module in BY_NAME.items():
                row = module.PRESETS[preset]
                self.assertEqual(values(flag, name), (row["rounds"], row["seconds"], row["warm_up"], row["connections"], row.get("rate")), name)
        self.assertEqual(values("--quick", "wildcards", "--rounds=4", "--connections=7"), (4, 1, 0.3, 7, None))

    def test_each_scenario_of_a_call_has_its_own_values(self):
        gc, box = compare.parse_arguments(["--check", f"--port={self.port}", "gc", "smallest_box", "--rate=5", "--rounds=9"]).scenarios
        self.assertEqual((gc.scenario, gc.rounds, gc.rate, gc.seconds), ("gc", 9, None, 3))
        self.assertEqual((box.scenario, box.rounds, box.rate, box.seconds), ("smallest_box", 9, 5, 2))

    def test_wrk_has_one_thread_per_cpu_of_the_client_and_with_full_the_articles_load(self):
        def load(*flags):
            (found,) = compare.parse_arguments(["--check", f"--port={self.port}", *flags]).scenarios
            return found.wrk_threads, found.connections, found.seconds

        _, client = cpus.choose(None, None)
        self.assertEqual(load("--seconds=1"), (min(len(client), 512), 512, 1))
        self.assertEqual(load("--connections=1", "--seconds=1"), (1, 1, 1))
        self.assertEqual(load("--full", "context_pool"), (4, 512, 60))
        self.assertEqual(load("--full", "context_pool", "--wrk-threads=2"), (2, 512, 60))
        self.assertEqual(load("--full"), (4, 512, 2))  # many short rounds, see router_style.py

    def test_what_is_unknown_is_refused_with_a_suggestion(self):
        for program in PROGRAMS:
            before = {"bench/rivals/generate.py": ["{folder}", "{folder}"], "bench/rivals/compile_cost": ["1"],
                      "bench/micro/plot": ["{json}", "x.png"], "bench/report": ["{records}"], "tests/context/check": ["--style=gin", "{folder}"],
                      "tests/routing/check": ["--style=gin", "{folder}"]}.get(program, [])
            # bench/report takes any number of folders, so a stray word is one of them.
            for unknown in ("--nonsense", "--nonsense=1", "-z", *(["stray"] if program != "bench/report" else [])):
                with self.subTest(program=program, unknown=unknown):
                    self.assert_refused(program, [*before, unknown], cause="is unknown; ")
        for program, misspelt, meant in (("bench/compare", "--round=5", "--rounds"), ("bench/compare", "--sever=x", "--server"),
                                         ("bench/soak", "--minute=5", "--minutes"), ("tests/routing/check", "--stile=gin", "--style")):
            with self.subTest(misspelt):
                given = ["--style=gin"] if program in ("tests/context/check", "tests/routing/check") else []
                self.assert_refused(program, [*given, misspelt], cause=f"did you mean {meant}?")
        self.assert_refused("bench/compare", ["overhaed"], cause="did you mean 'overhead'? choose from router_style, ")
        self.assert_refused("bench/soak", ["--router=gim"], cause="did you mean 'gin'?")

    def test_a_port_that_another_process_uses_is_refused(self):
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6), ("0.0.0.0", socket.AF_INET)):
            with self.subTest(host), socket.socket(family) as other:
                other.bind((host, 0))
                other.listen(0)
                port = other.getsockname()[1]
                for program in ("bench/compare", "bench/soak"):
                    self.assert_refused(program, [f"--host={host}", f"--port={port}"], cause=f"port {port} on {host} is busy")
        port = free_ports() + 5
        with socket.socket() as other:  # a listener on every address, and one of the row of ports that the scenario uses
            other.bind(("0.0.0.0", port))
            other.listen(0)
            self.assert_refused("bench/compare", [f"--port={port}"], cause="is busy")
            self.assert_refused("bench/compare", ["--scenario=overhead", f"--port={port - 5}"], cause=f"port {port} on 127.0.0.1 is busy")

    def test_more_connections_than_open_files_are_refused(self):
        for module, flags, option in (("harness", ["--check", "--connections=300"], "--connections"),
                                      ("harness", ["--check", "overload"], "--connections"),
                                      ("harness.soak", ["--clients=300", f"--server={HERE / 'stub_server.py'}"], "--clients")):
            with self.subTest(module=module, flags=flags):
                command = f"ulimit -n 256; exec {sys.executable} -B -m {module} --port={self.port} {' '.join(flags)}"
                done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False,
                                      env={**os.environ, "PYTHONPATH": str(ROOT / "bench")}, timeout=60)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertRegex(done.stderr, rf"\A\S+: {option}: [0-9,]+ connections need [^\n]+ only 256; [^\n]+\n\Z")

    def test_every_script_refuses_wrong_arguments(self):
        for name, lines in SCRIPTS.items():
            for line in lines:
                with self.subTest(name=name, line=line):
                    status, out, err = run_script(name, line)
                    self.assertEqual((status, out), (2, ""), err)
                    self.assertRegex(err, r"\A[^\n]+; [^\n]+\n\Z")

    def test_variables_that_scripts_read_are_checked(self):
        for name, variable in (("tools/tidy", "DUEL_TIDY_PRESET"), ("tests/fuzz/run", "DUEL_FUZZ_PRESET")):
            for bad in ("x", ".*", "cl.ng"):
                with self.subTest(name=name, bad=bad):
                    status, out, err = run_script(name, [], {variable: bad})
                    self.assertEqual((status, out), (2, ""), err)
                    self.assertRegex(err, rf"\A{name}: {variable}='{re.escape(bad)}' is unknown; [^\n]+\n\Z")

    def plot(self, report):
        """Runs bench/micro/plot with a report that has this text."""
        (self.folder / "report.json").write_text(report)
        return subprocess.run([ROOT / "bench/micro/plot", self.folder / "report.json", self.folder / "report.png"],
                              capture_output=True, text=True, check=False, timeout=60)

    def test_a_report_that_cannot_be_drawn_is_refused(self):
        run = '{"benchmarks": [{"run_name": "parse/gin/lookup/seq", %s}], "context": {}}'
        for bad in ("", "[]", "null", "[" * 100_000, '{"benchmarks": [{}], "context": {}}', '{"benchmarks": [], "context": []}',
                    *(run % f'"cpu_time": {value}' for value in ('"x"', "null", "0", "-1", "NaN", "1e999", "true", "[]", "{}")),
                    *(run % f'"cpu_time": 1, "{name}": {value}' for name in ("allocs/op", "B/op") for value in ('"x"', "-1", "NaN"))):
            with self.subTest(bad=bad[:80]):
                done = self.plot(bad)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertRegex(done.stderr, r"\Abench/micro/plot: [^\n]+; make a report with router_bench [^\n]+\n\Z")
        strange = '{"cpu": "$\\\\frac{", "allocator": 3}'  # no formula of matplotlib, and no text
        done = self.plot((run % '"cpu_time": 1').replace("parse/", "$x_$/").replace("{}", strange))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_every_program_and_script_is_in_a_table(self):
        found = {str(path.relative_to(ROOT)) for top in (".ci", "bench", "tests", "tools") for path in (ROOT / top).rglob("*")
                 if path.is_file() and os.access(path, os.X_OK) and "results" not in path.parts}
        known = set(PROGRAMS) | set(SCRIPTS) | STAND_INS
        self.assertEqual(found - known, set(), "a new program needs rows in BAD, or in SCRIPTS if it has no parser")
        for name in known:
            self.assertTrue((ROOT / name).is_file(), name)


class BeforeTheBuild(unittest.TestCase):
    """bench/compare in a copy of the tree whose installer and cmake only write to a log."""

    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for folder in ("bench", "tools", "bin"):
            (self.root / folder).mkdir()
        for script in ("compare", "leak"):
            shutil.copy(ROOT / "bench" / script, self.root / "bench" / script)
        for name in ("harness", "load"):
            os.symlink(ROOT / "bench" / name, self.root / "bench" / name)
        os.symlink(HERE / "stub_wrk.py", self.root / "bin" / "wrk")
        self.log = self.root / "log"
        build = f"mkdir -p {self.root}/build/release; ln -sf {HERE}/stub_server.py {self.root}/build/release/server"
        for program, does in (("tools/install", "true"), ("bin/cmake", build)):
            logged = f"{program} $*" if program == "tools/install" else program
            (self.root / program).write_text(f"#!/bin/sh\necho {logged} >>{self.log}\n{does}\n")
            (self.root / program).chmod(0o755)
        self.port = free_ports()

    def run_script(self, script, *flags, **variables):
        done = subprocess.run([self.root / "bench" / script, *flags], capture_output=True, text=True, check=False, timeout=120,
                              env={**os.environ, "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", **variables})
        return done, self.log.read_text().splitlines() if self.log.exists() else []

    def without_matplotlib(self, user, install="true"):
        """The variables of a machine where matplotlib is missing; `user` calls bench/compare, and `install` is what installs it."""
        (self.root / "bin" / "id").write_text(f"#!/bin/sh\necho {user}\n")
        (self.root / "bin" / "id").chmod(0o755)
        (self.root / "missing").mkdir()
        (self.root / "missing" / "matplotlib.py").write_text("raise ImportError\n")
        with open(self.root / "tools" / "install", "a", encoding="ascii") as script:
            script.write(f'[ "$1" != --only=plots ] || {install}\n')
        return {"PYTHONPATH": str(self.root / "missing")}

    def test_a_wrong_option_installs_and_builds_nothing(self):
        for script, flag in (("compare", "--port=65536"), ("compare", "--host=foo"), ("compare", f"--results={self.log.parent}/bench/compare"),
                             ("compare", "--scenario=x"), ("compare", "--server=/nowhere"), ("leak", "--rounds=7"), ("leak", "--scenario=gc")):
            with self.subTest(script=script, flag=flag):
                done, steps = self.run_script(script, flag)
                self.assertEqual((done.returncode, done.stdout, steps), (2, "", []), done.stderr)
                self.assertRegex(done.stderr, r"\Abench/compare: --[^\n]+; [^\n]+\n\Z")

    def test_a_busy_port_installs_and_builds_nothing(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", self.port))
            other.listen()
            done, steps = self.run_script("compare", f"--port={self.port}")
        self.assertEqual((done.returncode, done.stdout, steps), (2, "", []), done.stderr)
        self.assertIn("is busy", done.stderr)

    def test_the_check_does_without_what_is_installed_while_the_build_runs(self):
        code = f"import sys; sys.modules['matplotlib'] = None; from harness import __main__; sys.argv[1:] = ['--check', 'router_style', '--port={self.port}']; __main__.main()"
        done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "PYTHONPATH": str(ROOT / "bench")}, timeout=120)
        self.assertEqual((done.returncode, done.stdout), (0, "server null_server load\n"), done.stderr)

    def test_list_and_plan_install_and_build_nothing(self):
        for flags, said in ((["--list"], "router_style"), (["--plan", "memory"], "# memory: ")):
            with self.subTest(flags=flags):
                done, steps = self.run_script("compare", *flags, f"--port={self.port}")
                self.assertEqual((done.returncode, done.stderr, steps), (0, "", []))
                self.assertIn(said, done.stdout)

    def test_right_options_install_build_and_measure(self):
        done, steps = self.run_script("compare", "memory", "--rounds=1", f"--port={self.port}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(steps, ["tools/install --only=programs,bench,presets", "bin/cmake", "bin/cmake"])
        self.assertIn("Memory at rest", done.stdout)

    def test_matplotlib_is_installed_beside_the_build_or_before_it_without_root(self):
        variables = self.without_matplotlib(1000)
        done, steps = self.run_script("compare", "memory", "--rounds=1", f"--port={self.port}", **variables)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        expected = ["tools/install --only=programs,bench,presets", "tools/install --only=plots", "bin/cmake", "bin/cmake"]
        self.assertEqual(steps, expected)
        (self.root / "bin" / "id").write_text("#!/bin/sh\necho 0\n")
        self.log.unlink()
        done, steps = self.run_script("compare", "memory", "--rounds=1", f"--port={self.port}", **variables)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual((steps[0], sorted(steps)), (expected[0], sorted(expected)))

    def test_nothing_is_measured_if_matplotlib_cannot_be_installed(self):
        done, _ = self.run_script("compare", "memory", "--rounds=1", f"--port={self.port}", **self.without_matplotlib(0, "exit 1"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, r"\Abench/compare: python3-matplotlib could not be installed, [^\n]+; call [^\n]+\n\Z")
        self.assertNotIn("Memory at rest", done.stdout)

    def test_a_build_that_fails_waits_for_what_is_being_installed(self):
        os.mkfifo(self.root / "gate")  # the installation ends when the build has failed
        variables = self.without_matplotlib(0, f"{{ read line <{self.root}/gate; echo installed >>{self.log}; }}")
        (self.root / "bin" / "cmake").write_text(f"#!/bin/sh\n(sleep 0.2; echo go >{self.root}/gate) &\nexit 1\n")
        done, steps = self.run_script("compare", "memory", f"--port={self.port}", **variables)
        self.assertEqual((done.returncode, steps[-1]), (1, "installed"), done.stdout + done.stderr)
        self.assertIn("the build failed", done.stderr)

    def test_the_output_tells_that_matplotlib_is_missing_before_anything_is_measured(self):
        code = ("import sys; sys.modules['matplotlib'] = None; from harness import drawing, errors\n"
                "try: drawing.require()\nexcept errors.HarnessError as error: print(error)")
        done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=True, timeout=120,
                              env={**os.environ, "PYTHONPATH": str(ROOT / "bench")})
        self.assertRegex(done.stdout, r"^matplotlib, which draws the plots, cannot be used \([^\n]+\); call tools/install --only=plots\n$")


if __name__ == "__main__":
    unittest.main()
