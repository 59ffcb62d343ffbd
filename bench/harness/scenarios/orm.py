"""orm (S3, the article's 2.3): one row read by the ORM against the same row read by native SQL, on SQLite."""

from harness import ablation, article, comparison, presets
from harness.session import Cell

DESCRIPTION = "What does an ORM cost? One row of SQLite as JSON, read by the ORM and by native SQL"

NATIVE, ORM = "/sql/user/7", "/orm/user/7"
BEEGO_NATIVE = Cell("beego_native", "Beego, native SQL", "beego", NATIVE)
BEEGO_ORM = Cell("beego_orm", "Beego, ORM", "beego", ORM)
GIN_NATIVE = Cell("gin_native", "Gin, native SQL", "gin", NATIVE)
PING = Cell("beego_no_sql", "Beego, no SQL", "beego", "/ping")
COLUMNS = [BEEGO_NATIVE, BEEGO_ORM, GIN_NATIVE, PING]
ORIGINALS = ("gin", "beego")
GO_COLUMNS = [cell.original() for cell in COLUMNS]
NATIVE_AGAIN = Cell("beego_native_again", "Beego, native SQL again", "beego", NATIVE)

PLAN = ablation.Plan(
    title="ORM against native SQL (S3)",
    columns=COLUMNS,
    again=NATIVE_AGAIN,
    pairs=[ablation.Pair(["Beego: native,", "ORM"], BEEGO_NATIVE, BEEGO_ORM),
           ablation.Pair(["native: Gin,", "Beego"], GIN_NATIVE, BEEGO_NATIVE)],
    originals=GO_COLUMNS,
    original_pairs=[ablation.Pair(["Go Beego: native,", "ORM"], *GO_COLUMNS[:2]),
                    ablation.Pair(["native: Go Gin,", "Go Beego"], GO_COLUMNS[2], GO_COLUMNS[0])],
    original_notes=["The originals use the ORM of Beego, and database/sql with a prepared statement, with the same SQLite and the same rows. "
                    "Their counts are those of Go's heap, without SQLite's."],
    article=[ablation.article_column("Beego", "native", article.ORM["native"]),
             ablation.article_column("Beego", "ORM", article.ORM["orm"])],
    notes=["Native SQL uses a pooled connection and its prepared statement. The ORM creates an object per request, builds and "
           "compiles SQL text, boxes each column and copies the values to the members. Both write the JSON in the same way. "
           "The column \"no SQL\" shows what the router alone allocates.",
           "The counts include the blocks that SQLite allocates. SQLite runs on the threads of the server.",
           "The article loads 10,000 requests/s. Its bytes/request do not depend on the load, its GC runs/s do. Its object "
           "lifetimes (native <= 1 ms, ORM 2-8 ms) are lifetimes of garbage. Here the objects of a request are freed before "
           "the next request begins."])

NEEDS = ("wrk",)
PRESETS = presets.IN_ROUNDS


def measure(session):
    comparison.require_same_answers(session, [cell for cell in PLAN.columns_of(session.options) if cell.path != PING.path])
    ablation.measure(session, PLAN)


def report(found):
    return ablation.report(found, PLAN)
