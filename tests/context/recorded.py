"""Reads recorded exchanges (tests/data/context/FORMAT.md) and lays out the folder of files that they ask for."""

import base64
import dataclasses
import hashlib
import json
import os
import pathlib
import re

SHOWN = 4096  # bytes; of a longer body the recording has the length, the hash and the first 64 bytes


class FormatError(Exception):
    """The problem of a line."""


@dataclasses.dataclass
class Exchange:
    request: bytes  # with holes
    status: int
    fields: list  # of (name, value as bytes), by name
    automatic: set  # names, in small letters, that net/http added
    body: "bytes | Digest"
    decoded: bool
    interim: list
    below: bool
    free: list

    @property
    def method(self):
        return self.request.partition(b" ")[0].decode("latin-1")

    @property
    def target(self):
        return self.request.partition(b" ")[2].partition(b" ")[0].decode("latin-1")

    def sent(self, name):
        """The first value of a field of the request; None if it is not there."""
        found = re.search(rb"(?im)^" + re.escape(name.encode()) + rb":[ \t]*([^\r\n]*)", self.request.partition(b"\r\n\r\n")[0])
        return found and found[1].decode("latin-1")

    def field(self, name):
        """The first value of a recorded field; None if it is not there."""
        return next((value.decode("latin-1") for known, value in self.fields if known.lower() == name.lower()), None)


@dataclasses.dataclass
class Digest:
    """A long body."""
    size: int
    sha256: str
    begin: bytes

    def agrees(self, body):
        return len(body) == self.size and hashlib.sha256(body).hexdigest() == self.sha256


@dataclasses.dataclass
class Case:
    id: str
    app: str
    exchanges: list

    @property
    def group(self):
        return self.id.rpartition("-")[0]


def to_bytes(value):
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict) and "b64" in value:
        return base64.b64decode(value["b64"], validate=True)
    raise FormatError(f"{value!r} is not a text")


def _body(value):
    if isinstance(value, dict) and "len" in value:
        return Digest(value["len"], value["sha256"], to_bytes(value["begin"]))
    return to_bytes(value)


def _exchange(line):
    return Exchange(request=to_bytes(line["req"]), status=int(line["s"]), fields=[(name, to_bytes(value)) for name, value in line.get("h", [])],
                    automatic={name.lower() for name in line.get("auto", [])}, body=_body(line.get("body", "")),
                    decoded=bool(line.get("decoded")), interim=line.get("interim", []), below=bool(line.get("below")),
                    free=line.get("free", []))


def read(folder):
    """Returns (cases, problems), where problems are sentences about lines that cannot be used."""
    cases, problems = [], []
    for file in sorted(pathlib.Path(folder).glob("**/*.json")):
        for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                case = json.loads(line)
                exchanges = [_exchange(exchange) for exchange in case["x"]]
                if not exchanges:
                    raise FormatError("the case has no exchange")
                cases.append(Case(str(case["id"]), str(case["app"]), exchanges))
            except (FormatError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                problems.append(f"{file.name}:{number}: {error!r}")
    return cases, problems


FOLDER_TIME = 1_700_000_000  # modification time of every folder, seconds since 1970


def lay_out(listing, root):
    """Makes the folder that `listing` (files.json) describes below `root`, which is empty. Returns it."""
    folder = pathlib.Path(root) / "files"
    folder.mkdir()
    for entry in json.loads(pathlib.Path(listing).read_text(encoding="utf-8")):
        path = folder / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry["path"].endswith("/"):
            path.mkdir(exist_ok=True)
        elif "link" in entry:
            path.symlink_to(entry["link"])
        else:
            content = entry["repeat"][0].encode() * entry["repeat"][1] if "repeat" in entry else to_bytes(entry.get("text", {"b64": entry.get("b64")}))
            path.write_bytes(content)
            os.utime(path, (entry["mtime"], entry["mtime"]))
    for path in [folder, *folder.glob("**/")]:
        os.utime(path, (FOLDER_TIME, FOLDER_TIME))
    return folder
