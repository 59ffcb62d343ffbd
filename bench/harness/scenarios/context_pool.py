"""context_pool (S7, the article's 3.2): the Gin style with pooled contexts and with a new context per request."""

from harness import ablation, article, comparison, presets
from harness.session import Cell

DESCRIPTION = "What does a pool of contexts save? The Gin style with pooled contexts and with a new one per request"

TEXT_ON = Cell("text_pool_on", "text, pool on", "gin", "/ping", "on")
TEXT_OFF = Cell("text_pool_off", "text, pool off", "gin", "/ping", "off")
JSON_ON = Cell("json_pool_on", "JSON, pool on", "gin", "/json", "on")
JSON_OFF = Cell("json_pool_off", "JSON, pool off", "gin", "/json", "off")
COLUMNS = [TEXT_ON, TEXT_OFF, JSON_ON, JSON_OFF]
ORIGINALS = ("gin",)
GO_COLUMNS = [cell.original(title=f"Go Gin {cell.title}", pool="", flags=(f"--pool={cell.pool}",)) for cell in COLUMNS]
TEXT_ON_AGAIN = Cell("text_pool_on_again", "text, pool on again", "gin", "/ping", "on")

PLAN = ablation.Plan(
    title="Context pool (S7)",
    columns=COLUMNS,
    again=TEXT_ON_AGAIN,
    pairs=[ablation.Pair(["text: pool on,", "pool off"], TEXT_ON, TEXT_OFF),
           ablation.Pair(["JSON: pool on,", "pool off"], JSON_ON, JSON_OFF)],
    originals=GO_COLUMNS,
    original_pairs=[ablation.Pair(["Go Gin text:", "pool on, off"], *GO_COLUMNS[:2]),
                    ablation.Pair(["Go Gin JSON:", "pool on, off"], *GO_COLUMNS[2:])],
    original_notes=["Gin has no setting for its pool. With the pool off, the program of bench/originals makes a context per request. It has no "
                    "buffer for answers, so it is smaller than the context here."],
    article=[ablation.article_column("Gin", f"pool {pool}", article.CONTEXT_POOL[pool]) for pool in ("on", "off")],
    notes=["With the pool off, each request allocates a context and its memory (two buffers of 4 KiB).",
           "The article loads 10,000 requests/s. Its bytes/request do not depend on the load, its GC runs/s do."])

NEEDS = ("wrk",)
PRESETS = presets.IN_ROUNDS


def measure(session):
    comparison.require_same_bytes(session, PLAN.columns_of(session.options))
    ablation.measure(session, PLAN)


def report(found):
    return ablation.report(found, PLAN)
