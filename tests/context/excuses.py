"""What the excuses of the styles share. A class is a function from a difference to the parts that it explains, with its reason as
documentation. A difference is excused if classes explain all of its parts; it counts for the class that explains most of them,
and of several for the first."""

import json
import re
import urllib.parse

CORE = re.compile(rb"(\d{3}) [A-Z][A-Za-z ]+: ")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}


class View:
    """A difference, with what classes ask of it."""

    def __init__(self, difference, is_file):
        self.recorded, self.app, self.ours = difference.recorded, difference.app, difference.ours
        self.parts = set(difference.parts)
        self.status = self.ours.status if self.ours else 0
        self.path, _, query = self.recorded.target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True, encoding="latin-1"))
        self.text = self.recorded.body if isinstance(self.recorded.body, bytes) else self.recorded.body.begin
        self.body = self.ours.body if self.ours else b""
        self.of_file = is_file(self.path)

    def field(self, name):
        return self.ours.field(name) if self.ours else None

    def of(self, *names):
        return self.parts & set(names)

    def both(self, status):
        return self.status == self.recorded.status == status


def decide(view, classes):
    """The name of the class that excuses the difference of the view, or None."""
    explained, best = set(), None
    for explain in classes:
        parts = explain(view)
        if len(parts) > (len(best[1]) if best else 0):
            best = (explain.__name__.replace("_", "-"), parts)
        explained |= parts
    return best[0] if best and explained >= view.parts else None


# --- classes of both styles

def _is_host(text):
    found = re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::(\d*))?", text)
    return found and int(found[1] or 0) <= 65535


def core_refusal(v):
    """Requests that HTTP does not allow are refused before any router sees them: an unknown method (501, RFC 9110 §9.1), CONNECT
    without a port (400, §9.3.6), a target with bytes that no URI holds (400, RFC 9112 §3.2), and a malformed Host (400,
    RFC 9110 §7.2)."""
    said = CORE.match(v.body)
    malformed = v.recorded.method == "CONNECT" or re.search(r"[^A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]", v.recorded.target) or \
        not _is_host(v.recorded.sent("Host") or "")
    expected = 501 if v.recorded.method not in METHODS else 400 if malformed else 0
    refused = said and int(said[1]) == v.status or v.recorded.method == "HEAD"
    return v.parts if refused and v.status == expected and v.field("Connection") == "close" else set()


def etag(v):
    """Files have a strong ETag; a 304 that has it has no Last-Modified."""
    if not v.of_file or not re.fullmatch(r'(W/)?"[0-9a-f]+-[0-9a-f]+"', v.field("ETag") or ""):
        return set()
    return v.of("etag", "last-modified") if v.status == 304 else v.of("etag")


def refusal_text(v):
    """412 says what it is (RFC 9110 §15.5); Go sends no text, and a field that describes the file."""
    says = v.body.startswith(b"412 ") or v.recorded.method == "HEAD"
    return v.of("body", "content-type", "last-modified") if v.of_file and v.both(412) and says else set()


def range_of_head(v):
    """Range has a meaning only for GET (RFC 9110 §14.2)."""
    ignored = v.recorded.method != "GET" and v.recorded.sent("Range") is not None and v.status == 200
    return v.of("status", "content-length", "content-range", "content-type", "last-modified", "accept-ranges", "body",
                "x-content-type-options") if ignored else set()


def invalid_range(v):
    """A Range that is malformed, or names separate ranges, is ignored (RFC 9110 §14.2)."""
    sent = ",".join(re.findall(r"(?im)^range:[ \t]*([^\r\n]*)", v.recorded.request.partition(b"\r\n\r\n")[0].decode("latin-1"))) or None
    single = re.fullmatch(r"bytes=(?:(\d+)-(\d*)|-\d+)", sent or "")
    valid = single and not (single[2] and int(single[1]) > int(single[2])) and v.body != b""
    ignored = v.of_file and sent is not None and not valid and v.status == 200 and v.recorded.status in (206, 416)
    return v.parts - {"etag"} if ignored and v.recorded.method == "GET" else set()


def joined_ranges(v):
    """Ranges that overlap are joined (RFC 9110 §15.3.7.2); Go sends them apart, or the whole file."""
    apart = (v.recorded.field("Content-Type") or "").startswith("multipart/byteranges")
    theirs = v.recorded.status == 416 or apart or v.recorded.status == 200 and (v.body in v.text or not isinstance(v.recorded.body, bytes))
    joined = v.of_file and "," in (v.recorded.sent("Range") or "") and v.status == 206 and theirs
    return v.of("status", "content-range", "content-length", "content-type", "body", "accept-ranges", "last-modified",
                "x-content-type-options") if joined else set()


def type_not_guessed(v):
    """A file without a known extension is bytes; Go guesses the type from them."""
    return v.of("content-type") if v.of_file and v.status in (200, 206) and \
        v.field("Content-Type") == "application/octet-stream" and v.recorded.status == v.status else set()


def hidden_file(v):
    """Files whose names begin with a dot are not served, and not listed."""
    shown = re.sub(rb'<a href="\.[^"]*">[^<]*</a>\n', b"", v.text)  # in the list of a folder
    if v.both(200) and shown != v.text and shown == v.body:
        return v.of("body")
    asked = urllib.parse.unquote(v.path) + "/" + v.query.get("p", "")
    return v.parts if re.search(r"/\.[^/.]|/\.\.[^/]", asked) and v.status in (403, 404) else set()


def no_content(v):
    """205 has no content (RFC 9110 §15.3.6)."""
    return v.of("body", "content-length", "content-type") if v.both(205) and v.body == b"" else set()


def surrogate_pair(v):
    """Characters above U+FFFF are two escapes in JSON (RFC 8259 §7); the original writes one of five digits, which is another text."""
    if "json" not in (v.field("Content-Type") or "") or not v.of("body"):
        return set()
    pair = re.compile(rb"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}")
    five = lambda found: b"\\u" + b"%x" % ord(json.loads(b'"' + found[0] + b'"'))  # noqa: E731
    return v.of("body", "content-length") if pair.search(v.body) and pair.sub(five, v.body) == v.text else set()


def jsonp_callback(v):
    """The name of the function must be one: other text would be a script of the client's choice."""
    name = v.query.get("callback", "")
    is_name = re.fullmatch(r"[A-Za-z0-9_$.\[\]\x80-\xff]+", name) and "\xe2\x80\xa8" not in name and "\xe2\x80\xa9" not in name
    return v.parts if "jsonp" in v.path and not is_name and v.status == 400 else set()


def dump(text):
    """The lines key=value of a body."""
    return dict(line.partition("=")[::2] for line in text.decode("latin-1").splitlines() if "=" in line)


def wrong_keys(v):
    """The keys of a dump whose values differ."""
    theirs, ours = dump(v.text), dump(v.body)
    return {key for key in {*theirs, *ours} if theirs.get(key) != ours.get(key)}
