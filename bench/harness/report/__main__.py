"""The command line of bench/report."""

import signal

if __name__ == "__main__":
    # While it loads its modules, Ctrl-C ends the program at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse  # noqa: E402
import pathlib  # noqa: E402
import shlex  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402

from harness import options as kinds  # noqa: E402
from harness.errors import HarnessError  # noqa: E402
from harness.program import exit_status  # noqa: E402
from harness.report import output as files, page, sessions, svg  # noqa: E402


def parser():
    found = kinds.Parser(
        prog="bench/report", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Makes the report of a session again from its records, or one report of several sessions: report.html, report.md and an "
                    "SVG file per plot. It measures nothing.")
    found.add_argument("folders", metavar="DIR", nargs="+", type=kinds.readable_folder, help="folders of records, of one scenario or of a call with several")
    found.add_argument("--output", type=kinds.writable_folder, metavar="FOLDER",
                       help="folder for the files (that of the records; needed for several DIRs)")
    found.add_argument("--markdown", type=kinds.writable_file(".md"), metavar="FILE.md", help="also copy the Markdown to this file")
    return found


def parse_arguments(arguments):
    """Ends the program with one sentence and status 2 if an option, or several together, cannot be used."""
    parse = parser()
    options = parse.parse_args(arguments)
    if len({folder.resolve() for folder in options.folders}) < len(options.folders):
        parse.error("DIR: a folder is named twice; name it once")
    if options.output is None and len(options.folders) > 1:
        parse.error(f"--output: {len(options.folders)} folders are merged, and their report belongs to none of them; name a folder")
    if options.output is None:
        options.output = parse.read("--output", kinds.writable_folder, str(options.folders[0]))
    options.folders = [each for folder in options.folders for each in sessions.folders_in(folder)]
    try:
        page.require_library()
        for folder in options.folders:
            sessions.read(folder)
    except HarnessError as error:
        parse.error(f"DIR: {error}")
    return options


def main():
    return exit_status("bench/report", lambda: make(parse_arguments(sys.argv[1:])))


def make(options):
    path, model = files.write(options.folders, options.output, shlex.join(["bench/report", *sys.argv[1:]]))
    draw(model, options.output)
    if options.markdown:
        options.markdown.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(options.output / files.MARKDOWN, options.markdown)
    print(path)
    return 0


def draw(model, output):
    """An SVG file per plot; several sessions have a folder each."""
    for session in model["sessions"]:
        folder = pathlib.Path(output) / files.PLOTS / (session["scenario"] if len(model["sessions"]) == 1 else f"{session['number']}-{session['scenario']}")
        folder.mkdir(parents=True, exist_ok=True)
        for chart in session["charts"]:
            svg.write(chart, folder)


if __name__ == "__main__":
    sys.exit(main())
