"""`kindred catalog` and `--lineage`: what checkers of others say of the forms, and whether lineage leads back to the source."""

import csv
import hashlib
import importlib
import json
import shutil
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from lib import ROOT, Skipped, check, query, wait

SCHEMAS = ROOT.parent / "shared/catalogue"


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Skipped(f"the package {name} is missing") from error


def schemas():
    if not SCHEMAS.exists():
        raise Skipped("the schemas are missing beside the project")
    return SCHEMAS


def written(lab, *options):
    """A store of the sample and its catalogue: the store's path, the folder's, and the source file."""
    store, folder = lab.folder / "store.sqlite", lab.folder / "catalogue"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet", "--licence", "CC0", "--citation", "The sample")
    lab.kindred("catalog", store, "--output", folder, "--quiet", *options)
    return store, folder


def test_catalog_writes_the_same_bytes(lab):
    """Two catalogues of one store have the same bytes, and no id of a user but in the ratings."""
    store, folder = written(lab, "--with-data")
    again = lab.folder / "again"
    shutil.copytree(folder, again)
    lab.kindred("catalog", store, "--output", folder, "--quiet", "--with-data")
    names = sorted(str(path.relative_to(again)) for path in again.rglob("*") if path.is_file())
    same = [name for name in names if (folder / name).read_bytes() == (again / name).read_bytes()]
    check(same == names and len(names) > 10, "the same bytes", sorted(set(names) - set(same)))
    catalog = json.loads((folder / "catalog.json").read_text())
    personal = [
        (relation["name"], variable["name"])
        for relation in catalog["relations"]
        for variable in relation["variables"]
        if variable["name"] in ("user", "user_id") and (variable["histogram"] or "least" in variable)
    ]
    check(not personal, "no ids of users", personal)


def dcat_report(graph):
    """How many violations of the shapes a graph has, and the report."""
    conforms, _, text = module("pyshacl").validate(
        graph, shacl_graph=str(schemas() / "dcat-ap-3.0.1-shacl.ttl"), inference="rdfs", advanced=True)
    violations = text.count("Severity: shacl:Violation")
    assert conforms == (violations == 0), text
    return violations, text


def test_dcat_conforms(lab):
    """`catalog.jsonld` conforms to the shapes of DCAT-AP 3, and one without a title or with a publisher that is no agent does not."""
    rdflib = module("rdflib")
    _, folder = written(lab)
    text = (folder / "catalog.jsonld").read_text()

    def report(text):
        return dcat_report(rdflib.Graph().parse(data=text, format="json-ld"))

    violations, said = report(text)
    check(violations == 0, "catalog.jsonld conforms to DCAT-AP 3", said[:400] if violations else "")
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    datasets = list(graph.subjects(rdflib.RDF.type, rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset")))
    check(len(datasets) > 20, "all relations and sources are data sets", len(datasets))
    document = json.loads(text)
    del document["dct:title"]
    check(report(json.dumps(document))[0] > 0, "a missing title is found")
    document = json.loads(text)
    document["dct:publisher"] = {"@value": "somebody"}
    check(report(json.dumps(document))[0] > 0, "a publisher that is no agent is found")


def test_croissant_loads(lab):
    """mlcroissant loads `croissant.json`, and its records are the ratings of the store; a changed file is found."""
    croissant = module("mlcroissant")
    store, folder = written(lab, "--with-data")
    dataset = croissant.Dataset(jsonld=str(folder / "croissant.json"))
    check(not dataset.metadata.ctx.issues.errors, "no errors", dataset.metadata.ctx.issues.errors)

    def texts(row):
        values = {name.split("/")[-1]: value for name, value in row.items()}
        return tuple(value.decode() if isinstance(value, bytes) else value for value in values.values())

    records = sorted(
        (user, item, float(rating), int(time)) for user, item, rating, time in map(texts, dataset.records("records")))
    ratings = sorted(query(
        store, "SELECT users.id, items.id, value, time FROM ratings JOIN users USING (user) JOIN items USING (item)"))
    check(records == [tuple(row) for row in ratings] and records, "records are the ratings", f"{len(records)} records")
    document = json.loads((folder / "croissant.json").read_text())
    sum = hashlib.sha256((folder / "ratings.csv").read_bytes()).hexdigest()
    check(document["distribution"][0]["sha256"] == sum, "the checksum is that of the file")
    outputs = query(store, f"SELECT sha256, rows, holds_people FROM outputs WHERE place = '{folder / 'ratings.csv'}'")
    check([tuple(row) for row in outputs] == [(sum, len(ratings), 1)], "the file is in the ledger of outputs", outputs)
    document["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "nowhere"
    broken = lab.folder / "broken.json"
    broken.write_text(json.dumps(document))
    try:
        croissant.Dataset(jsonld=str(broken))
        found = False
    except Exception:  # noqa: BLE001: the package has errors of many kinds
        found = True
    check(found, "a field without a file is found")


def test_csvw_validates_what_is_written(lab):
    """The package csvw validates the files of a graph, of analytics and the ratings; a wrong value in any is found."""
    csvw = module("csvw")
    store, folder = written(lab, "--with-data")
    files = lab.folder / "files"
    lab.kindred("graph", store, "--output", files, "--quiet")
    lab.kindred("analytics", store, "--output", files, "--quiet")
    shutil.copy(folder / "ratings.csv", files)
    metadata = sorted((folder / "csvw").iterdir())
    for path in metadata:
        shutil.copy(path, files)
        name = path.name.removesuffix("-metadata.json")
        table = csvw.CSVW(str(files / path.name), validate=True)
        check(table.is_valid, f"{name} is as its metadata says", table.warnings[:3] if hasattr(table, "warnings") else "")
    names = [path.name.removesuffix("-metadata.json") for path in metadata]
    check(len(names) == 4 + len(list(files.glob("*_*.csv"))), "every CSV file has metadata", names)
    for name, column in (("users.csv", "ratings"), ("edges.csv", "similarity"), ("ratings.csv", "rating")):
        rows = list(csv.DictReader(open(files / name, newline="")))
        rows[0][column] = "many"
        with open(files / name, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        check(not csvw.CSVW(str(files / f"{name}-metadata.json"), validate=True).is_valid, f"a wrong {column} of {name} is found")


def validator():
    """Validates an event and its facets by their own schemas."""
    jsonschema, referencing = module("jsonschema"), module("referencing")
    folder = schemas() / "openlineage"
    documents = {path.stem: json.loads(path.read_text()) for path in [folder / "OpenLineage.json", *(folder / "facets").iterdir()]}
    registry = referencing.Registry().with_resources(
        [(document["$id"], referencing.Resource.from_contents(document)) for document in documents.values()])

    def errors(event):
        found = [f"{error.json_path}: {error.message}"[:200] for error in
                 jsonschema.Draft202012Validator(documents["OpenLineage"], registry=registry,
                                                 format_checker=jsonschema.FormatChecker()).iter_errors(event)]
        facets = [*event["run"]["facets"].items(), *event["job"]["facets"].items()]
        for dataset in event["inputs"] + event["outputs"]:
            for key in ("facets", "inputFacets", "outputFacets"):
                facets += dataset.get(key, {}).items()
        for name, facet in facets:
            title = facet["_schemaURL"].split("/")[-1]
            document = documents.get(title)
            if document is None:
                continue
            if not facet["_schemaURL"].startswith(document["$id"]):
                found.append(f"{name}: {facet['_schemaURL']} is not of {document['$id']}")
            found += [f"{name}: {error.message}"[:200] for error in
                      jsonschema.Draft202012Validator(document, registry=registry).iter_errors({name: facet})]
        return found

    return errors


def test_events_follow_openlineage(lab):
    """Events of import, graph, train, recommend, replay, a failing command and a service's refresh are valid, and join by names and versions."""
    errors = validator()
    store, file = lab.folder / "store.sqlite", lab.folder / "events.jsonl"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet", "--lineage", file)
    lab.kindred("graph", store, "--output", lab.folder / "graph", "--quiet", "--lineage", file)
    lab.kindred("train", store, "--output", lab.folder / "model", "--iterations", "2", "--quiet", "--lineage", file)
    lab.kindred("recommend", store, "--all", "--model", "popularity", "--output", lab.folder / "lists.csv", "--quiet", "--lineage", file)
    lab.kindred("replay", store, "--models", "popularity", "--output", lab.folder / "replay", "--quiet", "--lineage", file)
    failed = lab.run("graph", store, "--output", store, "--quiet", "--lineage", file)
    check(failed.returncode == 1, "a command fails", failed.stderr[-200:])
    service, _ = lab.serve(store, "--models", "popularity", "--lineage", file)
    events = lambda: [json.loads(line) for line in file.read_text().splitlines()]  # noqa: E731
    wait("the refresh is told", lambda: [e for e in events() if e["job"]["name"] == "refresh" and e["eventType"] == "COMPLETE"], 60)
    service.terminate()
    service.wait(30)
    found = [(event["job"]["name"], event["eventType"]) for event in events()]
    expected = [(name, kind) for name, end in (
        ("import", "COMPLETE"), ("graph", "COMPLETE"), ("train", "COMPLETE"), ("recommend", "COMPLETE"),
        ("replay", "COMPLETE"), ("graph", "FAIL"), ("refresh", "COMPLETE"))
        for kind in ("START", end)]
    check(found == expected, "a start and an end of each", found)
    wrong = [error for event in events() for error in errors(event)]
    check(not wrong, "all events are valid", wrong[:5])
    broken = events()[0]
    del broken["run"]["runId"]
    check(errors(broken), "an event without a run is found")
    broken = events()[0]
    broken["inputs"][0]["facets"]["dataSource"]["uri"] = 7
    check(errors(broken), "a facet with a wrong field is found")
    source = next((ROOT / "data/sample").glob("ratings*"))
    sum = hashlib.sha256(source.read_bytes()).hexdigest()
    imported = events()[1]
    check(imported["inputs"][0]["facets"]["version"]["datasetVersion"] == sum, "the import names the checksum of its source")
    table, graph = imported["outputs"][0], events()[3]["inputs"][0]
    same = all(table[key] == graph[key] for key in ("namespace", "name")) and \
        table["facets"]["version"] == graph["facets"]["version"]
    check(same, "the graph has read what the import wrote", (table["name"], graph["name"]))
    lineage = events()[3]["outputs"][1]["facets"]["columnLineage"]["fields"]
    check(lineage["source"]["inputFields"][0]["field"] == "user", "columns of edges come from users", lineage["source"])


class Collector:
    """A server that takes events; the first answers are errors."""

    def __init__(self, failures):
        self.events, self.asked = [], 0
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.asked += 1
                if collector.asked <= failures:
                    self.send_response(503)
                else:
                    collector.events.append(json.loads(body))
                    self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v1/lineage"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def test_events_are_posted_and_never_stop_the_work(lab):
    """A server gets events, also after errors; one that is not there costs a warning and not the work."""
    store = lab.folder / "store.sqlite"
    collector = lab.closing(Collector(failures=1))
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet", "--lineage", collector.url)
    check([event["eventType"] for event in collector.events] == ["START", "COMPLETE"], "the server has both events", collector.asked)
    run = lab.run("graph", store, "--output", lab.folder / "out", "--quiet", "--lineage", "http://127.0.0.1:9/")
    check(run.returncode == 0 and "warning" in run.stderr, "a missing server is a warning", run.stderr[-200:])
    check((lab.folder / "out/edges.csv").exists(), "the work is done")


def test_lineage_leads_from_an_export_to_the_source(lab):
    """From a written file lineage leads to the checksum of the source, and from the import to the file."""
    store, folder = written(lab, "--with-data")
    lineage = json.loads((folder / "lineage.json").read_text())
    nodes = {node["id"]: node for node in lineage["nodes"]}

    def reached(start, one, other):
        found, wave = set(), {start}
        while wave:
            wave = {edge[other] for edge in lineage["edges"] if edge[one] in wave} - found
            found |= wave
        return found

    export = f"output:{folder / 'ratings.csv'}"
    source = next((ROOT / "data/sample").glob("ratings*"))
    sum = hashlib.sha256(source.read_bytes()).hexdigest()
    up = [nodes[id].get("checksum") for id in reached(export, "to", "from") if nodes[id]["kind"] == "source"]
    check(up == [sum], "upstream is the checksum of the source", up)
    check(export in reached("import:1", "from", "to"), "downstream of the import is the export")
    page = (folder / "index.html").read_text()
    check('href="#node-import:1"' in page and f'id="node-{export}"' in page, "the page links both")


def test_documents_are_in_the_ledger(lab):
    """Published counts, a record of processing and the catalogue itself are outputs, of no people, and lineage leads to them."""
    store, folder = lab.folder / "store.sqlite", lab.folder / "catalogue"
    counts, record = lab.folder / "values.csv", lab.folder / "record"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
    lab.kindred("privacy", "budget", store, "--total", "1")
    lab.kindred("privacy", "publish", store, "--view", "rating_distribution", "--epsilon", "0.5", "--output", counts, "--quiet")
    lab.kindred("privacy", "record", store, "--output", record, "--quiet")
    lab.kindred("catalog", store, "--output", folder, "--quiet")
    outputs = query(store, "SELECT kind, place, holds_people FROM outputs ORDER BY output")
    expected = [("published counts", str(counts), 0), ("record of processing", str(record), 0), ("catalogue", str(folder), 0)]
    check([tuple(row) for row in outputs] == expected, "all are in the ledger", [tuple(row) for row in outputs])
    sum = query(store, "SELECT sha256 FROM outputs")[0][0]
    check(sum == hashlib.sha256(counts.read_bytes()).hexdigest(), "counts with their checksum")
    edges = json.loads((folder / "lineage.json").read_text())["edges"]
    ends = {edge["to"] for edge in edges if edge["from"] == "ratings:1"}
    check({f"output:{place}" for _, place, _ in expected} <= ends, "lineage leads to them", sorted(ends)[:8])
    first = (record / "record.json").read_bytes()
    lab.kindred("privacy", "record", store, "--output", record, "--quiet")
    lab.kindred("privacy", "record", store, "--output", record, "--quiet")
    check(first != b"" and query(store, "SELECT count(*) FROM outputs") == [(3,)], "once each")


def test_trained_models_have_cards(lab):
    """A folder that `train` wrote has a card with its parameters, loss and checksum; one that is removed has none any more."""
    store, folder = lab.folder / "store.sqlite", lab.folder / "catalogue"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
    trained = lab.kindred("train", store, "--rank", "4", "--iterations", "2", "--output", lab.folder / "als", "--quiet", "--json")
    lab.kindred("catalog", store, "--output", folder, "--quiet")
    cards = json.loads((folder / "catalog.json").read_text())["models"]
    check([card["model"] for card in cards] == ["als"], "there is a card", cards)
    card = cards[0]
    sum = hashlib.sha256((lab.folder / "als/model.json").read_bytes()).hexdigest()
    check(card["checksum"] == sum and card["data_version"] == 1, "it has the checksum and the version of the ratings", card)
    check("rank=4" in card["parameters"] and "iterations=2" in card["parameters"], "it has the parameters", card["parameters"])
    check(abs(card["loss"] - trained["loss"]) < 1e-9 and card["ratings"] == query(store, "SELECT count(*) FROM ratings")[0][0],
          "it has the loss and the number of ratings", (card["loss"], trained["loss"]))
    pages = sorted(path.suffix for path in (folder / "model-cards").iterdir())
    check(pages == [".html", ".md"], "it is a page", pages)
    shutil.rmtree(lab.folder / "als")
    again = lab.folder / "again"
    lab.kindred("catalog", store, "--output", again, "--quiet")
    check(json.loads((again / "catalog.json").read_text())["models"] == [], "without the folder there is no card")


def test_catalog_finds_planted_faults(lab):
    """A rating off the scale fails the check of the range, in the summary and in the page's history."""
    store, folder = written(lab)
    with sqlite3.connect(store) as database:
        database.execute("UPDATE ratings SET value = 99 WHERE (user, item) IN (SELECT user, item FROM ratings LIMIT 1)")
    summary = lab.kindred("catalog", store, "--output", folder, "--json", "--quiet")
    check(summary["failed"] == ["range of ratings.value"], "the check of the range fails", summary["failed"])
    history = query(store, "SELECT passed FROM quality_checks WHERE name = 'range' AND field = 'value' ORDER BY checked")
    check([row[0] for row in history][-1] == 0, "the history has it", [row[0] for row in history])
