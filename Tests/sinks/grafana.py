"""Finds what is wrong with dashboards of Grafana, without a Grafana: in their structure, and in what their panels would show.

Each function gives faults as texts; none means that every panel has data.
"""

import csv
import datetime
import io
import itertools
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

from lib import ROOT, Skipped

DEPLOY = ROOT / "deploy/grafana"
DASHBOARDS = ("kindred-ratings", "kindred-operations")
WIDTH = 24
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31557600}


def package(name):
    try:
        return __import__(name, fromlist=["_"])
    except ImportError:
        raise Skipped(f"the package {name} is missing") from None


def dashboard(uid):
    return json.loads((DEPLOY / f"dashboards/{uid}.json").read_text())


def data_sources():
    return package("yaml").safe_load((DEPLOY / "provisioning/datasources/kindred.yaml").read_text())["datasources"]


# Structure


def faults_of_structure(board, sources):
    if board["schemaVersion"] != 41:
        yield f"schemaVersion is {board['schemaVersion']}"
    ids = [panel["id"] for panel in board["panels"]]
    if len(set(ids)) != len(ids):
        yield "ids of panels repeat"
    types = {source["uid"]: source["type"] for source in sources}
    for panel in board["panels"]:
        place = panel["gridPos"]
        if place["x"] < 0 or place["x"] + place["w"] > WIDTH:
            yield f"{panel['title']}: it reaches beyond column {WIDTH}"
        for target in panel["targets"]:
            source = target["datasource"]
            if types.get(source["uid"]) != source["type"] or source != panel["datasource"]:
                yield f"{panel['title']}: there is no data source {source['uid']} of type {source['type']}"
    for one, other in itertools.combinations(board["panels"], 2):
        a, b = one["gridPos"], other["gridPos"]
        if a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]:
            yield f"{one['title']} and {other['title']} overlap"


def faults_of_reading(board):
    """What Grafana's own types say: the SDK leaves out fields that they do not have."""
    model, encoder = package("grafana_foundation_sdk.models.dashboard"), package("grafana_foundation_sdk.cog.encoder")
    try:
        read = json.loads(encoder.JSONEncoder().encode(model.Dashboard.from_json(board)))
    except (AttributeError, KeyError, TypeError) as error:
        yield f"the SDK does not read it: {error!r}"
    else:
        yield from lost(board, read, "")


def lost(whole, part, path):
    if isinstance(whole, dict) and isinstance(part, dict):
        for key, value in whole.items():
            yield from lost(value, part[key], f"{path}/{key}") if key in part else [f"there is no field {path}/{key}"]
    elif isinstance(whole, list) and isinstance(part, list) and len(whole) == len(part):
        for place, (one, other) in enumerate(zip(whole, part, strict=True)):
            yield from lost(one, other, f"{path}/{place}")
    elif whole != part:
        yield f"{path} is {part}, not {whole}"


# Time


def moment(text, now):
    """`now-30m` in seconds since 1970."""
    found = re.fullmatch(r"now(?:-(\d+)([smhdwy]))?", text)
    return now - (int(found[1]) * UNITS[found[2]] if found[1] else 0)


def bounds(board, now=None):
    now = now or time.time()
    return moment(board["time"]["from"], now), moment(board["time"]["to"], now)


def converted(value, column):
    """The value of a cell as Infinity makes it; times as seconds since 1970.

    - Raises: ValueError where it would leave the cell empty.
    """
    kind = column["type"]
    if kind == "number":
        return float(value)
    if kind == "timestamp_epoch_s":
        return int(value)
    if kind == "timestamp":
        # Of a layout of Go, what Kindred writes.
        layout = column.get("timestampFormat", "2006-01-02T15:04:05Z")
        for go, python in (("2006", "%Y"), ("01", "%m"), ("02", "%d"), ("15", "%H"), ("04", "%M"), ("05", "%S")):
            layout = layout.replace(go, python)
        return datetime.datetime.strptime(value, layout).replace(tzinfo=datetime.UTC).timestamp()
    if kind == "string":
        return str(value)
    raise ValueError(f"no type {kind}")


# What panels show


class Panels:
    """Asks what the panels of a dashboard ask: a Prometheus, and a service with a key."""

    def __init__(self, kindred, key, prometheus):
        self.kindred, self.key, self.prometheus = kindred, key, prometheus
        self.types = {name: found[0]["type"] for name, found in self.ask_prometheus("metadata").items()}

    def ask_prometheus(self, path, **query):
        with urllib.request.urlopen(f"{self.prometheus}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
            return json.load(answer)["data"]

    def faults(self, board, left_out=()):
        """`left_out` are beginnings of metrics that nothing here can have."""
        for panel in board["panels"]:
            for target in panel["targets"]:
                if any(name in target.get("expr", "") for name in left_out):
                    continue
                find = self.faults_of_query if "expr" in target else self.faults_of_url
                yield from (f"{panel['title']}: {fault}" for fault in find(target, panel, board))

    def faults_of_query(self, target, _, board):
        expression = target["expr"]
        try:
            package("promql_parser").parse(expression)
        except ValueError as error:
            yield f"{expression} does not parse: {error}"
            return
        for name in re.findall(r"(?:rate|increase)\((\w+)", expression):
            if self.types.get(name) == "gauge":
                yield f"{name} is a gauge and has no rate"
        start, end = bounds(board)
        if target["instant"]:
            series = self.ask_prometheus("query", query=expression, time=end)["result"]
            values = [one["value"][1] for one in series]
        else:
            step = max(1, (end - start) / 600)
            series = self.ask_prometheus("query_range", query=expression, start=start, end=end, step=step)["result"]
            values = [value for one in series for _, value in one["values"]]
        if all(value == "NaN" for value in values):
            yield f"{expression} has no value from {board['time']['from']} to {board['time']['to']}"
        labels = {label for one in series for label in one["metric"]}
        for name in re.findall(r"{{(\w+)}}", target["legendFormat"]):
            if series and name not in labels:
                yield f"the legend names {name}, and the series have {sorted(labels)}"

    def rows(self, target):
        """The rows of an answer.

        - Raises: ValueError where it has none.
        """
        if not target["url"].startswith("/"):
            raise ValueError(f"{target['url']} is outside of the allowed host")
        request = urllib.request.Request(self.kindred + target["url"], headers={"Authorization": f"Bearer {self.key}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            raise ValueError(f"{target['url']} gets {error.code}") from None
        if target["type"] == "csv":
            rows = list(csv.DictReader(io.StringIO(text)))
        else:
            rows = package("jsonata").Jsonata(target["root_selector"]).evaluate(json.loads(text))
        if not isinstance(rows, list) or not rows:
            raise ValueError(f"{target['url']} has no rows under \"{target['root_selector']}\"")
        return rows

    def faults_of_url(self, target, panel, board):
        try:
            rows = self.rows(target)
        except ValueError as error:
            yield str(error)
            return
        times = []
        for column in target["columns"]:
            name = column["selector"]
            if name not in rows[0]:
                yield f"{target['url']} has no column {name}, but {sorted(rows[0])}"
                continue
            values = [row[name] for row in rows if row[name] not in (None, "")]
            if not values:
                yield f"the column {name} is empty"
            try:
                found = [converted(value, column) for value in values]
            except (TypeError, ValueError) as error:
                yield f"the column {name} is no {column['type']}: {error}"
                continue
            if column["type"].startswith("timestamp"):
                times += found
        yield from faults_of_columns(target, panel)
        start, end = bounds(board)
        # Tables show all rows, whenever they are of.
        if target["format"] == "timeseries" and not any(start <= moment <= end for moment in times):
            yield f"no time is from {board['time']['from']} to {board['time']['to']}; the newest is {max(times, default=None)}"


def faults_of_columns(target, panel):
    """What options and transformations name, and what the kind of panel needs."""
    types = {column["selector"]: column["type"] for column in target["columns"]}
    named = [panel["options"]["xField"]] if "xField" in panel["options"] else []
    for step in panel.get("transformations", []):
        options = step["options"]
        if step["id"] == "groupingToMatrix":
            named += [options["rowField"], options["columnField"], options["valueField"]]
        else:
            named += [*options["indexByName"], *options["renameByName"]]
    for name in named:
        if name not in types:
            yield f"it names the column {name}, which it does not ask for"
    if panel["type"] in ("barchart", "bargauge", "timeseries") and "number" not in types.values():
        yield f"a {panel['type']} needs a number"
    if panel["type"] == "timeseries" and not any(kind.startswith("timestamp") for kind in types.values()):
        yield "a timeseries needs a timestamp"
