"""Kibana's dashboard: the committed files, its charts on live indices, and its import."""

import contextlib
import email
import http.server
import json
import re
import shutil
import subprocess
import textwrap
import threading
import urllib.error

import kibana_check
from kibana_queries import flat
from lib import ROOT, ask, check, wait
from recorder import Request
from specification import Specification

FILE = ROOT / "deploy/kibana/kindred.ndjson"


def script(*arguments, root=ROOT):
    return subprocess.run([root / "script/kibana", *arguments], capture_output=True, text=True, timeout=60, check=False)


def copy(folder):
    """The script and the description, to change them."""
    shutil.copytree(ROOT / "deploy/kibana", folder / "deploy/kibana")
    shutil.copytree(ROOT / "script/lib/kibana", folder / "script/lib/kibana")
    shutil.copy(ROOT / "script/kibana", folder / "script/kibana")
    return folder / "deploy/kibana/dashboard.toml"


def test_committed_files(lab):
    """The committed files are what the description gives, and a change of either is found."""
    run = script("--check")
    check(run.returncode == 0, "kindred.ndjson and layout.svg are what dashboard.toml gives", run.stderr)
    description = copy(lab.folder)
    text = description.read_text()
    description.write_text(text.replace('title = "Favorite genres"', 'title = "Genres"'))
    run = script("--check", root=lab.folder)
    check(run.returncode == 1 and "kindred.ndjson and layout.svg" in run.stderr, "a changed description is found", run.stderr)
    run = script(root=lab.folder)
    again = script("--check", root=lab.folder)
    check(run.returncode == again.returncode == 0, "written anew, they agree again", run.stderr + again.stderr)


def indexed(lab, kind="osmem"):
    """A double with the indices of a store of which a service has computed everything; MovieLens 100K with --long."""
    double = lab.double(kind)
    if lab.is_long:
        store = lab.store()
    else:
        store, files = lab.folder / "small.sqlite", lab.folder / "small"
        files.mkdir()
        outputs = "--output", files / "ratings.csv", "--movies", files / "movies.csv"
        lab.kindred("generate", "200x150x4000", "--communities", 5, *outputs)
        lab.kindred("import", files, "--store", store, "--quiet")
    service, address = lab.serve(store, "--models", "popularity,knn")
    wait("recommendations", lambda: recommendations(address), 120)
    service.terminate()
    service.wait(30)
    lab.kindred("index", store, "--elasticsearch", double.url, "--quiet", timeout=600)
    for name in ("items", "users", "ratings", "recommendations", "communities", "edges"):
        ask(f"{double.url}/kindred-{name}/_refresh", "POST")
    return double


def specified():
    """Tells what is wrong with a search by the official specification."""
    specification = Specification()
    return lambda body: specification.problems(Request("POST", "/kindred-items/_search", {}, json.dumps(flat(body)).encode()))


def recommendations(address):
    with contextlib.suppress(urllib.error.HTTPError):
        return ask(f"{address}/recommendations/generated")["total"]


WRONG_DESCRIPTIONS = [
    ("not TOML", "title = ", "title ", "Expected '='"),
    ("an unknown key", 'about = "How often', 'abuot = "How often', "abuot means nothing"),
    ("a height in quotes", "height = 14", 'height = "14"', "height is of a wrong type"),
    ("an unknown view", 'view = "edges"', 'view = "edgse"', "there is no view edgse"),
    ("an unknown kind", 'kind = "table"', 'kind = "tabel"', "there is no kind tabel"),
    ("an unknown function", "sum(size)", "total(size)", "there is no total here"),
    ("a metric as x", "terms(community, 15)", "sum(community)", "there is no sum here"),
    ("no number of values", "terms(community, 15)", "terms(community)", "takes a number"),
    ("dates of no width", "date(@timestamp, 1w)", "date(@timestamp)", "is not the time of view all-ratings"),
    ("a column without a label", "Films: count()", "count()", "is not \"LABEL: FUNCTION(FIELD)\""),
    ("a chart in no row", 'charts = ["similarities", "supports"]', 'charts = ["supports"]', "similarities is in no row"),
    ("a chart in two rows", 'charts = ["similarities", "supports"]', 'charts = ["films", "supports"]', "films comes twice"),
    ("a row of seven charts", '"recommendations", "served"]', '"recommendations"]', "do not share 48 columns evenly"),
    ("a stacked chart without a split", 'split = "Community', '# "Community', "has a split"),
]


def test_wrong_descriptions(lab):
    """A wrong description is refused with what is wrong, and nothing is written."""
    description = copy(lab.folder)
    text, before = description.read_text(), FILE.read_text()
    for name, old, new, message in WRONG_DESCRIPTIONS:
        assert old in text, old
        description.write_text(text.replace(old, new, 1))
        run = script(root=lab.folder)
        check(run.returncode == 1 and message in run.stderr and "Traceback" not in run.stderr, f"{name} is refused", run.stderr)
    check((lab.folder / "deploy/kibana/kindred.ndjson").read_text() == before, "nothing was written meanwhile")


def test_charts_have_data_on_osmem(lab):
    """Every chart has data on OpenSearch's double, by searches that the specification knows; so has the chart of the docs."""
    double = indexed(lab)
    server = kibana_check.Server(double.url, specified())
    found = kibana_check.faults(FILE.read_text(), server)
    check(not found, "every reference resolves, every field fits, and every chart has data", "; ".join(found))

    description = copy(lab.folder)
    page = (ROOT / "docs/kibana.md").read_text()
    chart = textwrap.dedent(re.search(r"(?m)^    \[charts\.years\]\n(    .+\n)+", page)[0])
    description.write_text(f'{description.read_text()}\n{chart}\n[[rows]]\nheight = 12\ncharts = ["years"]\n')
    run = script(root=lab.folder)
    found = [run.stderr] if run.returncode else kibana_check.faults((description.parent / "kindred.ndjson").read_text(), server)
    check(not found, "the chart of docs/kibana.md can be added and has data", "; ".join(found))
    objects = [json.loads(line) for line in FILE.read_text().splitlines()]
    attributes = next(entry["attributes"] for entry in objects if entry["type"] == "dashboard")
    within = {"query": {"range": {"@timestamp": {"gte": attributes["timeFrom"], "lte": attributes["timeTo"]}}}}
    counts = [ask(f"{double.url}/kindred-ratings/_count", "POST", body)["count"] for body in ({}, within)]
    check(counts[0] == counts[1] > 0, "the dashboard opens on a time that all ratings lie in", counts)


def test_charts_have_data_on_noida(lab):
    """Every chart has data on Elasticsearch's double, but for those that the time picker filters."""
    double = indexed(lab, "noida")
    found = kibana_check.faults(FILE.read_text(), kibana_check.Server(double.url))
    # noida 0.2.3 takes dates of the format epoch_second for milliseconds: all its ratings are of January 1970.
    expected = ["kindred-chart-chosen-ratings: no data", "kindred-chart-chosen-mean: no data"]
    check(found == expected, "every chart has data, but for the two that noida's dates deny", "; ".join(found))


class FakeKibana(http.server.ThreadingHTTPServer):
    """Answers each import as it is told to, and keeps what was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.requests, self.answer = [], (200, {}, {"success": True, "successCount": 3})
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers, body))
        status, headers, answer = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def log_message(self, *_):
        pass


def test_import(lab):
    """The import is the call that Kibana's documentation asks for."""
    kibana = lab.closing(FakeKibana())
    run = script("--import", kibana.url)
    check(run.returncode == 0 and "Imported 3 objects" in run.stdout, "an import says what was imported", run.stdout + run.stderr)
    path, headers, body = kibana.requests[-1]
    check(path == "/api/saved_objects/_import?overwrite=true", "it overwrites objects of the same ids", path)
    check(bool(headers["kbn-xsrf"]) and headers["Authorization"] is None, "it has kbn-xsrf, and no key that nobody gave")
    message = email.message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    part, = message.get_payload()
    sent = part.get_payload(decode=True).decode()
    check(
        part.get_filename() == "kindred.ndjson" and part.get_param("name", header="content-disposition") == "file",
        "the part is called file and has a name that ends in .ndjson")
    check(sent.strip() == FILE.read_text().strip() and sent.endswith("\n"), "the part is the committed file")

    key = lab.folder / "key"
    key.write_text("c2VjcmV0\n")
    run = script("--import", f"{kibana.url}/s/films/", "--api-key-file", key, "--prefix", "films")
    path, headers, body = kibana.requests[-1]
    check(run.returncode == 0 and path.startswith("/s/films/api/saved_objects/"), "a space is part of the address", path)
    check(headers["Authorization"] == "ApiKey c2VjcmV0", "the key goes as ApiKey")
    check("c2VjcmV0" not in run.stdout + run.stderr, "the key is not printed")
    check(b'"films-items"' in body and b'"kindred-' not in body, "a prefix is in every id and every index")


def test_failed_imports(lab):
    """What Kibana refuses is said, with its reason, and the exit code is 1."""
    kibana = lab.closing(FakeKibana())
    conflict = {"type": "lens", "id": "kindred-chart-films", "error": {"type": "unsupported_type"}}
    for name, answer, message in (
        ("401", (401, {}, b'{"message":"no key"}'), "answers 401"),
        ("a redirect", (302, {"Location": f"{kibana.url}/login"}, b""), "answers 302"),
        ("a page", (200, {}, b"<html>"), "does not answer as Kibana does"),
        ("JSON of something else", (200, {}, {"status": "green"}), "does not answer as Kibana does"),
        ("a list", (200, {}, []), "does not answer as Kibana does"),
        ("errors with status 200", (200, {}, {"success": False, "successCount": 2, "errors": [conflict]}), "unsupported_type"),
    ):
        kibana.answer = answer
        run = script("--import", kibana.url)
        fine = run.returncode == 1 and message in run.stderr and "Traceback" not in run.stderr
        check(fine, f"{name} fails the import", run.stderr)
    check(len(kibana.requests) == 6, "a redirect is not followed", len(kibana.requests))
    kibana.close()
    run = script("--import", kibana.url)
    check(run.returncode == 1 and "cannot be reached" in run.stderr, "a server that is away is said", run.stderr)
    run = script("--import", "localhost:5601")
    check(run.returncode == 2 and "takes an address" in run.stderr, "what is no address is said", run.stderr)
