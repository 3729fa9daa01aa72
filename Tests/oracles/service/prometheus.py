"""Holds the metrics of the HTTP service against Prometheus.

    prometheus.py BASE_URL WORK_FOLDER

promtool has to find nothing wrong with /metrics. Then a Prometheus, with all it writes in WORK_FOLDER, reads them from the
service while a few requests are made, and is asked for what they should have become. The service runs on a store without
keys and compares models. Ends with an error where something is not as it should be.
"""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from service import Checks, Service

USER = "prometheus.py-4711"
LABELS = {"__name__", "instance", "job", "kind", "le", "method", "model", "outcome", "result", "route", "sink",
          "source", "stage", "users", "work", "status", "version"}
PATIENCE = 20  # seconds
CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: kindred, static_configs: [{{targets: ["{target}"]}}]}}]
"""


class Prometheus:
    """One that scrapes a target, for as long as the context lasts."""

    def __init__(self, target, folder):
        self.target = target
        self.folder = os.path.abspath(folder)
        self.address = f"127.0.0.1:{free_port()}"

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        # What an earlier one has read would pass for new.
        shutil.rmtree(f"{self.folder}/data", ignore_errors=True)
        with open(f"{self.folder}/prometheus.yml", "w") as file:
            file.write(CONFIGURATION.format(target=self.target))
        with open(f"{self.folder}/prometheus.log", "w") as log:
            self.process = subprocess.Popen([
                "prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data",
                f"--web.listen-address={self.address}"], stderr=log)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def get(self, path, **query):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return json.load(answer)["data"]

    def values(self, query):
        """(labels, value) of each series."""
        return [(series["metric"], float(series["value"][1])) for series in self.get("query", query=query)["result"]]

    def value(self, query):
        """The value of the only series, or NaN."""
        values = self.values(query)
        return values[0][1] if len(values) == 1 else math.nan

    def becomes(self, query, holds):
        """Whether a value comes to hold, and what it was last."""
        end = time.monotonic() + PATIENCE
        value = math.nan
        while time.monotonic() < end:
            try:
                value = self.value(query)
            except OSError:
                pass  # It is starting.
            if holds(value):
                return True, value
            time.sleep(0.2)
        return False, value


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def lint(service, check):
    linter = subprocess.run(["promtool", "check", "metrics"], input=service.get("/metrics").bytes, capture_output=True)
    told = (linter.stdout + linter.stderr).decode()
    check(linter.returncode == 0 and not told, f"promtool: {linter.returncode} {told}")


def use(service, check):
    """What should be seen afterwards."""
    stored = service.ask("POST", "/ratings", {"user_id": USER, "item_id": "1", "rating": 4})
    check(stored.status == 200, f"POST /ratings: {stored.bytes}")
    for path in (f"/users/{USER}", f"/users/{USER}/recommendations", "/movies/1", f"/no-such-path/{USER}", f"/movies/{USER}"):
        service.get(path)
    removed = service.ask("DELETE", f"/ratings/{USER}/1")
    check(removed.status == 204, f"DELETE: {removed.status}")


def questions(prometheus, service, check):
    is_up, _ = prometheus.becomes("up", lambda value: value == 1)
    check(is_up, "Prometheus does not reach the service")
    counted = {name: prometheus.value(name) for name in ("kindred_ratings_ingested_total", "kindred_ratings_removed_total")}
    use(service, check)
    for name, before in counted.items():
        has_grown, value = prometheus.becomes(name, lambda value: value == before + 1)
        check(has_grown, f"{name} went from {before} to {value}")
    quantile = "histogram_quantile(0.95, sum by (le) (rate(kindred_http_request_duration_seconds_bucket[1m])))"
    is_number, value = prometheus.becomes(quantile, math.isfinite)
    check(is_number and value > 0, f"{quantile} is {value}")

    summary, run = service.get("/summary").json, service.get("/runs?per_page=1").json["items"][0]
    errors = {metric["model"]: metric["value"] for metric in run["metrics"] if metric["metric"] == "rmse"}
    found = {labels["model"]: value for labels, value in prometheus.values("kindred_model_rmse")}
    check(errors and found == errors, f"kindred_model_rmse is {found}, and /runs has {errors}")
    for name in ("users", "items", "edges", "communities", "ratings", "modularity"):
        value = prometheus.value(f"kindred_graph_{name}")
        check(value == summary["snapshot"][name], f"kindred_graph_{name} is {value}")
    check(prometheus.value("kindred_snapshot_run") == run["run"], "kindred_snapshot_run is another")
    age = prometheus.value("kindred_snapshot_age_seconds")
    check(0 <= summary["snapshot"]["age_seconds"] - age <= 5, f"kindred_snapshot_age_seconds is {age}")

    series = prometheus.get("series", **{"match[]": '{job="kindred"}'})
    labels = {(name, value) for one in series for name, value in one.items()}
    check({name for name, _ in labels} <= LABELS, f"labels are {sorted({name for name, _ in labels})}")
    check(not any(USER in value for _, value in labels), "a label names a user")
    routes = {value for name, value in labels if name == "route"}
    unknown = routes - {*service.get("/openapi.json").json["paths"], "none"}
    check(not unknown, f"routes that the service does not have: {unknown}")


def main(base_url, folder):
    checks = Checks()
    service = Service(base_url, checks)
    lint(service, checks.that)
    with Prometheus(service.address, folder) as prometheus:
        questions(prometheus, service, checks.that)
    lint(service, checks.that)
    checks.end("prometheus")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
