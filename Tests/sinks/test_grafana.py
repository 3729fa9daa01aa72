"""The dashboards of deploy/grafana: every panel has data, and each planted fault is found."""

import copy
import re
import subprocess
import time

import grafana
from grafana import DASHBOARDS, Panels, dashboard, data_sources, faults_of_reading, faults_of_structure
from lib import ROOT, check
from monitoring import Monitored

# The panels of the first dashboard, by the seeds they come from.
SEEDS = {
    "Distribution of ratings": ("barchart", "/analytics/rating_distribution"),
    "New ratings per minute": ("timeseries", "60 * rate(kindred_ratings_ingested_total[1m])"),
    "RMSE over time": ("timeseries", "kindred_model_rmse"),
    "Generated recommendations": ("table", "/recommendations/generated"),
    "Top films now": ("bargauge", "/movies/top"),
    "Similarities of users": ("table", "/graph/heatmap"),
    "Volume of ratings": ("timeseries", "/analytics/ratings_per_minute_of_arrival"),
    "Newest ratings": ("table", "/ratings?count=50"),
}


def test_descriptions(_):
    """Dashboards are what their descriptions say, and the first has the panels of the seeds."""
    run = subprocess.run([ROOT / "script/grafana", "--check"], capture_output=True, text=True, check=False)
    check(run.returncode == 0, "script/grafana --check finds no difference", run.stderr)
    panels = {panel["title"]: panel for panel in dashboard("kindred-ratings")["panels"]}
    check(list(panels) == list(SEEDS), "the seeds' eight panels", list(panels))
    for title, (kind, asked) in SEEDS.items():
        target = panels[title]["targets"][0]
        found = target.get("expr", target.get("url"))
        check(panels[title]["type"] == kind and found.startswith(asked), title, f"{panels[title]['type']} of {found}")
    uids = {dashboard(name)["uid"] for name in DASHBOARDS}
    check(uids == set(DASHBOARDS), "a dashboard has the name of its file", uids)


# What must not be in a description, and what the check says of it.
STRUCTURE = {
    "two panels overlap": (lambda b: b["panels"][1]["gridPos"].update(x=4), "overlap"),
    "a panel is too wide": (lambda b: b["panels"][2]["gridPos"].update(w=9), "beyond column 24"),
    "two panels have one id": (lambda b: b["panels"][1].update(id=1), "ids of panels repeat"),
    "a data source is missing": (
        lambda b: b["panels"][0]["targets"][0].update(datasource={"type": "prometheus", "uid": "kindred"}), "no data source kindred"),
    "a data source has another type": (
        lambda b: b["panels"][1]["targets"][0].update(datasource={"type": "loki", "uid": "kindred-prometheus"}), "of type loki"),
    "the schema is a later one": (lambda b: b.update(schemaVersion=42), "schemaVersion is 42"),
}


def test_structure(_):
    """Ids, places and data sources of the dashboards."""
    sources = data_sources()
    for name in DASHBOARDS:
        check(not (faults := list(faults_of_structure(dashboard(name), sources))), f"{name} is sound", faults)
        check(not (faults := list(faults_of_reading(dashboard(name)))), f"{name} is read by Grafana's SDK", faults)
    for fault, (plant, told) in STRUCTURE.items():
        board = dashboard("kindred-ratings")
        plant(board)
        faults = list(faults_of_structure(board, sources))
        check(any(told in text for text in faults), f"found: {fault}", faults)
    board = dashboard("kindred-ratings")
    board["panels"][0].update(gridPos="left", titel="Distribution")
    faults = list(faults_of_reading(board))
    check("there is no field /panels/0/titel" in faults, "found: a field that Grafana does not have", faults)
    check(any("/panels/0/gridPos" in fault for fault in faults), "found: a place that is none", faults)


def test_provisioning(_):
    """Data sources are named by what panels use, send the key to one host only, and have it from a file."""
    sources = {source["uid"]: source for source in data_sources()}
    check(set(sources) == {"kindred-prometheus", "kindred-infinity"}, "both data sources", list(sources))
    infinity = sources["kindred-infinity"]
    check(infinity["jsonData"]["allowedHosts"] == [infinity["url"]], "the key goes to one host", infinity["jsonData"])
    check(
        infinity["secureJsonData"]["bearerToken"].startswith("$__file{/"), "the key is in a file", infinity["secureJsonData"])
    for source in sources.values():
        check(re.fullmatch(r"\$[A-Z_]+_URL", source["url"]), f"{source['name']}: its address is of the environment", source["url"])
    yaml = grafana.package("yaml")
    providers = yaml.safe_load((grafana.DEPLOY / "provisioning/dashboards/kindred.yaml").read_text())["providers"]
    check(
        providers[0]["type"] == "file" and providers[0]["options"]["path"] == "/etc/grafana/dashboards", "dashboards are read",
        providers)
    scrape = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())["global"]["scrape_interval"]
    interval = sources["kindred-prometheus"]["jsonData"]["timeInterval"]
    check(scrape == interval, "Grafana knows how often Prometheus scrapes", f"{scrape} {interval}")


def target(title, **changes):
    def plant(board):
        next(panel for panel in board["panels"] if panel["title"] == title)["targets"][0].update(changes)
    return plant


def column(title, place, **changes):
    def plant(board):
        next(panel for panel in board["panels"] if panel["title"] == title)["targets"][0]["columns"][place].update(changes)
    return plant


def step(title, **options):
    def plant(board):
        next(panel for panel in board["panels"] if panel["title"] == title)["transformations"][0]["options"].update(options)
    return plant


def first_month(board):
    """The first month of the events themselves: minutes and days have too few people for a key that reads."""
    found = next(panel for panel in board["panels"] if panel["title"] == "Volume of ratings")["targets"][0]
    found["url"] = "/analytics/user_activity?format=csv&limit=1"
    found["columns"][0].update(selector="month", timestampFormat="2006-01")


CONTENT = {
    "a wrong metric": (target("New ratings per minute", expr="rate(kindred_ratings_total[1m])"), "has no value"),
    "a wrong label": (target("New ratings per minute", legendFormat="{{origin}}"), "the legend names origin"),
    "a broken expression": (target("New ratings per minute", expr="rate(kindred_ratings_ingested_total[1m]"), "does not parse"),
    "the rate of a gauge": (target("New ratings per minute", expr="rate(kindred_store_ratings[1m])"), "is a gauge"),
    "a range before the data": (lambda b: b["time"].update({"from": "now-3y", "to": "now-2y"}), "has no value from now-3y"),
    "times of the events, years ago": (first_month, "no time is from now-30m to now"),
    "a wrong layout of times": (column("Volume of ratings", 0, timestampFormat="2006-01-02"), "is no timestamp"),
    "no times": (column("Volume of ratings", 0, type="string"), "needs a timestamp"),
    "a wrong route": (target("Distribution of ratings", url="/analytics/distribution?format=csv"), "gets 404"),
    "a wrong parameter": (target("Top films now", url="/movies/top?format=csv&minutes=30"), "gets 400"),
    "a route that takes POST alone": (target("Newest ratings", url="/admin/refresh"), "gets 405"),
    "another host": (target("Newest ratings", url="http://127.0.0.1:1/ratings"), "outside of the allowed host"),
    "a wrong field": (column("Top films now", 1, selector="count"), "has no column count"),
    "a wrong type": (column("Newest ratings", 1, type="number"), "the column title is no number"),
    "a wrong root": (target("Newest ratings", root_selector="ratings"), "has no rows"),
    "JSON where CSV is asked for": (target("Newest ratings", type="csv"), "has no rows"),
    "a matrix of a column that is not asked for": (step("Similarities of users", valueField="weight"), "names the column weight"),
    "a column renamed that is not asked for": (step("Newest ratings", renameByName={"stars": "rating"}), "names the column stars"),
}


def test_panels(lab):
    """Every panel has data on a live service under load, and each planted fault is found."""
    for name in ("yaml", "promql_parser", "jsonata"):
        grafana.package(name)
    live = Monitored(lab)
    panels, faults = None, {}
    # Rates need time.
    end = time.monotonic() + 60
    while time.monotonic() < end:
        panels = Panels(live.address, live.keys["read"], live.prometheus.url)
        faults = {name: list(panels.faults(dashboard(name), live.left_out)) for name in DASHBOARDS}
        if not any(faults.values()):
            break
        time.sleep(1)
    for name in DASHBOARDS:
        titles = [panel["title"] for panel in dashboard(name)["panels"]]
        check(not faults[name], f"{name}: every panel has data", faults[name] or f"{len(titles)} panels")
    for fault, (plant, told) in CONTENT.items():
        board = copy.deepcopy(dashboard("kindred-ratings"))
        plant(board)
        found = list(panels.faults(board))
        check(any(told in text for text in found), f"found: {fault}", found)
