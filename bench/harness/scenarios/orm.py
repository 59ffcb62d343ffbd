"""S3 (the article's 2.3): a row by the ORM against the same row by native SQL, on SQLite."""

from harness import ablation, article, comparison
from harness.session import Cell

DESCRIPTION = "S3 ORM against native SQL: one user as JSON from SQLite, what a request allocates and costs"

NATIVE, ORM = "/sql/user/7", "/orm/user/7"
BEEGO_NATIVE = Cell("beego_native", "Beego, native SQL", "beego", NATIVE)
BEEGO_ORM = Cell("beego_orm", "Beego, ORM", "beego", ORM)
GIN_NATIVE = Cell("gin_native", "Gin, native SQL", "gin", NATIVE)
PING = Cell("beego_no_sql", "Beego, no SQL", "beego", "/ping")
NATIVE_AGAIN = Cell("beego_native_again", "Beego, native SQL again", "beego", NATIVE)

defaults = comparison.defaults


def run(session):
    comparison.require_same_answers(session, [BEEGO_NATIVE, BEEGO_ORM, GIN_NATIVE])
    return ablation.run(session, ablation.Plan(
        title="S3 ORM against native SQL",
        columns=[BEEGO_NATIVE, BEEGO_ORM, GIN_NATIVE, PING],
        again=NATIVE_AGAIN,
        pairs=[ablation.Pair(["Beego: native,", "ORM"], BEEGO_NATIVE, BEEGO_ORM),
               ablation.Pair(["native: Gin,", "Beego"], GIN_NATIVE, BEEGO_NATIVE)],
        article=[ablation.article_column("Beego", "native", article.ORM["native"]),
                 ablation.article_column("Beego", "ORM", article.ORM["orm"])],
        notes=["Native: a pooled connection and its prepared statement. ORM: an object a request, SQL text made and compiled, "
               "a box a column,\n  a copy to the members. Both write the JSON the same way; what the router allocates stands "
               "under \"no SQL\".",
               "Blocks that SQLite takes from the allocator count too. SQLite works on the server's own threads.",
               "The article loads 10,000 requests/s; bytes/request do not depend on that, its GC runs/s do. Its lifetimes "
               "(native <= 1 ms, ORM 2-8 ms)\n  are those of garbage: here a request's objects are freed before the next one "
               "begins."]))
