"""Holes of requests and masks of answers (tests/data/context/FORMAT.md)."""

import datetime
import email.utils
import re

_MASK = re.compile(rb"\{\{(id|token|tokenb|ns|mac)(\d+)\}\}|\{\{now([+-]\d+) (GMT|UTC)\}\}|\{\{(boundary|stack|version|len)\}\}")
# Of one mask, in a regular expression. A numbered mask stands for the same text wherever it appears in a case.
_KINDS = {b"id": rb"[0-9a-f]{32}", b"token": rb"[0-9A-Za-z]{32}", b"tokenb": rb"[0-9A-Za-z_=-]{44}", b"ns": rb"\d{19}",
          b"mac": rb"[0-9a-f]{64}", b"boundary": rb"[0-9A-Za-z'()+_,./:=?-]{1,70}", b"stack": rb"(?s:.*?)", b"version": rb".*?",
          b"len": rb"\d+"}
SLACK = 2  # seconds; time passes between the handler and the making of the field Date


def matches(template, text, known, date):
    """Whether the text is the template with its masks filled. `known` holds the texts of numbered masks of this case; `date` is
    the answer's field Date."""
    if b"{{" not in template:
        return template == text
    pattern, names, moments, at = b"", set(), [], 0
    for mask in _MASK.finditer(template):
        pattern += re.escape(template[at:mask.start()])
        at = mask.end()
        kind, number, offset, zone, plain = mask.groups()
        name = kind + number if kind else None
        if offset:
            pattern += rb"(\w{3}, \d\d[ -]\w{3}[ -]\d{2,4} \d\d:\d\d:\d\d " + zone + rb")"
            moments.append(int(offset))
        elif name in known:
            pattern += rb"(" + re.escape(known[name]) + rb")"
            moments.append(None)
        elif name in names:
            pattern += rb"(?P=" + name + rb")"
        elif name:
            pattern += rb"(?P<" + name + rb">" + _KINDS[kind] + rb")"
            names.add(name)
            moments.append(None)
        else:
            pattern += _KINDS[plain]
    found = re.fullmatch(pattern + re.escape(template[at:]), text)
    if not found:
        return False
    if not all(offset is None or _is(found[i], offset, date) for i, offset in enumerate(moments, start=1)):
        return False
    # Texts of different numbers are different.
    new = {name: found[name.decode()] for name in names}
    for name, value in new.items():
        if value in [other for key, other in {**known, **new}.items() if key != name]:
            return False
    known.update(new)
    return True


def _is(text, offset, date):
    then = email.utils.parsedate_to_datetime(text.decode().replace("-", " ").replace("UTC", "GMT"))
    return date is not None and abs((then - date).total_seconds() - offset) <= SLACK


def date_of(text):
    try:
        return email.utils.parsedate_to_datetime(text).astimezone(datetime.timezone.utc)
    except (TypeError, ValueError):
        return None


class Holes:
    """Fills the holes of the requests of one case with what the answers before gave."""

    def __init__(self):
        self._last, self._first, self._token = {}, {}, b""

    def fill(self, request):
        request = re.sub(rb"\{\{cookie:([^}]*)\}\}", lambda hole: self._last.get(hole[1], b""), request)
        request = re.sub(rb"\{\{first:([^}]*)\}\}", lambda hole: self._first.get(hole[1], b""), request)
        return request.replace(b"{{token}}", self._token)

    def learn(self, fields, body):
        for name, value in fields:
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(b"=")
                self._last[cookie] = rest.partition(b";")[0]
                self._first.setdefault(cookie, self._last[cookie])
        if hidden := re.search(rb'name="_xsrf" value="([^"]*)"', body):
            self._token = hidden[1]
