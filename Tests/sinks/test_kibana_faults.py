"""Faults that are planted into Kibana's dashboard: the check finds each."""

import functools
import json

import kibana_check
from lib import check
from test_kibana import FILE, indexed

CHART, VIEW, DASHBOARD = "lens", "index-pattern", "dashboard"


class Objects:
    """The saved objects of the committed file, to change them."""

    def __init__(self):
        self.entries = [json.loads(line) for line in FILE.read_text().splitlines()]

    def find(self, kind, name):
        return next(entry for entry in self.entries if (entry["type"], entry["id"]) == (kind, name))

    def chart(self, name):
        return self.find(CHART, f"kindred-chart-{name}")

    def state(self, name):
        return self.chart(name)["attributes"]["state"]

    def layer(self, name):
        return self.state(name)["datasourceStates"]["formBased"]["layers"]["layer"]

    def column(self, chart, name):
        return self.layer(chart)["columns"][name]

    def picture(self, name):
        return self.state(name)["visualization"]

    def view(self, name):
        return self.find(VIEW, f"kindred-{name}")["attributes"]

    @property
    def dashboard(self):
        return self.find(DASHBOARD, "kindred")

    def remove(self, entry):
        self.entries.remove(entry)

    def panels(self, change):
        attributes = self.dashboard["attributes"]
        panels = json.loads(attributes["panelsJSON"])
        change(panels)
        attributes["panelsJSON"] = json.dumps(panels)

    def grid(self, number, **place):
        self.panels(lambda panels: panels[number]["gridData"].update(place))

    def text(self):
        return "".join(json.dumps(entry) + "\n" for entry in self.entries)


# A name, what the check says, and the change.
FAULTS = [
    ("a wrong field", "no field genre", lambda o: o.column("genres", "x").update(sourceField="genre")),
    ("a missing multi-field", "no field title.raw", lambda o: o.column("most-rated", "x").update(sourceField="title.raw")),
    ("terms of a text", "terms of title, which is text", lambda o: o.column("most-rated", "x").update(sourceField="title")),
    ("a sum of keywords", "sum of genres, which is keyword", lambda o: o.column("genres", "y0").update(sourceField="genres")),
    ("a histogram of keywords", "range of genres", lambda o: o.column("mean-ratings", "x").update(sourceField="genres")),
    ("dates of a keyword", "date_histogram of user_id", lambda o: o.column("activity", "x").update(sourceField="user_id")),
    ("dates of no width", "cannot choose the width", lambda o: o.column("activity", "x")["params"].update(interval="auto")),
    ("a wrong data type", "data type string", lambda o: o.column("values", "x").update(dataType="string")),
    ("an operation of no name", "operation mean is unknown", lambda o: o.column("mean", "y0").update(operationType="mean")),
    ("a missing column", "column y7 is missing", lambda o: o.picture("films").update(metricAccessor="y7")),
    ("a column that is not shown", "column y1 is not shown", lambda o: o.picture("community-table")["columns"].pop()),
    ("an order by no column", "by column y7", lambda o: o.column("genres", "x")["params"]["orderBy"].update(columnId="y7")),
    ("a metric before its bucket", "a bucket comes after a metric", lambda o: o.layer("genres")["columnOrder"].reverse()),
    ("a column without a place", "columnOrder does not list", lambda o: o.layer("genres")["columnOrder"].pop()),
    ("a query that finds nothing", "no data", lambda o: o.state("best-rated")["query"].update(query="ratings >= 1000000")),
    ("a time without data", "no data", lambda o: o.dashboard["attributes"].update(timeFrom="now-15m")),
    ("a missing time field", "time field time is missing", lambda o: o.view("ratings").update(timeFieldName="time")),
    ("a time field of numbers", "time field rating is half_float", lambda o: o.view("ratings").update(timeFieldName="rating")),
    ("no time of the dashboard's own", "the last 15 minutes", lambda o: o.dashboard["attributes"].update(timeRestore=False)),
    ("a missing index", "kindred-items: the server answers 404", lambda o: o.view("items").update(title="kindred-films")),
    ("a missing data view", "leads to no index-pattern kindred-edges", lambda o: o.remove(o.find(VIEW, "kindred-edges"))),
    ("a missing chart", "leads to no lens kindred-chart-genres", lambda o: o.remove(o.chart("genres"))),
    ("a layer without a reference", "0 references are named indexpattern", lambda o: o.chart("genres")["references"].clear()),
    ("a panel without a reference", "0 references are named p1:panel_p1", lambda o: o.dashboard["references"].pop(0)),
    ("a reference too many", "nothing needs the reference p1:panel_p1", lambda o: o.panels(lambda panels: panels.pop(1))),
    ("a chart on no dashboard", "kindred-chart-films: on no dashboard", lambda o: o.dashboard["references"].pop(0)),
    ("panels that overlap", "panels p1 and p2 overlap", lambda o: o.grid(1, w=7)),
    ("a panel that is too wide", "panel p0: outside the 48 columns", lambda o: o.grid(0, w=49)),
    ("a panel left of the grid", "panel p0: outside the 48 columns", lambda o: o.grid(0, x=-1)),
    ("a panel twice", "panel p1 comes twice", lambda o: o.panels(lambda panels: panels.append(panels[1]))),
    ("a grid of another panel", "panel p3: its grid is that of p4", lambda o: o.grid(3, i="p4")),
    ("an empty text", "panel p0: an empty text", lambda o: o.panels(
        lambda panels: panels[0]["embeddableConfig"]["savedVis"]["params"].update(markdown=""))),
    ("panels as a list, not as a string", "not as Kibana writes it", lambda o: o.dashboard["attributes"].update(panelsJSON=[])),
    ("an object too new", "typeMigrationVersion 10.1.0 is newer", lambda o: o.dashboard.update(typeMigrationVersion="10.1.0")),
    ("an object without attributes", "not as Kibana writes it", lambda o: o.chart("genres").pop("attributes")),
    ("an object twice", "lens kindred-chart-genres comes twice", lambda o: o.entries.append(o.chart("genres"))),
    ("an object of another type", "objects of type search", lambda o: o.chart("genres").update(type="search")),
    ("a chart without a title", "it has no title", lambda o: o.chart("genres")["attributes"].update(title="")),
]
TEXT_FAULTS = [
    ("no newline at the end", "no newline at its end", lambda text: text.rstrip("\n")),
    ("a cut line", "line 9 is no saved object", lambda text: "\n".join(
        line[:-1] if number == 8 else line for number, line in enumerate(text.splitlines())) + "\n"),
    ("an empty line", "line 1 is no saved object", lambda text: "\n" + text),
]


class Remembering(kibana_check.Server):
    """Asks each question once, since most faults leave most searches as they are."""

    def __init__(self, url):
        super().__init__(url)
        self.types = functools.cache(super().types)
        self.answers = {}

    def search(self, index, body):
        question = index, json.dumps(body)
        if question not in self.answers:
            self.answers[question] = super().search(index, body)
        return self.answers[question]


def test_planted_faults(lab):
    """The check finds every fault that is planted, and none where none is."""
    server = Remembering(indexed(lab).url)
    check(kibana_check.faults(Objects().text(), server) == [], "without a fault, none is found")
    for name, message, plant in FAULTS:
        objects = Objects()
        plant(objects)
        finds(name, message, objects.text(), server)
    for name, message, plant in TEXT_FAULTS:
        finds(name, message, plant(Objects().text()), server)


def finds(name, message, text, server):
    found = kibana_check.faults(text, server)
    check(any(message in fault for fault in found), f"{name} is found", "; ".join(found))
