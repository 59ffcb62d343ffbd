"""The files of a report."""

import os
import pathlib

from harness.report import markdown, model, page, sessions

PAGE, MARKDOWN, PLOTS = "report.html", "report.md", "svg"


def write(folders, output, made_by=""):
    """Makes the page of these sessions in the folder `output`; `made_by` is the command for that. Returns the path of the page, and the model."""
    known = model.of_sessions([sessions.read(folder) for folder in folders], made_by)
    output = pathlib.Path(output)
    output.mkdir(parents=True, exist_ok=True)
    for name, text in ((PAGE, page.html(known)), (MARKDOWN, markdown.text(known))):
        _write_whole(output / name, text)
    return output / PAGE, known


def _write_whole(path, text):
    """The file has the whole text, or what it had before."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
