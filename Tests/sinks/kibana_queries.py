"""What a chart of Lens asks Elasticsearch for: its fields, its search, and whether the answer has data to draw."""

import math
import re

WHOLE = {"byte", "short", "integer", "long", "unsigned_long"}
NUMBERS = WHOLE | {"half_float", "float", "double", "scaled_float"}
FIELD_TYPES = {
    "terms": {"keyword", "ip", "boolean"} | NUMBERS,
    "range": NUMBERS,
    "date_histogram": {"date"},
    "count": {"records"},
    "sum": NUMBERS,
    "average": NUMBERS,
    "min": NUMBERS | {"date"},
    "max": NUMBERS | {"date"},
    "unique_count": {"keyword", "ip", "date"} | NUMBERS,
}
METRICS = {"sum": "sum", "average": "avg", "min": "min", "max": "max", "unique_count": "cardinality"}
DATA_TYPES = {"keyword": "string", "date": "date", "boolean": "boolean", "ip": "ip"}


def field_types(mapping):
    """Types of all fields by their names, multi-fields (`title.keyword`) among them."""
    found = {"___records___": "records"}
    for name, field in mapping["properties"].items():
        found[name] = field["type"]
        found |= {f"{name}.{part}": entry["type"] for part, entry in field.get("fields", {}).items()}
    return found


def column_faults(name, column, types, time_field):
    """What is wrong with a column of Lens for an index with these fields."""
    operation, field = column["operationType"], column["sourceField"]
    if operation not in FIELD_TYPES:
        yield f"column {name}: the operation {operation} is unknown"
    elif field not in types:
        yield f"column {name}: the index has no field {field}"
    elif types[field] not in FIELD_TYPES[operation]:
        yield f"column {name}: {operation} of {field}, which is {types[field]}"
    elif column["isBucketed"] and column["dataType"] != DATA_TYPES.get(types[field], "number"):
        yield f"column {name}: the data type {column['dataType']} of {field}, which is {types[field]}"
    elif column.get("params", {}).get("interval") == "auto" and field != time_field:
        yield f"column {name}: of {field} the time picker cannot choose the width"


def filters(query, time_field, time_range):
    """The query of a chart, of which this knows `FIELD >= NUMBER` alone, and the time picker's range."""
    if query:
        found = re.fullmatch(r"([\w.@]+) >= (\d+)", query)
        if not found:
            raise ValueError(f"the query {query} cannot be checked")
        yield {"range": {found[1]: {"gte": int(found[2])}}}
    if time_field:
        yield {"range": {time_field: {"gte": time_range[0], "lte": time_range[1], "format": "strict_date_optional_time"}}}


def searches(layer, types, wanted, ask):
    """The search of a layer, as Kibana builds it; `ask` answers one that has to come before."""
    columns = [(name, layer["columns"][name]) for name in layer["columnOrder"]]
    inner = {
        name: {METRICS[column["operationType"]]: {"field": column["sourceField"]}}
        for name, column in columns if column["operationType"] in METRICS}
    for name, column in reversed(columns):
        if column["isBucketed"]:
            bucket = BUCKETS[column["operationType"]](column, inner, types, wanted, ask)
            inner = {name: {**bucket, **({"aggregations": inner} if inner else {})}}
    return search(wanted, inner)


def search(wanted, aggregations):
    query = {"query": {"bool": {"filter": wanted}}} if wanted else {}
    return {"size": 0, "track_total_hits": True, **query, **({"aggregations": aggregations} if aggregations else {})}


def flat(body):
    """A search without aggregations within aggregations, for which the specification has no place (`maxProperties: 1`)."""
    found = {}

    def collect(aggregations, path):
        for name, aggregation in aggregations.items():
            found[path + name] = {key: value for key, value in aggregation.items() if key != "aggregations"}
            collect(aggregation.get("aggregations", {}), f"{path}{name}.")

    collect(body.get("aggregations", {}), "")
    return {**body, **({"aggregations": found} if found else {})}


def terms(column, metrics, *_):
    order = column["params"]["orderBy"]
    by = "_key" if order["type"] == "alphabetical" else order["columnId"] if order["columnId"] in metrics else "_count"
    return {"terms": {
        "field": column["sourceField"], "size": column["params"]["size"], "order": {by: column["params"]["orderDirection"]}}}


def histogram(column, _, types, wanted, ask):
    """Bars of a round width, at most as many as the column says."""
    field = column["sourceField"]
    ends = ask(search(wanted, {"low": {"min": {"field": field}}, "high": {"max": {"field": field}}}))["aggregations"]
    low, high = (ends[name]["value"] or 0 for name in ("low", "high"))
    width = (high - low) / column["params"]["maxBars"] or 1
    power = 10 ** math.floor(math.log10(width))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= width)
    return {"histogram": {"field": field, "interval": max(1, width) if types[field] in WHOLE else width, "min_doc_count": 0}}


def date_histogram(column, *_):
    interval = column["params"]["interval"]
    return {"date_histogram": {
        "field": column["sourceField"], "calendar_interval": "1M" if interval == "auto" else interval, "min_doc_count": 0}}


BUCKETS = {"terms": terms, "range": histogram, "date_histogram": date_histogram}


def points(layer, answer):
    """What a chart draws: for each innermost bucket a value of every metric."""
    metrics = {name: column for name, column in layer["columns"].items() if not column["isBucketed"]}
    buckets = [name for name in layer["columnOrder"] if layer["columns"][name]["isBucketed"]]

    def walk(level, part, count):
        if level == len(buckets):
            yield {
                name: count if column["operationType"] == "count" else part[name]["value"] for name, column in metrics.items()}
            return
        for bucket in part[buckets[level]]["buckets"]:
            yield from walk(level + 1, bucket, bucket["doc_count"])

    return list(walk(0, answer.get("aggregations", {}), answer["hits"]["total"]["value"]))
