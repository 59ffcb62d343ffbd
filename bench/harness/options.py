"""Command lines: a parser whose errors are one sentence and exit status 2, and the kinds of values that options take.

A kind is a function from text to value. It raises argparse.ArgumentTypeError for a value that cannot be used; the message names the
cause and, after a semicolon, the cure. A kind also asks the machine: whether an address is one of its own, whether a folder can
be written. Everything is therefore known before the first build and the first process.
"""

import argparse
import contextlib
import difflib
import ipaddress
import os
import pathlib
import re
import resource
import socket
import tempfile
import urllib.parse
from dataclasses import dataclass

from harness import cpus
from harness.errors import HarnessError, shown

DIGITS_MAX = 18  # of a whole number; every maximum is smaller
PORT_MAX = 65_535
SEED_MAX = 2**31 - 1
ROOM_FOR_NAMES = 200  # bytes: the names of folders and files that are made in a folder of the command line
OTHER_FILES = 64  # descriptors that a client needs beside its connections: libraries, output, event queues


class Parser(argparse.ArgumentParser):
    """Refuses abbreviations, unknown options, and an option that is given twice with different values."""

    def __init__(self, **settings):
        super().__init__(allow_abbrev=False, **settings)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)

    def parse_args(self, args=None, namespace=None):
        namespace = namespace or argparse.Namespace()
        namespace.given = {}
        options, unknown = self.parse_known_intermixed_args(args, namespace)  # names may stand between options
        if unknown:
            self.error(self._unknown(unknown[0]))
        return options

    def read(self, name, kind, text):
        """The value of a default that depends on other options, or that is checked after them. Ends the program, like a wrong
        value in the command line, if it cannot be used; `name` is the option or what the default is for."""
        try:
            return kind(text)
        except argparse.ArgumentTypeError as error:
            self.error(f"{name}: {error}")

    def error(self, message):
        message = message.removeprefix("argument ").replace("expected one argument", "the value is missing; give one after '='")
        message = re.sub(r"ignored explicit argument (.*)", r"\1 was given, but this option takes no value; leave it out", message)
        message = re.sub(r"the following arguments are required: (.*)", rf"no \1 given; {self.prog} --help explains the arguments", message)
        self.exit(2, f"{self.prog}: {message}\n")

    def _unknown(self, argument):
        name = argument.partition("=")[0]
        options = [option for action in self._actions for option in action.option_strings if option.startswith("--")]
        close = difflib.get_close_matches(name, options, n=1)
        guess = f"did you mean {close[0]}? " if name.startswith("-") and close else ""
        return f"{shown(argument)} is unknown; {guess}{self.prog} --help lists all options"


class _Once(argparse.Action):
    """Stores the value, like argparse's own action, but refuses two different values. `namespace.given` has the value of each option
    that the command line contains so far."""

    def __call__(self, parser, namespace, values, option_string=None):
        given = namespace.given
        if option_string and given.get(option_string, values) != values:
            raise argparse.ArgumentError(self, f"given twice, as {given[option_string]} and as {values}; give it once")
        given[option_string] = values
        setattr(namespace, self.dest, values)


def refuse(text, cause, cure):
    raise argparse.ArgumentTypeError(f"{shown(text)} {cause}; {cure}")


# --- numbers

def whole(minimum, maximum):
    """A whole number between two limits."""
    cure = f"give a whole number from {minimum:,} to {maximum:,}"

    def kind(text):
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            refuse(text, "is not a whole number", cure)
        digits = text.lstrip("+-").lstrip("0") or "0"
        value = int(digits[:DIGITS_MAX + 1]) * (-1 if text.startswith("-") else 1)
        if value < minimum:
            refuse(text, "is too small", cure)
        if value > maximum:
            refuse(text, "is too large", cure)
        return value
    return kind


def number(minimum, maximum):
    """A decimal number between two limits."""
    cure = f"give a number from {minimum:g} to {maximum:,g}"

    def kind(text):
        if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
            refuse(text, "is not a number", cure)
        value = float(text)
        if value < minimum:
            refuse(text, "is too small", cure)
        if value > maximum:
            refuse(text, "is too large", cure)
        return value
    return kind


port = whole(1, PORT_MAX)
seed = whole(0, SEED_MAX)


# --- names

def one_of(*names, aliases=None):
    """One of the names. `aliases` maps further accepted names to them."""
    aliases = aliases or {}

    def kind(text):
        if text in names or text in aliases:
            return aliases.get(text, text)
        close = difflib.get_close_matches(text.lower(), names, n=1)
        guess = f"did you mean {close[0]!r}? " if close else ""
        refuse(text, "is unknown", f"{guess}choose from {', '.join(names)}")
    return kind


def several_of(*names):
    """Names separated by commas, each at most once."""
    one = one_of(*names)

    def kind(text):
        chosen = [one(name) for name in text.split(",")]
        if len(set(chosen)) < len(chosen):
            refuse(text, "contains a name twice", "give each name once")
        return chosen
    return kind


# --- addresses and CPUs

def address(text):
    """A numeric address of this machine, IPv4 or IPv6, without brackets."""
    cure = "give a numeric address of this machine, such as 127.0.0.1 or ::1"
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        bracketed = text.startswith("[") and text.endswith("]")
        refuse(text, "has brackets, which only a URL needs" if bracketed else "is not a numeric address", cure)
    if found.version == 6 and found.scope_id:
        refuse(text, "has a zone, which a URL cannot contain in every client", cure)
    if found.is_multicast or found == ipaddress.ip_address("255.255.255.255"):
        refuse(text, "is the address of many machines", cure)
    try:
        with socket.socket(family(text), socket.SOCK_STREAM) as probe:
            probe.bind((text, 0))
    except OSError as error:
        refuse(text, f"cannot be listened on ({error.strerror})", cure)
    return text


@dataclass(frozen=True)
class Endpoint:
    """A server that already runs."""

    scheme: str
    host: str  # a name or an address, without brackets
    port: int

    @property
    def authority(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self):
        return f"{self.scheme}://{self.authority}"


def endpoint(scheme, example, default_port=None):
    """A kind: scheme://HOST:PORT, without anything after it."""
    cure = f"give {scheme}://HOST:PORT, such as {example}"

    def kind(text):
        try:
            found = urllib.parse.urlsplit(text)
            host, number = found.hostname, found.port if found.port is not None else default_port
        except ValueError as error:
            refuse(text, f"is not an address ({error})", cure)
        if found.scheme != scheme:
            refuse(text, f"does not begin with {scheme}://", cure)
        if found.path not in ("", "/") or found.query or found.fragment or found.username is not None:
            refuse(text, "has more than a host and a port", cure)
        if not host or not re.fullmatch(r"[A-Za-z0-9_.-]+|[0-9a-f:.]+", host) or text != text.strip():
            refuse(text, "has no host", cure)
        if not number:
            refuse(text, "has no port", cure)
        return Endpoint(scheme, host, number)
    return kind


def request_path(text):
    """The path of a request, with its query."""
    if not re.fullmatch(r"/[!-~]*", text) or "#" in text:
        refuse(text, "is not the path of a request", "give one that begins with / and has only visible ASCII characters, such as /ping")
    return text


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def cpu_list(text):
    """CPUs in the format of taskset, as a sorted list."""
    try:
        return cpus.parse(text)
    except HarnessError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def one_cpu(text):
    available = sorted(os.sched_getaffinity(0))
    cpu = whole(0, cpus.NUMBER_MAX)(text)
    if cpu not in available:
        refuse(text, "is not a CPU that this process may use", f"choose from {cpus.text(available)}")
    return cpu


# --- files

def _path(text):
    if not text:
        refuse(text, "is not a path", "give one, or leave the option out")
    try:
        text.encode()
    except UnicodeEncodeError:
        refuse(text, "is not valid UTF-8, so the records cannot contain it", "give another path")
    return pathlib.Path(text)


def program(text, made_by_the_build=(), cure="build it with tests/run release, or name another program"):
    """A file that can be executed. It need not exist if it is one of `made_by_the_build`."""
    path = _path(text)
    try:
        if path.resolve() in made_by_the_build:
            return path
        if path.is_dir():
            refuse(text, "is a folder", "name a program")
        if not path.is_file():
            refuse(text, "does not exist", cure)
    except (OSError, RuntimeError) as error:
        refuse(text, f"cannot be read ({getattr(error, 'strerror', None) or error})", "name a program")
    if not os.access(path, os.X_OK):
        refuse(text, "cannot be executed", f"name a program, or allow it with chmod +x {path}")
    # subprocess searches a name without a slash in PATH.
    return path if path.is_absolute() else pathlib.Path.cwd() / path


def readable_file(cure):
    """A file that exists; `cure` tells how to make one."""
    def kind(text):
        path = _path(text)
        try:
            with open(path, "rb"):
                return path
        except OSError as error:
            refuse(text, f"cannot be read ({error.strerror})", cure)
    return kind


def readable_folder(text):
    path = _path(text)
    try:
        os.listdir(path)
    except OSError as error:
        refuse(text, f"cannot be read ({error.strerror})", "name a folder that exists")
    return path


def writable_folder(text):
    """A folder in which files can be made. It and its parents need not exist; this function makes none of them."""
    path = _path(text)
    _require_writable(text, path.absolute(), "choose another folder")
    return path


def writable_file(*suffixes):
    """A file that can be made or replaced, with one of the suffixes."""
    def kind(text):
        path = _path(text)
        if path.suffix not in suffixes:
            refuse(text, f"does not end with {' or '.join(suffixes)}", f"name a file such as plot{suffixes[0]}")
        _require_writable(text, path.absolute().parent, "choose another place")
        try:
            if path.is_dir():
                refuse(text, "is a folder", f"name a file in it, such as {path / ('plot' + suffixes[0])}")
            if path.exists() and not os.access(path, os.W_OK):
                refuse(text, "must not be written", "choose another file")
        except OSError as error:
            refuse(text, f"cannot be a file ({error.strerror})", "choose another file")
        return path
    return kind


def _require_writable(text, folder, cure):
    """Refuses `text` unless a folder can be made in the nearest part of the path that exists. Only an attempt is sure:
    permissions do not tell whether a file system is read-only or full."""
    nearest = folder / ("x" * ROOM_FOR_NAMES)
    while True:
        try:
            os.lstat(nearest)
            break
        except (FileNotFoundError, NotADirectoryError):
            nearest = nearest.parent
        except OSError as error:
            refuse(text, f"cannot be made ({error.strerror})", cure)
    if not nearest.is_dir():
        refuse(text, f"cannot be made, because {nearest} is not a folder", cure)
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".writable-", dir=nearest))
    except OSError as error:
        refuse(text, f"cannot be written ({nearest}: {error.strerror})", cure)


# --- what several options need together

def require_program(option, path, cure):
    """Raises HarnessError unless the file can be executed."""
    if not path.is_file() or not os.access(path, os.X_OK):
        raise HarnessError(f"{option}: there is no program at {path}; {cure}")


def require_descriptors(option, connections):
    """Raises this program's limit of open files as far as it may, because the load generators inherit it. Raises HarnessError if
    `connections` need more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY and connections + OTHER_FILES > most:
        raise HarnessError(f"{option}: {connections:,} connections need {connections + OTHER_FILES:,} open files, but this process may "
                           f"open only {most:,}; raise the limit (ulimit -Hn), or use fewer connections")


def addresses_of(found, option):
    """Those of an Endpoint. Raises HarnessError if its host has none; `option` is the one that names it."""
    try:
        return socket.getaddrinfo(found.host, found.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise HarnessError(f"{option}: the host {found.host} is unknown ({error.strerror}); correct the name, or give its address") from error


def is_here(found, option="--attach"):
    """Whether the host of an Endpoint is this machine: its address can be listened on."""
    for family, _, _, _, address in addresses_of(found, option):
        with contextlib.suppress(OSError), socket.socket(family) as probe:
            probe.bind((address[0], 0, *address[2:]))
            return True
    return False
