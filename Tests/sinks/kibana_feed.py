"""Fills the six indices as `kindred index` does, with plain stand-ins for communities, edges and recommendations."""

import csv
import json
import re
import zlib
from collections import defaultdict

from lib import ROOT, ask

KEYWORD, HALF, INTEGER, SHORT, LONG = ({"type": name} for name in ("keyword", "half_float", "integer", "short", "long"))
DATE = {"type": "date", "format": "epoch_second||strict_date_optional_time"}
TITLE = {
    "type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 512}, "suggest": {"type": "search_as_you_type"}}}
MAPPINGS = {
    "items": {"item_id": KEYWORD, "title": TITLE, "genres": KEYWORD, "year": SHORT, "ratings": INTEGER, "mean_rating": HALF},
    "users": {"user_id": KEYWORD, "community": KEYWORD, "ratings": INTEGER, "mean_rating": HALF},
    "ratings": {"user_id": KEYWORD, "item_id": KEYWORD, "rating": HALF, "@timestamp": DATE, "arrived": DATE},
    "recommendations": {
        "user_id": KEYWORD, "model": KEYWORD, "item_id": KEYWORD, "title": KEYWORD, "genres": KEYWORD, "rank": SHORT,
        "score": {"type": "float"}, "predicted_rating": HALF, "run": LONG, "@timestamp": DATE},
    "communities": {
        "community": KEYWORD, "size": INTEGER, "conductance": HALF, "top_genres": KEYWORD, "top_items": KEYWORD, "run": LONG,
        "@timestamp": DATE},
    "edges": {"source": KEYWORD, "target": KEYWORD, "similarity": HALF, "support": INTEGER},
}


def movielens(folder):
    genres = [line.split("|")[0] for line in (folder / "u.genre").read_text().splitlines() if "|" in line]
    items = {}
    for line in (folder / "u.item").read_text(encoding="latin-1").splitlines():
        fields = line.split("|")
        items[fields[0]] = fields[1], [genre for genre, flag in zip(genres, fields[5:], strict=True) if flag == "1"]
    return items, [line.split("\t") for line in (folder / "u.data").read_text().splitlines()]


def sample(folder):
    items = {row["movieId"]: (row["title"], row["genres"].split("|")) for row in csv.DictReader(open(folder / "movies.csv"))}
    return items, [list(row.values()) for row in csv.DictReader(open(folder / "ratings.csv"))]


def documents():
    """Documents of each index by their ids; one rating in three, so that a test takes seconds."""
    folder = ROOT.parent / "shared/data/ml-100k"
    items, rows = movielens(folder) if folder.exists() else sample(ROOT / "data/sample")
    rows = rows[::3]
    by_item, by_user = defaultdict(list), defaultdict(list)
    for user, item, value, _ in rows:
        by_item[item].append(float(value))
        by_user[user].append((float(value), item))
    run = {"run": 1, "@timestamp": 1_760_000_000}

    yield "items", {item: {
        "item_id": item, "title": items[item][0], "genres": items[item][1], "ratings": len(values), **mean(values),
        **({"year": int(found[1])} if (found := re.search(r"\((\d{4})\)$", items[item][0])) else {})}
        for item, values in by_item.items()}
    yield "ratings", {f"{user}:{item}": {
        "user_id": user, "item_id": item, "rating": float(value), "@timestamp": int(time), "arrived": 1_760_000_000}
        for user, item, value, time in rows}

    community = {user: zlib.crc32(user.encode()) % 7 for user in by_user}
    yield "users", {user: {
        "user_id": user, "community": str(community[user]), "ratings": len(rated), **mean([value for value, _ in rated])}
        for user, rated in by_user.items()}
    members = [[user for user in by_user if community[user] == number] for number in range(7)]
    genres = sorted({genre for _, names in items.values() for genre in names})
    yield "communities", {str(number): {
        "community": str(number), "size": len(users), "conductance": 0.2 + number / 20, "top_items": ["1", "2"], **run,
        "top_genres": [genres[(number + step) % len(genres)] for step in range(3)]} for number, users in enumerate(members)}
    yield "edges", {f"{one}:{other}": {"source": one, "target": other, "similarity": 1 / (2 + place), "support": 3 + place}
                    for users in members for place, (one, other) in enumerate(zip(users, users[1:], strict=False))}
    best = sorted(by_item, key=lambda item: -len(by_item[item]))
    yield "recommendations", {f"{user}:{model}:{item}": {
        "user_id": user, "model": model, "item_id": item, "title": items[item][0], "genres": items[item][1], "rank": rank + 1,
        "score": 1 - rank / 10, "predicted_rating": 4.5, **run}
        for user in list(by_user)[:200] for model, shift in (("als", community[user]), ("knn", 1))
        for rank, item in enumerate(best[shift:shift + 5])}


def mean(values):
    return {"mean_rating": round(sum(values) / len(values), 3)}


def feed(url):
    for name, found in documents():
        ask(f"{url}/kindred-{name}-000001", "PUT", {
            "settings": {"number_of_shards": 1, "number_of_replicas": 0}, "aliases": {f"kindred-{name}": {}},
            "mappings": {"dynamic": "strict", "properties": MAPPINGS[name]}})
        lines = "".join(
            json.dumps({"index": {"_id": identity}}) + "\n" + json.dumps(document) + "\n" for identity, document in found.items())
        answer = ask(f"{url}/kindred-{name}/_bulk?refresh=true", "POST", lines.encode(), {"Content-Type": "application/x-ndjson"})
        assert not answer["errors"], f"{name}: {answer['items'][0]}"
