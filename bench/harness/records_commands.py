"""The commands of bench/compare about records that exist: --verify, --resume and --replay."""

import uuid

from harness import conclusion, found as records_of, options as kinds, records, replay, verify
from harness.errors import HarnessError
from harness.scenarios import ALIASES, BY_NAME

NAMES = ("verify", "resume", "replay")
BESIDE = {"replay": ("--results",)}  # options that may stand beside the command


def add_options(add):
    add("--verify", type=sessions_folder, metavar="DIR", help="compute every figure of a session again from its raw files, and compare; measure nothing")
    add("--resume", type=sessions_folder, metavar="DIR", help="continue an interrupted session, or a call with several scenarios, with its own options")
    add("--replay", type=run_id, metavar="RUN_ID", help="make one run of a session in --results again, and print both beside each other")


def session_folder(text):
    folder = kinds.readable_folder(text)
    try:
        records.Records(folder)
    except HarnessError as error:
        kinds.refuse(text, f"is no folder of records ({error})", "name one as bench/compare prints it")
    return folder


def sessions_folder(text):
    """The folder of one session, or of those of a call with several scenarios."""
    folder = kinds.readable_folder(text)
    for each in verify.sessions_in(folder) or [folder]:
        session_folder(str(each))
    return folder


def run_id(text):
    """A UUID, as the column run_id has it."""
    try:
        if str(uuid.UUID(text)) == text:
            return text
    except ValueError:
        pass
    kinds.refuse(text, "is no run_id", "give one of the column run_id in runs.csv")


def command_of(options):
    """The command that is given, without its value; None for a measurement."""
    given = [name for name in NAMES if getattr(options, name)]
    if len(given) > 1:
        raise HarnessError(f"--{given[0]}: --{given[1]} is given too; leave one of the two out")
    return given[0] if given else None


def read_options(given, arguments, parse_again):
    """The options of a command. `arguments` are those of the command line; parse_again() reads those of the recorded session."""
    name = command_of(given)
    require_alone(name, arguments)
    if name == "verify":
        return given
    folder = given.resume or replay.find(given.results, given.replay)
    found = records_of.read(folder)
    if name == "resume" and is_complete(folder):
        raise HarnessError(f"--resume: the session in {folder} is complete; --verify={folder} checks it")
    if name == "replay":
        replay.require_one_load(found.readings[given.replay])
    options = parse_again(recorded_arguments(found.session) + ["--check"] * given.check)
    options.resume, options.verify, options.replay = given.resume, None, given.replay and (folder, given.replay)
    if name == "replay":
        options.results = given.results
    return options


def is_call(folder):
    """Whether this is the folder of a call with several scenarios."""
    return folder is not None and not verify.is_session(folder)


def read_call(given, arguments, parse_again):
    """What is left of an interrupted call with several scenarios: (the call as parse_again() reads it, the options of the scenarios that are not
    complete, the folders of those that are). A scenario that had not begun begins."""
    require_alone("resume", arguments)
    folder = given.resume
    sessions = {each.session["scenario"]: each for each in map(records.Records, verify.sessions_in(folder))}
    first = next(iter(sessions.values())).session
    if len(sessions) < len(verify.sessions_in(folder)) or any(each.session["command"] != first["command"] for each in sessions.values()):
        raise HarnessError(f"--resume: {folder} has sessions of several calls; name the folder of one call or of one session")
    complete = [each.folder for each in sessions.values() if is_complete(each.folder)]
    call, left = parse_again(call_arguments(first) + ["--check"] * given.check), []
    for options in call.scenarios:
        there = sessions.get(options.scenario)
        if there and there.folder in complete:
            continue
        options.resume, options.results, options.command = there and there.folder, folder, first["command"]
        left.append(options)
    if not left:
        raise HarnessError(f"--resume: all sessions in {folder} are complete; --verify={folder} checks them")
    return call, left, complete


def is_complete(folder):
    return (folder / conclusion.SUMS).exists()


def call_arguments(session):
    """The arguments of a call, with its seed."""
    return [*(word for word in session["command"][1:] if not word.startswith(("--seed=", "--check"))), f"--seed={session['options']['seed']}"]


def require_alone(name, arguments):
    allowed = (f"--{name}", "--check", *BESIDE.get(name, ()))
    others = [argument for argument in arguments if argument.startswith("--") and argument.partition("=")[0] not in allowed]
    if others:
        raise HarnessError(f"{others[0].partition('=')[0]}: --{name} takes its options from the records; leave one of the two out")


def recorded_arguments(session):
    """The arguments of the session, for its scenario alone and with its seed."""
    scenarios = {*BY_NAME, *ALIASES, "all", "--scenario"}
    kept = [word for word in session["command"][1:] if word not in scenarios and not word.startswith(("--scenario=", "--seed=", "--check"))]
    if session["scenario"] == "attach":
        return kept
    if session["scenario"] == "replay":
        raise HarnessError(f"--resume: the session replays one run; use --replay={session['options']['replay'][1]} again")
    return [*kept, f"--scenario={session['scenario']}", f"--seed={session['options']['seed']}"]
