"""Decides which differences of the Beego style are excused. router/beego/README.md has the classes with their reasons."""

import html
import re
import urllib.parse
import zlib

import excuses
from excuses import (core_refusal, decide, dump, etag, hidden_file, invalid_range, joined_ranges, jsonp_callback, no_content,
                     range_of_head, refusal_text, surrogate_pair, type_not_guessed)

OWN_PAGE = re.compile(rb'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>(\d{3} [^<]*)</title></head>\n'
                      rb"<body><h1>\1</h1><p>[^<]*</p></body></html>\n")
BEEGOS_PAGE = b"\n<!DOCTYPE html>\n<html lang=\"en\">\n\t<head>"
DEVELOPERS_PAGE = b"<title>beego application error</title>"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class View(excuses.View):
    """`body` is our body without a content coding, as the recorded one is."""

    def __init__(self, difference):
        super().__init__(difference, _is_file)
        if self.field("Content-Encoding") == "gzip":
            try:
                self.body = zlib.decompress(self.body, 31)
            except zlib.error:
                pass  # it is no gzip, so it is compared as it is

    def same_body(self):
        """Whether the bodies are equal once content codings are removed."""
        return self.body == self.recorded.body if isinstance(self.recorded.body, bytes) else self.recorded.body.agrees(self.body)


def error_page(v):
    """The page of an error code has another text. Statuses and fields are compared."""
    page = OWN_PAGE.search(v.body)
    if not page or BEEGOS_PAGE not in v.text:
        return set()
    before = v.text[:v.text.index(BEEGOS_PAGE)]
    return v.of("body", "content-length") if v.body[:page.start()] == before else set()


def exception_page(v):
    """In run mode dev, the page that shows an exception has another text, and no stack. What it says is compared."""
    if DEVELOPERS_PAGE not in v.text or v.app != "dev":
        return set()
    theirs = re.findall(rb"<h2>oracle:(.*?)</h2>|<td>(.*?)</td>", v.text, re.DOTALL)
    ours = re.findall(rb"<h1>oracle: (.*?)</h1>|<dd>(.*?)</dd>", v.body, re.DOTALL)
    if theirs and theirs[0][0].startswith(b"runtime error: "):  # the words of the language, not of the application
        theirs, ours = theirs[1:], ours[1:]
    same = [html.unescape(b"".join(each).decode()) for each in theirs] == [html.unescape(b"".join(each).decode()) for each in ours]
    return v.of("body") if ours and same else set()


def media_type(v):
    """The registered media type instead of an obsolete or invented one of Beego's table."""
    replaced = {"application/javascript": "text/javascript; charset=utf-8", "application/mac-binary": "application/octet-stream",
                "application/xml": "text/xml; charset=utf-8"}
    recorded = v.recorded.field("Content-Type")
    return v.of("content-type") if recorded and replaced.get(recorded) == v.field("Content-Type") else set()


def index_folder(v):
    """A folder that is named index.html is listed as one; Go lists its content under a wrong path."""
    return v.of("body") if v.app == "dirindex" and b'<a href="index.html/">' in v.body else set()


def vary(v):
    """The answer says on which fields of the request it depends."""
    names = set((v.field("Vary") or "").split(", "))
    return v.of("vary") if names <= {"Accept", "Accept-Encoding"} and v.recorded.field("Vary") is None else set()


def coding(v):
    """Another content coding of the same bytes: gzip for all that may shrink, never deflate, by the grammar of RFC 9110 §12.5.3."""
    used = v.field("Content-Encoding")
    if v.app != "gzip" or used not in (None, "gzip") or not (v.of("content-encoding")):
        return set()
    if v.recorded.status == 206:  # Go takes ranges of the compressed bytes
        return v.of("content-encoding", "content-range", "content-length", "body") if v.status == 206 and used is None else set()
    return v.of("content-encoding", "content-length", "body") if v.recorded.method == "HEAD" or v.same_body() else set()


def malformed_form(v):
    """A form that the client made wrongly is 400, or is no form; Beego answers 500 to every such request."""
    form = any(kind in (v.recorded.sent("Content-Type") or "").lower() for kind in FORM_TYPES) or "%" in v.recorded.target or \
        ";" in v.recorded.target
    client = v.recorded.method not in ("GET", "HEAD") and v.recorded.status == 500 and BEEGOS_PAGE in v.text
    return v.parts if form and client and v.status in (200, 400) else set()


def strict_multipart(v):
    """A malformed part makes the form malformed; Go's reader drops it, or reads on."""
    multipart = "multipart/form-data" in (v.recorded.sent("Content-Type") or "").lower()
    return v.parts if multipart and v.recorded.status == 200 and v.status == 400 and b"form" in v.body else set()


def _wrong(v):
    """The keys of a dump whose values differ; an empty key if the dumps have other keys."""
    theirs, ours = dump(v.text), dump(v.body)
    return {key for key in theirs if theirs[key] != ours[key]} if list(theirs) == list(ours) else {""}


def file_name(v):
    """File names lose folders and drives, as RFC 7578 §4.2 asks; filename* is not read (RFC 7578 §4.2)."""
    if v.path != "/files" or v.status != 200 or v.recorded.status != 200:
        return set()
    theirs, ours = dump(v.text), dump(v.body)
    name = urllib.parse.unquote(theirs.get("GetFile", "").partition(" ")[0])
    if "" in _wrong(v):
        return set()
    shorter = ours.get("GetFile", "").partition(" ")[0] == urllib.parse.quote(re.split(r"[\\/]", name)[-1]) and name != ""
    starred = b"filename*" in v.recorded.request
    return v.of("body", "content-length") if shorter or starred else set()


def transfer_encoding_of_part(v):
    """Content-Transfer-Encoding of a part is not read (RFC 7578 §4.7)."""
    coded = b"content-transfer-encoding" in v.recorded.request.lower() and v.path == "/files"
    return v.of("body", "content-length") if coded and _wrong(v) == {"GetStrings"} else set()


def malformed_gzip(v):
    """A body that is no gzip, although it says so, is 400; Beego's handlers get an empty body."""
    return v.parts if v.recorded.sent("Content-Encoding") == "gzip" and v.status == 400 and b"gzip" in v.body else set()


def cut_body(v):
    """A body over the limit is 413; of a chunked one Beego's handlers get the beginning."""
    chunked = (v.recorded.sent("Transfer-Encoding") or "") == "chunked"
    return v.parts if chunked and v.status == 413 and v.recorded.status == 200 and v.app.startswith("small") else set()


def whole_answer(v):
    """The answer is sent when the handling ends, so nothing that handlers add is lost."""
    if v.app == "dev" or v.app == "errors" or v.path.startswith(("/out/", "/life", "/abort", "/ctxabort", "/customabort")):
        late = {"x-late", "x-teapot", "set-cookie", "location", "x-page"}
        fields = {name for name in v.parts & late if v.recorded.field(name) is None and v.field(name) is not None}
        longer = v.text != b"" and v.body.startswith(v.text) and len(v.body) > len(v.text)
        head = v.recorded.method == "HEAD" and v.path in ("/out/5", "/out/6", "/out/35", "/out/51", "/out/52")
        return fields | (v.of("body", "content-length") if longer or head else set())
    return set()


def serve_formatted(v):
    """ServeFormatted sends the value that was stored for the format; Beego encodes its whole map of data."""
    wrong = v.path.startswith("/serve/formatted/") and (v.recorded.status == 500 or b"RouterPattern" in v.text)
    inside = v.recorded.status == 500 or all(b"    " + line in v.text for line in v.body.splitlines())
    whole = v.status in (200, 406) and inside and v.body != b""
    return v.of("status", "content-type", "x-content-type-options", "body", "content-length", "vary") if wrong and whole else set()


def type_name(v):
    """The client does not learn the name of a type that has no form in JSON or XML."""
    ours = re.fullmatch(rb"(json|xml): unsupported type\n", v.body)
    return v.of("body") if v.both(500) and ours and v.text.startswith(ours[0][:-1] + b": ") else set()


def not_acceptable(v):
    """A client that asks for XML of a value that has none gets 406; Beego answers 500."""
    asked = v.path.startswith("/resp/") and "xml" in (v.recorded.sent("Accept") or "")
    refused = v.status == 406 and v.recorded.status == 500 and v.body.startswith(b"xml: ") and v.text.startswith(v.body[:-1])
    return v.of("status", "body") if asked and refused else set()


def not_finite(v):
    """inf and nan are no numbers: JSON does not have them, and no check of a limit stops nan."""
    odd = re.search(r"(?i)inf|nan", v.recorded.target)
    if not odd or not v.both(200):
        return set()
    wrong = _wrong(v)
    number = (wrong and wrong <= {"GetFloat", "float64"}) or v.body == b"ParseForm=error\n"
    return v.of("body", "content-length") if number else set()


def narrow_number(v):
    """A number that does not fit is malformed; Beego cuts off its bits."""
    if not v.path.startswith(("/bind/", "/parseform")) or v.status != 200:
        return set()
    wrong = _wrong(v)
    zero = v.path == "/bind/" + next(iter(wrong), "") and v.body.endswith(b"=true 0\n")
    refused = v.body == b"ParseForm=error\n" and re.search(r"[?&](i8|u8|f32)=[-+%0-9A-Fa-fe.]+", v.recorded.target)
    return v.of("body", "content-length") if zero or refused else set()


def lone_surrogate(v):
    """JSON with half of a surrogate pair is malformed (RFC 8259 §8.2); Go replaces it."""
    lone = re.search(rb"\\ud[89a-f][0-9a-f]{2}", v.recorded.request)
    return v.of("body", "content-length") if lone and v.body == b"Bind=error\n" else set()


def address_spelling(v):
    """An address has one spelling, without spaces around it."""
    spelled = v.path == "/input" and v.recorded.sent("X-Forwarded-For") and _wrong(v) == {"IP"}
    return v.of("body", "content-length") if spelled else set()


def letter_case_of_type(v):
    """Media types ignore case (RFC 9110 §8.3.1)."""
    sent = v.recorded.sent("Content-Type") or ""
    if sent == sent.lower():
        return set()
    seen = v.path == "/input" and _wrong(v) == {"IsUpload"}
    bound = v.path == "/bindbody/auto" and v.text == b"Bind=error\n" and v.body.startswith(b"name=")
    return v.of("body", "content-length") if seen or bound else set()


def signed_time(v):
    """A signed cookie's time has 19 digits, because the signature does not cover the bar before it."""
    sent = v.recorded.sent("Cookie") or ""
    moved = v.path == "/secure/get" and not re.search(r"\|[0-9]{19}\|", sent)
    return v.of("body", "content-length") if moved and b"=false" in v.body and b"=true" in v.text else set()


def cookie_name(v):
    """A name or value of a cookie that RFC 6265 does not allow is cleaned."""
    return v.of("set-cookie") if v.path in ("/setcookie", "/secure/set") and re.search(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]", v.query.get("n", "")) else set()


def session_cookie_once(v):
    """An answer sets a cookie once (RFC 6265 §4.1.1): the last of several changes."""
    cookies = lambda fields: [value for name, value in fields if name.lower() == "set-cookie"]  # noqa: E731
    theirs, ours = cookies(v.recorded.fields), cookies(v.ours.fields) if v.ours else []
    last = theirs and len(theirs) > 1 and len(ours) == 1 and theirs[-1].partition(b"=")[0] == ours[0].partition(b"=")[0]
    return v.of("set-cookie") if last and v.app.startswith("session") else set()


def session_attributes(v):
    """A renewed session's cookie keeps Domain, SameSite and HttpOnly as configured: a browser would keep two cookies."""
    renewed = v.path == "/session/regen" and v.app == "session-opts" and "Domain=example.com" in (v.field("Set-Cookie") or "")
    return v.of("set-cookie") if renewed else set()


def session_id(v):
    """An id that is none is the client's mistake: it gets a new session; Beego answers 503."""
    return v.parts if v.app.startswith("session") and v.recorded.status == 503 and v.status < 500 else set()


def download_of_folder(v):
    """A folder is no file: 404; Go redirects to a path that does not exist."""
    return v.parts if v.path == "/download" and v.recorded.status in (301, 302) and v.status == 404 else set()


def options_star(v):
    """The core answers OPTIONS * with 204, because it has nothing to say."""
    return v.parts if v.recorded.target == "*" and v.status == 204 else set()


def location(v):
    """A Location without scheme and host has no bytes that browsers read as another host."""
    ours, theirs = v.field("Location"), v.recorded.field("Location")
    escaped = ours and theirs and "redirect" in v.path and re.search(r"[\\\x00-\x1f]|%[0-9A-Fa-f]{2}", ours + theirs)
    same = escaped and urllib.parse.unquote(ours) == urllib.parse.unquote(theirs) and (v.body == b"" or b'<a href="' in v.body)
    return v.of("location", "body", "content-length") if same else set()


CLASSES = [core_refusal, error_page, exception_page, etag, refusal_text, range_of_head, invalid_range, joined_ranges,
           media_type, type_not_guessed, hidden_file, index_folder, vary, coding, malformed_form, strict_multipart, file_name,
           transfer_encoding_of_part, malformed_gzip, cut_body, whole_answer, no_content, serve_formatted, type_name, not_acceptable,
           surrogate_pair, jsonp_callback, not_finite, narrow_number, lone_surrogate, address_spelling, letter_case_of_type, signed_time, cookie_name,
           session_cookie_once, session_attributes, session_id, download_of_folder, options_star, location]


def _is_file(path):
    return "/static/" in path or path.startswith(("/static", "/assets", "/download")) or path in ("/robots.txt", "/favicon.ico")


def excuse(difference):
    return decide(View(difference), CLASSES)
