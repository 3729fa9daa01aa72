"""Holds requests against the official specification of Elasticsearch, closed against unknown keys (elasticsearch-8.17.md)."""

import json
import re
from urllib.parse import parse_qs, urlparse

from lib import HERE, Skipped

# Every call takes these.
COMMON = {"error_trace", "filter_path", "human", "pretty"}
# Calls that the part leaves out: they have no body, except for settings.
PLAIN = [
    ("GET", r"/"),
    ("GET", r"/[^/]+/_alias"),
    ("GET", r"/[^/]+/_count"),
    ("POST", r"/[^/]+/_refresh"),
    ("DELETE", r"/[^/,*]+"),
]


class Specification:
    def __init__(self):
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            raise Skipped("the package jsonschema is missing") from None
        # Its unions overlap: "-1" is a text as well as the one text that means never.
        whole = json.loads((HERE / "elasticsearch-8.17.json").read_text().replace('"oneOf":', '"anyOf":'))
        self.paths, self.components = whole["paths"], {"components": whole["components"]}
        self.validator = Draft202012Validator

    def problems(self, request):
        """What is wrong with a request that has a method, a path, headers and a body; nothing for a good one."""
        url = urlparse(request.path)
        if any(request.method == method and re.fullmatch(path, url.path) for method, path in PLAIN):
            return [] if not request.body and not url.query else [f"{request.path}: neither query nor body is expected"]
        if request.method == "PUT" and url.path.endswith("/_settings"):
            return self.faults({"$ref": "#/components/schemas/indices._types:IndexSettings"}, json.loads(request.body))
        for path, calls in self.paths.items():
            call = calls.get(request.method.lower())
            if call and re.fullmatch(re.sub(r"\{\w+\}", "[^/_][^/]*", path), url.path):
                return self.query(call, url.query) + self.body(call, request)
        return [f"{request.method} {url.path} is no known call"]

    def query(self, call, query):
        known = {entry.get("name") or entry["$ref"].split("#")[-1] for entry in call["parameters"]}
        return [f"query {name}" for name in parse_qs(query) if name not in known | COMMON]

    def body(self, call, request):
        """A line of `_bulk` after an index operation is a document, of which the specification says nothing."""
        schema = self.resolved(call.get("requestBody"))
        if schema is None:
            return []
        schema = next(iter(schema["content"].values()))["schema"]
        if not request.path.startswith("/_bulk"):
            return self.faults(schema, json.loads(request.body))
        if not request.body.endswith(b"\n"):
            return ["the bulk has no break at its end"]
        operation = {"$ref": "#/components/schemas/_global.bulk:OperationContainer"}
        lines, faults = iter(request.body.decode().splitlines()), []
        checked = {}
        for line in lines:
            # Hundreds of thousands differ in their ids and versions alone.
            form = re.sub(r'("_id":)"(?:[^"\\]|\\.)*"|("version":)\d+', r"\1\2", line)
            if form not in checked:
                checked[form] = self.faults(operation, json.loads(line))
                faults += checked[form]
            if line.startswith('{"index"'):
                document = json.loads(next(lines, "null"))
                if not isinstance(document, dict):
                    faults.append(f"no document after {line}")
        return faults

    def resolved(self, value):
        if value and "$ref" in value:
            return self.components["components"]["requestBodies"][value["$ref"].split("/")[-1]]
        return value

    def faults(self, schema, value):
        found = self.validator({**schema, **self.components}).iter_errors(value)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:120]}" for error in found][:3]
