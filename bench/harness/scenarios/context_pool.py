"""S7 (the article's 3.2): the Gin style's context pool, on and off."""

from harness import ablation, article, comparison
from harness.session import Cell

DESCRIPTION = "S7 context pool: the Gin style with pooled contexts, and with one made for each request"

TEXT_ON = Cell("text_pool_on", "text, pool on", "gin", "/ping", "on")
TEXT_OFF = Cell("text_pool_off", "text, pool off", "gin", "/ping", "off")
JSON_ON = Cell("json_pool_on", "JSON, pool on", "gin", "/json", "on")
JSON_OFF = Cell("json_pool_off", "JSON, pool off", "gin", "/json", "off")
TEXT_ON_AGAIN = Cell("text_pool_on_again", "text, pool on again", "gin", "/ping", "on")

defaults = comparison.defaults


def run(session):
    return ablation.run(session, ablation.Plan(
        title="S7 context pool",
        columns=[TEXT_ON, TEXT_OFF, JSON_ON, JSON_OFF],
        again=TEXT_ON_AGAIN,
        pairs=[ablation.Pair(["text: pool on,", "pool off"], TEXT_ON, TEXT_OFF),
               ablation.Pair(["JSON: pool on,", "pool off"], JSON_ON, JSON_OFF)],
        article=[ablation.article_column("Gin", f"pool {pool}", article.CONTEXT_POOL[pool]) for pool in ("on", "off")],
        notes=["Off means the context and its memory (two buffers of 4 KiB) from the allocator for each request.",
               "The article loads 10,000 requests/s; bytes/request do not depend on that, its GC runs/s do."]))
