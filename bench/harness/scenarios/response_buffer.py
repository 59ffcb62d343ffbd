"""S8 (the article's 3.3): the response buffer in the context, 4 KiB, and the heap behind it."""

from harness import ablation, comparison
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "S8 response buffer: a literal, JSON within the context's 4 KiB and JSON beyond, pool on and off"
BUFFER_BYTES = 4096  # gin::Buffer::kInlineBytes

ANSWERS = [("literal", "/ping"), ("small JSON", "/json"), ("JSON within", "/list/146"), ("JSON beyond", "/list/154")]
ON = [Cell(f"{path[1:].replace('/', '_')}_on", f"{title}, pool on", "gin", path, "on") for title, path in ANSWERS]
OFF = [Cell(f"{path[1:].replace('/', '_')}_off", f"{title}, pool off", "gin", path, "off") for title, path in ANSWERS]
AGAIN = Cell("ping_on_again", "literal, pool on again", "gin", "/ping", "on")

defaults = comparison.defaults


def run(session):
    check_sizes(session)
    return ablation.run(session, ablation.Plan(
        title="S8 response buffer",
        columns=[*ON, *OFF],
        again=AGAIN,
        pairs=[ablation.Pair(["pool on: within,", "beyond 4 KiB"], ON[2], ON[3]),
               ablation.Pair(["pool off: within,", "beyond 4 KiB"], OFF[2], OFF[3])],
        article=[],
        notes=["The two lists differ by 6 % in length; what goes beyond that is the heap's part.",
               "A pooled context keeps its heap buffer, so that a warm server allocates nothing beyond 4 KiB either;\n  with the "
               "pool off that buffer is the third allocation.",
               "The article gives no figures: 4 KB in the context, the heap beyond; a literal costs nothing,\n  and a small JSON "
               "answer stays off the heap."]))


def check_sizes(session):
    """A list that does not lie on its side of the buffer's end would compare nothing."""
    within, beyond = (cell.path for cell in ON[2:])
    answers = session.answers("gin", [within, beyond])
    sizes = {path: len(answer.partition(b"\r\n\r\n")[2]) for path, answer in answers.items()}
    if not sizes[within] <= BUFFER_BYTES < sizes[beyond]:
        raise HarnessError(f"GET {within} must answer at most {BUFFER_BYTES} bytes and GET {beyond} more, but they answer "
                           f"{sizes[within]} and {sizes[beyond]}")
    session.say(f"GET {within}: {sizes[within]:,} bytes, GET {beyond}: {sizes[beyond]:,} bytes")
