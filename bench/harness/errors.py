"""How the programs of the harness report what is wrong."""

SHOWN_MAX = 60  # characters of a bad value that an error shows


class HarnessError(Exception):
    """Ends the program. The text is one sentence that names the cause and, if possible, the remedy."""


def os_sentence(error):
    """What an OSError says, such as a full disk, or a reader of the output that has ended."""
    return f"{error.filename or 'input or output'}: {error.strerror}"


def shown(text):
    """`text` in quotes, on one line, short enough for a sentence."""
    return repr(text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "...")
