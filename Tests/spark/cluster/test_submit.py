"""As users call it: spark-submit once for each subcommand, and a client of Spark Connect."""

from lib import check
from test_factors import fit
from test_graph import golden, graph


def test_submit_graph(lab):
    """spark-submit of `graph`: the golden graph."""
    lab.cluster.resize(2)
    golden(lab, graph(lab, lab.submit, 4, "submitted"))


def test_submit_als(lab):
    """spark-submit of `als`: `kindred recommend --factors` takes what it writes."""
    lab.cluster.resize(2)
    output = fit(lab, lab.submit, "als", 20, 4, name="submitted")
    ended = lab.kindred("recommend", lab.source, "--factors", output, "--user", 1)
    check(ended.returncode == 0, "kindred recommend --factors reads the folder", ended.stderr[-300:])


def test_connect(lab):
    """A client of Spark Connect finds the same neighbors and fits the same factors."""
    lab.cluster.resize(2)
    application = lab.connected()
    for blocks in (1, 4, 7, 16) if lab.is_long else (4,):
        graph(lab, application.run, blocks, f"connect-graph-{blocks}", *lab.shipped, one=())
    for model in ("als", "implicit"):
        fit(lab, application.run, model, 20, 4, *lab.shipped, name=f"connect-{model}")
