"""Makes saved objects of a description: data views, charts of Lens by reference, and the dashboard.

Kibana imports objects of its own version and of older ones, and brings them up to date itself. So each kind is written as the
oldest version in which it has its present form: 8.9 or later imports them, 9.x too.
"""

import json

CORE = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0"}

OPERATIONS = {
    "terms": "terms", "values": "terms", "histogram": "range", "date": "date_histogram", "count": "count", "sum": "sum",
    "average": "average", "minimum": "min", "maximum": "max", "unique": "unique_count"}
SERIES = {"bar": "bar", "horizontal": "bar_horizontal", "stacked": "bar_stacked", "line": "line"}
NO_QUERY = {"query": "", "language": "kuery"}


def ndjson(description, prefix):
    """A line for each object, and a newline at the end of each: Kibana refuses a file without the last one."""
    objects = [data_view(view, prefix) for view in description.views]
    objects += [lens(chart, prefix) for chart in description.charts]
    objects.append(dashboard(description, prefix))
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in objects)


def saved(kind, name, attributes, references=()):
    return {
        "id": name, "type": kind, "attributes": attributes, "references": list(references), "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[kind], "managed": False}


def data_view(view, prefix):
    time = {"timeFieldName": view.time} if view.time else {}
    return saved("index-pattern", f"{prefix}-{view.name}", {
        "title": f"{prefix}-{view.index}", "name": f"{prefix}: {view.name.replace('-', ' ')}", **time})


def lens(chart, prefix):
    # In this order buckets nest: a split lies within x.
    buckets = {name: column for name, column in (("x", chart.x), ("split", chart.split)) if column}
    metrics = {f"y{number}": column for number, column in enumerate(chart.y)}
    columns = {name: bucket(column, chart.view) for name, column in buckets.items()}
    columns |= {name: metric(column) for name, column in metrics.items()}
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}, "sampling": 1}
    kind, visualization = visualize(chart, list(buckets), list(metrics))
    state = {
        "visualization": visualization, "query": {"query": chart.where, "language": "kuery"}, "filters": [],
        "datasourceStates": {"formBased": {"layers": {"layer": layer}}}, "internalReferences": [], "adHocDataViews": {}}
    reference = {
        "type": "index-pattern", "id": f"{prefix}-{chart.view.name}", "name": "indexpattern-datasource-layer-layer"}
    return saved("lens", f"{prefix}-chart-{chart.name}", {
        "title": chart.title, "description": chart.about, "visualizationType": kind, "state": state}, [reference])


def column(described, data_type, scale, parameters):
    return {
        "label": described.label, "customLabel": True, "dataType": data_type, "operationType": OPERATIONS[described.function],
        "scale": scale, "sourceField": described.field or "___records___", "isBucketed": described.is_bucket,
        "params": parameters}


def bucket(described, view):
    match described.function:
        case "date":
            # Within a view that the time picker does not filter, Kibana has no time of which it could choose the width.
            return column(described, "date", "interval", {
                "interval": described.option or "auto", "includeEmptyRows": True, "dropPartials": False,
                **({} if view.time == described.field else {"ignoreTimeRange": True})})
        case "histogram":
            return column(described, "number", "interval", {
                "type": "histogram", "ranges": [{"from": 0, "to": 1000, "label": ""}], "maxBars": int(described.option),
                "includeEmptyRows": True})
        case "terms":
            order, direction, data_type = {"type": "column", "columnId": "y0"}, "desc", "string"
        case "values":
            order, direction, data_type = {"type": "alphabetical", "fallback": False}, "asc", "number"
    return column(described, data_type, "ordinal", {
        "size": int(described.option), "orderBy": order, "orderDirection": direction, "otherBucket": False,
        "missingBucket": False, "parentFormat": {"id": "terms"}})


def metric(described):
    match described.function:
        case "count" | "sum" | "unique":
            parameters = {"emptyAsNull": False}
        case "average":
            parameters = {"format": {"id": "number", "params": {"decimals": 2}}}
        case _:
            parameters = {}
    return column(described, "number", "ratio", parameters)


def visualize(chart, buckets, metrics):
    """The type of visualization of Lens, and its state."""
    layer = {"layerId": "layer", "layerType": "data"}
    if chart.kind == "metric":
        return "lnsMetric", {**layer, "metricAccessor": metrics[0]}
    if chart.kind == "table":
        return "lnsDatatable", {**layer, "columns": [{"columnId": name} for name in buckets + metrics]}
    series = SERIES[chart.kind]
    split = {"splitAccessor": "split"} if chart.split else {}
    return "lnsXY", {
        "legend": {"isVisible": bool(chart.split), "position": "right"}, "valueLabels": "hide",
        "fittingFunction": "Linear" if chart.kind == "line" else "None",
        "preferredSeriesType": series,
        "layers": [{**layer, "seriesType": series, "xAccessor": "x", "accessors": metrics, **split}]}


def dashboard(description, prefix):
    panels, references = [], []
    for number, panel in enumerate(description.panels):
        name = f"p{number}"
        grid = {"x": panel.x, "y": panel.y, "w": panel.width, "h": panel.height, "i": name}
        place = {"version": VERSIONS["dashboard"], "gridData": grid, "panelIndex": name}
        if isinstance(panel.content, str):
            panels.append({"type": "visualization", **place, "embeddableConfig": markdown(panel.content)})
        else:
            # A metric prints its title within the tile.
            hidden = {"hidePanelTitles": True} if panel.content.kind == "metric" else {}
            panels.append({
                "type": "lens", **place, "embeddableConfig": {"enhancements": {}, **hidden}, "panelRefName": f"panel_{name}"})
            references.append({"type": "lens", "id": f"{prefix}-chart-{panel.content.name}", "name": f"{name}:panel_{name}"})
    return saved("dashboard", prefix, {
        "title": description.title if prefix == "kindred" else f"{description.title} ({prefix})",
        "description": description.about,
        "panelsJSON": json.dumps(panels, ensure_ascii=False),
        "optionsJSON": json.dumps({
            "useMargins": True, "syncColors": False, "syncCursor": True, "syncTooltips": False, "hidePanelTitles": False}),
        "timeRestore": True, "timeFrom": description.start, "timeTo": description.end,
        "refreshInterval": {"pause": True, "value": 60_000}, "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps({"query": NO_QUERY, "filter": []})}}, references)


def markdown(text):
    visualization = {
        "title": "", "description": "", "type": "markdown", "uiState": {},
        "params": {"fontSize": 12, "openLinksInNewTab": False, "markdown": text},
        "data": {"aggs": [], "searchSource": {"query": NO_QUERY, "filter": []}}}
    return {"savedVis": visualization, "enhancements": {}, "hidePanelTitles": True}
