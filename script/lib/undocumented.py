#!/usr/bin/env python3
"""Lists the public symbols without a doc comment: `file:line symbol`, one a line; exit status 1 if there are any.

Usage: script/lib/undocumented.py FOLDER [PREFIX…]

FOLDER holds symbol graphs (`*.symbols.json`), as `swift package dump-symbol-graph --minimum-access-level public` writes
them. With prefixes such as Sources/Models, only symbols in files below them count. Synthesized members do not count, nor
do members that satisfy a requirement of another protocol, such as `==`, `encode(to:)` or `description`.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

CONFORMANCES = {
    "==(_:_:)", "<(_:_:)", "hash(into:)", "hashValue", "encode(to:)", "init(from:)", "description", "debugDescription",
    "errorDescription", "rawValue", "init(rawValue:)", "allCases",
}


def place(symbol):
    """The file, relative to the working folder, and the line of a symbol, counted from 1; None without a location."""
    location = symbol.get("location")
    if location is None:
        return None
    return os.path.relpath(unquote(urlparse(location["uri"]).path)), location["position"]["line"] + 1


def undocumented(graph):
    """(file, line, name) of each symbol of a graph that lacks a doc comment."""
    symbols = {symbol["identifier"]["precise"]: symbol for symbol in graph["symbols"]}
    inherited = {one["source"] for one in graph["relationships"] if "sourceOrigin" in one}
    parents = {one["source"]: one["target"] for one in graph["relationships"] if one["kind"] == "memberOf"}
    for identifier, symbol in symbols.items():
        path = symbol["pathComponents"]
        if symbol.get("docComment") or "::SYNTHESIZED::" in identifier or identifier in inherited:
            continue
        if symbol["kind"]["identifier"] == "swift.extension" or path[-1] in CONFORMANCES:
            continue
        # A property wrapper's own, such as `$current`.
        if path[-1].startswith("$"):
            continue
        # The compiler omits some locations; the enclosing type is near enough.
        where = place(symbol) or place(symbols.get(parents.get(identifier), {})) or (graph["module"]["name"], 1)
        yield *where, ".".join(path)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    graphs = sorted(Path(sys.argv[1]).rglob("*.symbols.json"))
    if not graphs:
        sys.exit(f"{sys.argv[1]}: there are no symbol graphs; write them with swift package dump-symbol-graph")
    prefixes = tuple(prefix.rstrip("/") + "/" for prefix in sys.argv[2:])
    found = {one for graph in graphs for one in undocumented(json.loads(graph.read_text()))}
    found = sorted(one for one in found if not prefixes or one[0].startswith(prefixes))
    for file, line, name in found:
        print(f"{file}:{line} {name}")
    sys.exit(1 if found else 0)


main()
