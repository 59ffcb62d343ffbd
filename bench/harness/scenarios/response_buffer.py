"""response_buffer (S8, the article's 3.3): answers that fit the 4 KiB buffer of the context, and answers that need the heap."""

from harness import ablation, comparison, presets
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "What does an answer of more than the context's 4 KiB buffer cost? With the pool on and off"
BUFFER_BYTES = 4096  # kInlineBytes in router/gin/memory/buffer.h

ANSWERS = [("literal", "/ping"), ("small JSON", "/json"), ("JSON within", "/list/146"), ("JSON beyond", "/list/154")]
ON = [Cell(f"{path[1:].replace('/', '_')}_on", f"{title}, pool on", "gin", path, "on") for title, path in ANSWERS]
OFF = [Cell(f"{path[1:].replace('/', '_')}_off", f"{title}, pool off", "gin", path, "off") for title, path in ANSWERS]
ORIGINALS = ("gin",)
GO_COLUMNS = [Cell(f"go_{cell.key.removesuffix('_on')}", f"Go Gin, {cell.title.removesuffix(', pool on')}", "go_gin", cell.path) for cell in ON]
AGAIN = Cell("ping_on_again", "literal, pool on again", "gin", "/ping", "on")

PLAN = ablation.Plan(
    title="Response buffer (S8)",
    columns=[*ON, *OFF],
    again=AGAIN,
    pairs=[ablation.Pair(["pool on: within,", "beyond 4 KiB"], ON[2], ON[3]),
           ablation.Pair(["pool off: within,", "beyond 4 KiB"], OFF[2], OFF[3])],
    originals=GO_COLUMNS,
    original_pairs=[ablation.Pair(["Go Gin: within,", "beyond 4 KiB"], *GO_COLUMNS[2:])],
    original_notes=["The context of Gin has no buffer for answers: encoding/json fills a buffer of its own pool, and net/http writes to the buffer "
                    "of the connection."],
    article=[],
    notes=["The lengths of the two lists differ by 6 %. A larger difference in cost comes from the heap buffer.",
           "A pooled context keeps its heap buffer, so a warm server allocates nothing for answers above 4 KiB either. With "
           "the pool off, that buffer is the third allocation.",
           "The article gives no figures. It says that the context holds 4 KB, that longer answers use the heap, that a "
           "literal costs nothing, and that a small JSON answer does not use the heap."])

NEEDS = ("wrk",)
PRESETS = presets.IN_ROUNDS


def measure(session):
    check_sizes(session)
    comparison.require_same_bytes(session, PLAN.columns_of(session.options))
    ablation.measure(session, PLAN)


def report(found):
    return ablation.report(found, PLAN)


def check_sizes(session):
    """Raises HarnessError unless one list fits the buffer and the other does not."""
    within, beyond = (cell.path for cell in ON[2:])
    answers = session.answers("gin", [within, beyond])
    session.act(f"compare the lengths with {BUFFER_BYTES} bytes", lambda: require_sizes(session, answers, within, beyond))


def require_sizes(session, answers, within, beyond):
    sizes = {path: len(answer.partition(b"\r\n\r\n")[2]) for path, answer in answers.items()}
    if not sizes[within] <= BUFFER_BYTES < sizes[beyond]:
        raise HarnessError(f"GET {within} must answer at most {BUFFER_BYTES} bytes and GET {beyond} more, but they answer "
                           f"{sizes[within]} and {sizes[beyond]}")
    session.show(f"GET {within}: {sizes[within]:,} bytes, GET {beyond}: {sizes[beyond]:,} bytes", stays=True)
