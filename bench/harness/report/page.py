"""The page: one HTML file with its data, its styles and its scripts, which needs no server and requests nothing."""

import base64
import hashlib
import json
import pathlib

import jinja2
from markupsafe import Markup

from harness.errors import HarnessError
from harness.report import figures

HERE = pathlib.Path(__file__).parent
D3 = pathlib.Path("/usr/share/javascript/d3/d3.min.js")  # Debian's libjs-d3
SCRIPTS = ("ratios.js", "charts.js", "page.js")


def require_library():
    """Raises HarnessError if the page could not be made."""
    if not D3.is_file():
        raise HarnessError(f"the report needs Debian's package libjs-d3 ({D3} is missing); install it with tools/install")


def html(model):
    """The text of the page; `model` is that of model.of_sessions()."""
    require_library()
    library = D3.read_text(encoding="utf-8")
    script = "\"use strict\";\n" + "\n".join(_text(name) for name in SCRIPTS)
    style = _text("page.css")
    data = {"format": 1, "resamples": figures.resamples([session["pairs"] for session in model["sessions"]]),
            "sessions": [{key: session[key] for key in ("scenario", "title", "environment", "columns", "rows", "pairs", "charts")}
                         for session in model["sessions"]]}
    # A page of another origin cannot be loaded and no script but these two can run, whatever a record contains.
    policy = (f"default-src 'none'; style-src {_source(style)}; script-src {_source(library)} {_source(script)}; base-uri 'none'; "
              "form-action 'none'")
    loader = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                                lstrip_blocks=True)
    return loader.get_template("page.html").render(
        **model, policy=policy, style=Markup(style), library=Markup(library), script=Markup(script), data=Markup(in_script(data)))


def in_script(value):
    """JSON that can stand in an element <script>: no text of a record can end the element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _text(name):
    return (HERE / name).read_text(encoding="utf-8")


def _source(text):
    """A source of a Content Security Policy: this text and no other (CSP 3, section 2.3.1)."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
