"""Writes how the embedded search and Elasticsearch rank films, side by side, into a page of the docs.

    search_engines.py --program PATH [--check]

A service with a sink runs on the sample and a double, and answers each query by both engines. The table goes between the marks of
docs/search-engines.md; with --check nothing is written, and it ends with 1 where the page has another one.
"""

import argparse
import random
import sys
import tempfile
import urllib.parse
from pathlib import Path

from lib import ROOT, Lab, Skipped
from steps import Service, small_store

PAGE = ROOT / "docs/search-engines.md"
BEGIN, END = "<!-- ranks -->\n", "<!-- end of ranks -->\n"
# Chosen for what they ask of an engine; the titles are those of the sample.
QUERIES = (
    ("{two}", "two words of a title"),
    ("{begin}", "the beginning of a word"),
    ("{slip}", "a slip"),
    ("{one}", "one word"),
    ("{swapped}", "words in another order"),
    ("{year}", "a year"),
    ("{case}", "capitals"),
    ("{partly}", "a word that no title has beside one"),
    ("{genre}", "a genre"),
    ("zzzz", "nothing"),
)


def words(title):
    return title.rpartition(" (")[0].split() if title.endswith(")") else title.split()


def with_slip(word):
    """Two letters changed places: Frontier, Forntier."""
    place = next(place for place in range(1, len(word) - 1) if word[place] != word[place + 1])
    return word[:place] + word[place + 1] + word[place] + word[place + 2:]


def queries(films):
    """The queries, made of the film that most have rated among those with two long words."""
    film = max(
        (film for film in films if sum(len(word) > 4 for word in words(film["title"])) > 1), key=lambda film: (film["ratings"], film["id"]))
    first, second = [word for word in words(film["title"]) if len(word) > 4][:2]
    values = {
        "two": f"{first} {second}", "begin": second[:4], "slip": with_slip(second), "one": first,
        "swapped": f"{second} {first}", "year": film["title"][-5:-1], "case": second.upper(), "partly": f"{first} zzzz",
        "genre": film["genres"][0]}
    return film, [(pattern.format(**values), what) for pattern, what in QUERIES]


def table(service):
    films = [film for film in service.get("/movies?per_page=100")["items"] if film["title"]]
    film, asked = queries(films)
    lines = [
        f"The queries are made of *{film['title']}* (item {film['id']}); its rank is in bold.", "",
        "| query | | embedded | Elasticsearch | in both of the first ten |", "| --- | --- | --- | --- | --- |"]
    for query, what in asked:
        found = {
            engine: service.get(f"/movies/search?count=10&engine={engine}&q={urllib.parse.quote(query)}")["items"]
            for engine in ("embedded", "elasticsearch")}
        ids = {engine: [item["id"] for item in items] for engine, items in found.items()}
        cells = [first(found[engine], ids[engine], film["id"]) for engine in found]
        both = len(set(ids["embedded"]) & set(ids["elasticsearch"]))
        lines.append(f"| `{query}` | {what} | {cells[0]} | {cells[1]} | {both} of {max(map(len, ids.values()))} |")
    return "\n".join(lines) + "\n"


def first(items, ids, film):
    """How many were found, the first three, and where the film is."""
    if not items:
        return "nothing"
    places = ", ".join(item["title"] or item["id"] for item in items[:3])
    rank = f"**{ids.index(film) + 1}**" if film in ids else "–"
    return f"{rank}; {places}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/kindred"))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(str(Path(arguments.program).resolve()), Path(folder) / "lab", False, random.Random(17))
        lab.folder.mkdir()
        try:
            service = Service(lab, small_store(lab), lab.double().url)
            service.wait_until_in_step()
            made = table(service)
        except Skipped as reason:
            sys.exit(f"{reason}; see Tests/sinks/requirements.txt")
        finally:
            lab.close()
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    if arguments.check:
        sys.exit(0 if old == made else f"{PAGE.name} has another table; run script/search-engines")
    PAGE.write_text(before + BEGIN + made + END + after)


if __name__ == "__main__":
    main()
