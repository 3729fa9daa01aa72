"""Reads the description of a dashboard, and says where it is wrong."""

import re
import tomllib
from dataclasses import dataclass

COLUMNS = 48
KINDS = ("metric", "bar", "horizontal", "stacked", "line", "table")
BUCKETS = ("terms", "values", "histogram", "date")
METRICS = ("count", "sum", "average", "minimum", "maximum", "unique")
# What keys hold; those that are not here hold a text.
TYPES = {"views": dict, "rows": list, "charts": (dict, list), "height": int, "y": (str, list)}


class DescriptionError(Exception):
    pass


@dataclass(frozen=True)
class View:
    name: str
    index: str
    time: str | None = None


@dataclass(frozen=True)
class Column:
    """`LABEL: FUNCTION(FIELD, OPTION)`, in parts."""

    label: str
    function: str
    field: str
    option: str

    @property
    def is_bucket(self):
        return self.function in BUCKETS


@dataclass(frozen=True)
class Chart:
    name: str
    title: str
    view: View
    kind: str
    about: str
    where: str
    x: Column | None
    split: Column | None
    y: tuple[Column, ...]


@dataclass(frozen=True)
class Panel:
    """A chart or a text, and where it is on the grid of 48 columns."""

    content: Chart | str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Description:
    title: str
    about: str
    start: str
    end: str
    views: tuple[View, ...]
    panels: tuple[Panel, ...]

    @property
    def charts(self):
        return [panel.content for panel in self.panels if isinstance(panel.content, Chart)]


def read(path):
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        expect(table, "", {"title", "description", "from", "to", "views", "rows", "charts"}, set())
        views = {name: view(name, entry) for name, entry in table["views"].items()}
        charts = {name: chart(name, entry, views) for name, entry in table["charts"].items()}
        panels = tuple(place(table["rows"], charts))
    except (tomllib.TOMLDecodeError, DescriptionError) as error:
        raise DescriptionError(f"{path.name}: {error}") from None
    return Description(table["title"], table["description"], table["from"], table["to"], tuple(views.values()), panels)


def expect(entry, what, required, optional):
    """Every required key is there, no key that means nothing, and no value of another type."""
    if missing := required - entry.keys():
        raise DescriptionError(f"{what}{sorted(missing)[0]} is missing")
    if unknown := entry.keys() - required - optional:
        raise DescriptionError(f"{what}{sorted(unknown)[0]} means nothing; there are {', '.join(sorted(required | optional))}")
    for key, value in entry.items():
        if not isinstance(value, TYPES.get(key, str)):
            raise DescriptionError(f"{what}{key} is of a wrong type: {value!r}")


def view(name, entry):
    expect(entry, f"views.{name}: ", {"index"}, {"time"})
    return View(name, entry["index"], entry.get("time"))


def chart(name, entry, views):
    what = f"charts.{name}: "
    expect(entry, what, {"title", "view", "kind", "y"}, {"x", "split", "about", "where"})
    if entry["view"] not in views:
        raise DescriptionError(f"{what}there is no view {entry['view']}; there are {', '.join(views)}")
    if entry["kind"] not in KINDS:
        raise DescriptionError(f"{what}there is no kind {entry['kind']}; there are {', '.join(KINDS)}")
    if ("x" in entry) == (entry["kind"] == "metric"):
        raise DescriptionError(f"{what}every kind but metric has an x")
    if ("split" in entry) != (entry["kind"] == "stacked"):
        raise DescriptionError(f"{what}the kind stacked, and no other, has a split")
    shown = views[entry["view"]]
    x = column(entry["x"], what, BUCKETS) if "x" in entry else None
    if x and x.function == "date" and not x.option and x.field != shown.time:
        raise DescriptionError(f"{what}{x.field} is not the time of view {shown.name}; say how wide: date({x.field}, 1w)")
    y = entry["y"] if isinstance(entry["y"], list) else [entry["y"]]
    return Chart(
        name, entry["title"], shown, entry["kind"], entry.get("about", ""), entry.get("where", ""), x=x,
        split=column(entry["split"], what, BUCKETS) if "split" in entry else None,
        y=tuple(column(text, what, METRICS) for text in y))


def column(text, what, functions):
    found = re.fullmatch(r"(.+): (\w+)\(([\w.@]*)(?:, (\w+))?\)", text)
    if not found:
        raise DescriptionError(f'{what}"{text}" is not "LABEL: FUNCTION(FIELD)"')
    label, function, field, option = found.groups()
    if function not in functions:
        raise DescriptionError(f"{what}there is no {function} here; there are {', '.join(functions)}")
    if (field == "") != (function == "count"):
        raise DescriptionError(f"{what}every function but count takes a field")
    needs_number = function in ("terms", "values", "histogram")
    if needs_number != bool(option and option.isdigit()) or (option and function in METRICS):
        raise DescriptionError(f"{what}{function}({field}) takes {'a number beside its field' if needs_number else 'no number'}")
    return Column(label, function, field, option or "")


def place(rows, charts):
    """Panels of all rows, left to right and top to bottom. Each chart comes once."""
    y, left = 0, dict(charts)
    for number, row in enumerate(rows, 1):
        what = f"row {number}: "
        expect(row, what, {"height"}, {"text", "charts"})
        if ("text" in row) == ("charts" in row):
            raise DescriptionError(f"{what}a row has a text or charts")
        names = row.get("charts", [])
        if names and COLUMNS % len(names):
            raise DescriptionError(f"{what}{len(names)} charts do not share {COLUMNS} columns evenly")
        for name in names:
            if name not in left:
                raise DescriptionError(f"{what}chart {name} {'comes twice' if name in charts else 'is not described'}")
        contents = [left.pop(name) for name in names] or [row["text"].strip()]
        width = COLUMNS // len(contents)
        for place, content in enumerate(contents):
            yield Panel(content, place * width, y, width, row["height"])
        y += row["height"]
    if left:
        raise DescriptionError(f"chart {next(iter(left))} is in no row")
