"""Finds what is wrong with saved objects of Kibana, against the indices that they are about.

    kibana_check.py FILE ELASTICSEARCH

It resolves every reference, holds panels to the grid, columns to the mapping, and runs the search of every chart.
"""

import itertools
import json
import sys
import urllib.error
from pathlib import Path

from kibana_queries import column_faults, field_types, filters, points, searches
from lib import ask

COLUMNS = 48
# Kibana refuses objects that are newer than itself; these are those of 8.9, the oldest that is supported.
NEWEST = {"index-pattern": (8, 0, 0), "lens": (8, 9, 0), "dashboard": (8, 9, 0)}
CORE = (8, 8, 0)


class Server:
    """The indices that charts are about. `validate` tells what is wrong with the body of a search."""

    def __init__(self, url, validate=lambda body: []):
        self.url, self.validate = url, validate

    def types(self, index):
        return field_types(next(iter(ask(f"{self.url}/{index}/_mapping").values()))["mappings"])

    def search(self, index, body):
        if wrong := self.validate(body):
            raise ValueError(f"the specification has no such search: {wrong}")
        return ask(f"{self.url}/{index}/_search", "POST", body)


def faults(text, server):
    """A line for everything that is wrong; empty where nothing is."""
    found, objects = [], {}
    if not text.endswith("\n"):
        found.append("file: no newline at its end")
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entry = json.loads(line)
            key = entry["type"], entry["id"]
        except (ValueError, KeyError, TypeError) as error:
            found.append(f"file: line {number} is no saved object: {error}")
            continue
        if key in objects:
            found.append(f"file: {key[0]} {key[1]} comes twice")
        objects[key] = entry
    for check in (form, references, lambda entry, all_objects: special(entry, all_objects, server)):
        for (_, name), entry in objects.items():
            try:
                found += [f"{name}: {fault}" for fault in check(entry, objects)]
            except urllib.error.HTTPError as error:
                found.append(f"{name}: the server answers {error.code}: {error.read(300).decode(errors='replace')}")
            except (KeyError, TypeError, ValueError, IndexError) as error:
                found.append(f"{name}: not as Kibana writes it: {type(error).__name__} {error}")
    return found + [f"{name}: on no dashboard" for name in unused(objects)]


def form(entry, _):
    kind = entry["type"]
    if kind not in NEWEST:
        yield f"objects of type {kind} are not expected"
        return
    for key, newest in (("typeMigrationVersion", NEWEST[kind]), ("coreMigrationVersion", CORE)):
        if tuple(map(int, entry[key].split("."))) > newest:
            yield f"{key} {entry[key]} is newer than Kibana 8.9"
    for key in ("attributes", "references", "managed"):
        if key not in entry:
            yield f"{key} is missing"
    if not entry["attributes"].get("title"):
        yield "it has no title"


def references(entry, objects):
    declared = [reference["name"] for reference in entry["references"]]
    needed = list(needs(entry))
    for reference in entry["references"]:
        if (reference["type"], reference["id"]) not in objects:
            yield f"reference {reference['name']} leads to no {reference['type']} {reference['id']}"
        if reference["name"] not in needed:
            yield f"nothing needs the reference {reference['name']}"
    for name in needed:
        if declared.count(name) != 1:
            yield f"{declared.count(name)} references are named {name}"


def needs(entry):
    """Names of references that an object's attributes ask for."""
    if entry["type"] == "lens":
        yield from (f"indexpattern-datasource-layer-{name}" for name in layers(entry))
    if entry["type"] == "dashboard":
        yield from (f"{panel['panelIndex']}:{panel['panelRefName']}" for panel in panels(entry) if panel["type"] == "lens")


def special(entry, objects, server):
    match entry["type"]:
        case "index-pattern":
            return data_view(entry, server)
        case "lens":
            return chart(entry, objects, server)
        case "dashboard":
            return dashboard(entry)


def data_view(entry, server):
    types = server.types(entry["attributes"]["title"])
    time = entry["attributes"].get("timeFieldName")
    if time and types.get(time) != "date":
        yield f"the time field {time} is {types.get(time, 'missing')}"


def dashboard(entry):
    attributes = entry["attributes"]
    for text in (attributes["optionsJSON"], attributes["kibanaSavedObjectMeta"]["searchSourceJSON"]):
        json.loads(text)
    if not (attributes["timeRestore"] and attributes["timeFrom"] and attributes["timeTo"]):
        yield "it has no time of its own, so that it opens on the last 15 minutes"
    grids = [(panel["panelIndex"], panel["gridData"]) for panel in panels(entry)]
    for name, grid in grids:
        if grid["i"] != name:
            yield f"panel {name}: its grid is that of {grid['i']}"
        if grid["x"] < 0 or grid["y"] < 0 or grid["w"] < 1 or grid["h"] < 1 or grid["x"] + grid["w"] > COLUMNS:
            yield f"panel {name}: outside the {COLUMNS} columns"
    for (one, a), (other, b) in itertools.combinations(grids, 2):
        if one == other:
            yield f"panel {one} comes twice"
        if a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]:
            yield f"panels {one} and {other} overlap"
    for panel in panels(entry):
        if panel["type"] == "visualization" and not panel["embeddableConfig"]["savedVis"]["params"]["markdown"]:
            yield f"panel {panel['panelIndex']}: an empty text"


def chart(entry, objects, server):
    state = entry["attributes"]["state"]
    for name, layer in layers(entry).items():
        targets = {reference["name"]: (reference["type"], reference["id"]) for reference in entry["references"]}
        target = targets.get(f"indexpattern-datasource-layer-{name}")
        if target not in objects:
            continue  # `references` says so.
        view = objects[target]["attributes"]
        types = server.types(view["title"])
        wrong = list(layer_faults(state["visualization"], layer))
        for column_name, column in layer["columns"].items():
            wrong += column_faults(column_name, column, types, view.get("timeFieldName"))
        if wrong:
            yield from wrong
            continue
        shown = holders(entry, objects)
        if not shown:
            continue  # `unused` says so.
        times = shown[0]["attributes"]["timeFrom"], shown[0]["attributes"]["timeTo"]
        wanted = list(filters(state["query"]["query"], view.get("timeFieldName"), times))
        body = searches(layer, types, wanted, lambda body, index=view["title"]: server.search(index, body))
        drawn = points(layer, server.search(view["title"], body))
        if not any(all(point.values()) for point in drawn):
            yield "no data"


def layer_faults(visualization, layer):
    """Columns that a picture names and a layer lacks, and the other way round."""
    columns, order = layer["columns"], layer["columnOrder"]
    if sorted(columns) != sorted(order):
        yield "columnOrder does not list the columns"
    bucketed = [columns[name]["isBucketed"] for name in order if name in columns]
    if bucketed != sorted(bucketed, reverse=True):
        yield "a bucket comes after a metric"
    for column in columns.values():
        by = column.get("params", {}).get("orderBy", {}).get("columnId")
        if by and by not in columns:
            yield f"ordered by column {by}, which is missing"
    named = set(accessors(visualization))
    for name in sorted(named ^ set(columns)):
        yield f"column {name} is {'missing' if name in named else 'not shown'}"


def accessors(visualization):
    """The columns that a visualization shows, whatever its kind."""
    for layer in visualization.get("layers", [visualization]):
        yield from layer.get("accessors", [])
        yield from (column["columnId"] for column in layer.get("columns", []))
        yield from (layer[key] for key in ("xAccessor", "splitAccessor", "metricAccessor") if key in layer)


def layers(entry):
    return entry["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]


def panels(entry):
    return json.loads(entry["attributes"]["panelsJSON"])


def holders(entry, objects):
    """The dashboards that show an object."""
    return [
        other for other in objects.values()
        if other["type"] == "dashboard" and any(
            (reference["type"], reference["id"]) == (entry["type"], entry["id"]) for reference in other.get("references", []))]


def unused(objects):
    return [name for (kind, name), entry in objects.items() if kind == "lens" and not holders(entry, objects)]


def main():
    path, url = sys.argv[1:]
    found = faults(Path(path).read_text(encoding="utf-8"), Server(url))
    print(*found or ["all references lead somewhere, and all charts have data"], sep="\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
