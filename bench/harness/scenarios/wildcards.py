"""wildcards (S2, the article's 2.2): a static route against a wildcard route, in both styles."""

from harness import ablation, article, comparison, presets, table
from harness.session import Cell

DESCRIPTION = "What does a wildcard cost? A static route and a wildcard route with the same handler, in both styles"
NEEDS = ("wrk",)
PRESETS = presets.changed(presets.IN_ROUNDS, full={"seconds": 10}, connections=500)  # as in the article

# Both routes belong to the same application and have the same handler; both paths have the same number of segments.
STATIC, WILDCARD = "/fixed/css/site.css", "/wild/css/site.css"
BEEGO_STATIC = Cell("beego_static", "Beego, static", "beego", STATIC)
BEEGO_WILDCARD = Cell("beego_wildcard", "Beego, wildcard", "beego", WILDCARD)
GIN_STATIC = Cell("gin_static", "Gin, static", "gin", STATIC)
GIN_WILDCARD = Cell("gin_wildcard", "Gin, wildcard", "gin", WILDCARD)
BEEGO_AGAIN = Cell("beego_static_again", "Beego, static again", "beego", STATIC)
COLUMNS = [BEEGO_STATIC, BEEGO_WILDCARD, GIN_STATIC, GIN_WILDCARD]
ORIGINALS = ("gin", "beego")
GO_COLUMNS = [cell.original() for cell in COLUMNS]


def article_column(route):
    figures = article.WILDCARDS[route]
    return (["article", "Beego", route], {
        "requests/s": table.number(figures["requests_per_s"]),
        "latency P99, ms": table.number(figures["latency_p99_ms"], 2),
        "server's CPUs busy, %": table.number(figures["cpu_share"] * 100)})


RATIO = article.WILDCARDS["static"]["requests_per_s"] / article.WILDCARDS["wildcard"]["requests_per_s"]
PLAN = ablation.Plan(
    title="Wildcards (S2)",
    columns=COLUMNS,
    again=BEEGO_AGAIN,
    pairs=[ablation.Pair(["Beego: static,", "wildcard"], BEEGO_STATIC, BEEGO_WILDCARD),
           ablation.Pair(["Gin: static,", "wildcard"], GIN_STATIC, GIN_WILDCARD)],
    originals=GO_COLUMNS,
    original_pairs=[ablation.Pair(["Go Beego: static,", "wildcard"], *GO_COLUMNS[:2]),
                    ablation.Pair(["Go Gin: static,", "wildcard"], *GO_COLUMNS[2:])],
    article=[article_column("static"), article_column("wildcard")],
    notes=[f"In the article the ratio of requests/s, static / wildcard, is {RATIO:.2f} for Beego; it has no figures for Gin. Its "
           "wildcard route serves files. Here both routes have the same handler, so that only the route differs."])


def measure(session):
    comparison.require_same_answers(session, PLAN.columns_of(session.options))
    ablation.measure(session, PLAN)


def report(found):
    return ablation.report(found, PLAN)
