"""The declaration of all data held against what the program writes; imports take no more than is declared; logs, metrics and
answers that are logged say nothing of people."""

import concurrent.futures
import contextlib
import csv
import json
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as XML
from pathlib import Path

from lib import ROOT, ask, check, query, wait

MARK = "marked-7f3a9"


# What is in files


def paths(value, prefix=""):
    """The paths of the fields of JSON, without the places of lists: profiles.size."""
    if isinstance(value, dict):
        found = [paths(inner, f"{prefix}.{name}" if prefix else name) for name, inner in value.items()]
        return set().union(*found) if found else {prefix}
    if isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        return set().union(*(paths(inner, prefix) for inner in value))
    # A list of nothing shows no field.
    return set() if value == [] else {prefix}


def fields(file):
    """The names of what a file has, by its kind."""
    if file.suffix == ".csv":
        return set(next(csv.reader(file.open(newline=""))))
    if file.suffix == ".json":
        return paths(json.loads(file.read_text()))
    if file.suffix == ".npy":
        return {"values"}
    if file.suffix == ".html":
        return {"page"}
    if file.suffix == ".toml":
        return {"parameters"}
    if file.suffix == ".journal":
        return {"lines"}
    if file.suffix == ".mtx":
        return {"row", "column", "similarity"}
    if file.suffix in (".graphml", ".gexf"):
        root = XML.parse(file).getroot()
        names = {element.get("attr.name") or element.get("title") for element in root.iter()}
        return (names - {None}) | ({"label", "weight"} if file.suffix == ".gexf" else set())
    return {f"a file {file.name} that nobody knows how to read"}


def observed(folder, name):
    return {(f"{name}/{file.relative_to(folder).as_posix()}", field)
            for file in sorted(folder.rglob("*")) if file.is_file() for field in fields(file)}


def matches(declared, name):
    return re.fullmatch(".*".join(map(re.escape, declared.split("*", 1))), name, re.DOTALL) is not None


def undeclared(seen, elements):
    return sorted((holder, name) for holder, name in seen
                  if not any(matches(one["holder"], holder) and matches(one["name"], name) for one in elements))


def record(lab, store):
    lab.kindred("privacy", "record", store, "--output", lab.folder / "record", "--quiet")
    return json.loads((lab.folder / "record/record.json").read_text())


def of(place, elements):
    return [one for one in elements if one["place"] == place]


def test_files(lab):
    """Every field of every file that the commands write is declared; a column that is planted is found."""
    store = lab.store(is_small=True)
    sample = ROOT / "data/sample"
    formats = "csv,graphml,gexf,npy,gephi,neo4j,matrixmarket"
    ratings = next(file for file in sorted(sample.iterdir()) if file.name.startswith("ratings"))
    bad = lab.folder / "bad.csv"
    bad.write_text("userId,movieId,rating,timestamp\n1,2,3,100\n1,3,x,100\n2,2,4,100\n2,3,1,5\n")
    lab.kindred("graph", sample, "--output", lab.folder / "graph", "--format", formats, "--stability", "--quiet")
    lab.kindred("graph", bad, "--output", lab.folder / "bad", "--on-bad-row", "skip", "--quiet")
    for model in ("als", "implicit", "bayes"):
        lab.kindred("train", sample, "--model", model, "--output", lab.folder / model, "--quiet")
    (lab.folder / "lists").mkdir()
    lab.kindred("recommend", sample, "--all", "--model", "popularity", "--output", lab.folder / "lists/lists.csv", "--quiet")
    lab.kindred("compare", sample, "--models", "als,knn", "--output", lab.folder / "comparison", "--quiet")
    lab.kindred("tune", sample, "--models", "als", "--trials", "2", "--output", lab.folder / "tuning", "--quiet")
    lab.kindred("replay", sample, "--output", lab.folder / "replay", "--quiet")
    lab.kindred("analytics", store, "--output", lab.folder / "analytics", "--quiet")
    elements = of("file", record(lab, store)["elements"])
    seen = {name for folder in ("graph", "comparison", "tuning", "replay", "analytics") for name in observed(lab.folder / folder, folder)}
    seen |= observed(lab.folder / "bad", "graph") | observed(lab.folder / "record", "privacy")
    seen |= {name for model in ("als", "implicit", "bayes") for name in observed(lab.folder / model, "model")}
    seen |= {("lists.csv", name) for name in fields(lab.folder / "lists/lists.csv")}
    check(len(seen) > 150, "many fields are written", len(seen))
    check(not undeclared(seen, elements), "every field of a file is declared", undeclared(seen, elements))
    written = {holder for holder, _ in seen}
    missing = {one["holder"] for one in elements if not any(matches(one["holder"], holder) for holder in written)}
    others = {holder for holder in missing if holder.startswith(("snapshot/", "tuning/tuning.journal", "failed/", "publish/", "metrics/", "dead-letters", "*.rejected.jsonl"))}
    # Spark writes those of a cluster.
    others |= {holder for holder in missing if holder.startswith("cluster/")}
    check(missing == others, "every declared file is written by something", missing - others)
    planted = lab.folder / "graph/users.csv"
    planted.write_text("email," + planted.read_text())
    (lab.folder / "graph/visits.csv").write_text("user_id,page\n")
    found = undeclared(observed(lab.folder / "graph", "graph"), elements)
    check(found == [("graph/users.csv", "email"), ("graph/visits.csv", "page"), ("graph/visits.csv", "user_id")],
          "a planted column and a planted file are found", found)
    check(ratings.exists(), "the sample is there")


def test_snapshot(lab):
    """Every file that a service keeps in the store is declared, and what is in it."""
    store = lab.store(is_small=True)
    server = lab.start("serve", "--store", store, "--port", "0", "--models", "als,implicit,popularity", "--compare", "als,popularity")
    server.follow()
    wait("a run", lambda: query(store, "SELECT count(*) FROM runs")[0][0] > 0, 180)
    server.process.terminate()
    server.process.wait(30)
    folder = lab.folder / "snapshot"
    for name, data in query(store, "SELECT name, bytes FROM run_files"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    elements = of("file", record(lab, store)["elements"])
    seen = observed(folder, "snapshot")
    check(len({holder for holder, _ in seen}) > 15, "a snapshot has many files", len(seen))
    check(not undeclared(seen, elements), "every field of a snapshot is declared", undeclared(seen, elements))


def test_record(lab):
    """The record is the same each time, has every table with its rows, and a page that loads nothing and is well-formed."""
    store = lab.store(is_small=True)
    folder, seen = lab.folder / "one", []
    for _ in range(2):
        lab.kindred("privacy", "record", store, "--output", folder, "--controller", "Films & Co, dpo@films.example", "--quiet")
        seen.append({name: (folder / name).read_bytes() for name in ("record.html", "record.json")})
    for name in seen[0]:
        check(seen[0][name] == seen[1][name], f"{name} is the same each time")
    data = json.loads((lab.folder / "one/record.json").read_text())
    rows = {one["table"]: one["rows"] for one in data["holdings"]}
    tables = {name for name, in query(store, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                                             "AND name NOT LIKE 'grdb_%' AND name NOT LIKE 'item\\_%\\_%' ESCAPE '\\'")}
    check(tables <= set(rows), "every table is in the record", tables - set(rows))
    for table in ("ratings", "users", "imports"):
        check(rows[table] == query(store, f"SELECT count(*) FROM {table}")[0][0], f"the record has the rows of {table}")
    page = (lab.folder / "one/record.html").read_text()
    XML.fromstring(page.replace("<!DOCTYPE html>", ""))
    check("Films &amp; Co" in page and "<script" not in page and "http://" not in page.replace("http://www.w3.org/1999/xhtml", ""),
          "the page names the controller and loads nothing")
    personal = [one for one in data["elements"] if one["personal"]]
    check(len(personal) > 80 and all(one["bases"] and one["purposes"] for one in personal), "personal data has purpose and basis")


# Minimisation and retention


def people(folder):
    folder.mkdir()
    (folder / "u.data").write_text("".join(f"{user}\t{item}\t{1 + (user + item) % 5}\t{1_000_000_000 + 100 * user}\n"
                                           for user in (1, 2, 3) for item in (1, 2, 3)))
    (folder / "u.user").write_text("1|24|M|technician|85711\n2|53|F|other|94043\n3|17|M|writer|32067\n")
    return folder


def attributes(store):
    return query(store, "SELECT id, name, value FROM user_attributes JOIN users USING (user) ORDER BY 1, 2")


def test_minimisation(lab):
    """Zip codes, names and undeclared columns stay out unless they are asked for; ages are groups; times are as coarse as asked."""
    folder = people(lab.folder / "people")
    report = lab.kindred("import", folder, "--store", lab.folder / "a.sqlite", "--json", "--time-precision", "day")
    check(report["dropped_attributes"] == ["zip"], "the summary says what was left out", report)
    check(attributes(lab.folder / "a.sqlite")[:3] == [("1", "age", "18–24"), ("1", "gender", "M"), ("1", "occupation", "technician")],
          "ages are groups", attributes(lab.folder / "a.sqlite"))
    check(b"85711" not in (lab.folder / "a.sqlite").read_bytes(), "no zip code is in the store")
    check(query(lab.folder / "a.sqlite", "SELECT DISTINCT time % 86400 FROM ratings") == [(0,)], "times are days")
    lab.kindred("import", folder, "--store", lab.folder / "b.sqlite", "--keep-attributes", "zip", "--quiet")
    check(("1", "zip", "85711") in attributes(lab.folder / "b.sqlite"), "a zip code comes where it is asked for")
    check(query(lab.folder / "b.sqlite", "SELECT min(time), max(time) FROM ratings") == [(1_000_000_100, 1_000_000_300)],
          "times are seconds otherwise")
    (lab.folder / "r.csv").write_text("userId,movieId,rating\n1,1,3\n2,1,4\n")
    (lab.folder / "users.csv").write_text("userId,name,age,city,gender\n1,Ann Marked,24,Bern,F\n2,Bo Marked,30,Bern,M\n")
    text = lab.kindred("import", lab.folder / "r.csv", "--store", lab.folder / "c.sqlite")
    check("Not taken of users: name, city" in text, "the summary names columns", text)
    check(attributes(lab.folder / "c.sqlite") == [("1", "age", "18–24"), ("1", "gender", "F"), ("2", "age", "25–34"), ("2", "gender", "M")],
          "columns that are not declared stay out", attributes(lab.folder / "c.sqlite"))
    (lab.folder / "in").mkdir()
    (lab.folder / "in/users.csv").write_text((lab.folder / "users.csv").read_text())
    lab.kindred("watch", lab.folder / "in", "--store", lab.folder / "c.sqlite", "--once", "--settle", "0.01", "--keep", "--quiet",
                "--keep-attributes", "City")
    check(("1", "city", "Bern") in attributes(lab.folder / "c.sqlite") and not any(name == "name" for _, name, _ in attributes(lab.folder / "c.sqlite")),
          "watched folders take no more either", attributes(lab.folder / "c.sqlite"))


def test_sweep(lab):
    """A dry run says what would go and removes nothing; a sweep removes it; what is younger or other stays."""
    bad = lab.folder / "bad.csv"
    bad.write_text("userId,movieId,rating,timestamp\n1,2,3,100\n1,3,x,100\n2,2,4,100\n")
    store = lab.folder / "s.sqlite"
    lab.kindred("import", bad, "--store", store, "--quiet")
    found = json.loads(lab.run("privacy", "sweep", store, "--dry-run", "--json").stdout)
    check(all(one["rows"] == 0 for one in found), "nothing is old in a new store", found)
    found = json.loads(lab.run("privacy", "sweep", store, "--dry-run", "--json", "--retain", "rejected_rows=0").stdout)
    check(found[0]["rows"] == 0, "what came in this second is not older than now", found)
    with contextlib.closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE imports SET started = started - 91 * 86400")
        connection.commit()
    text = lab.kindred("privacy", "sweep", store, "--dry-run")
    check("would go" in text and re.search(r"rejected_rows +1 +older than 90 days, the oldest of \d{4}-", text), "a dry run counts", text)
    check(query(store, "SELECT count(*) FROM rejected_rows") == [(1,)], "a dry run removes nothing")
    lab.kindred("privacy", "sweep", store)
    check(query(store, "SELECT count(*) FROM rejected_rows") == [(0,)] and query(store, "SELECT count(*) FROM ratings") == [(2,)],
          "a sweep removes what is old, and no rating")
    for wrong in ("rejected_rows", "ratings=3", "rejected_rows=-1", "stream_errors=1000000"):
        check(lab.run("privacy", "sweep", store, f"--retain={wrong}").returncode == 64, f"--retain {wrong} is refused")


# Ids under load


def requests(address, user):
    """Requests that work and such that do not, with the id of a user in each place where an id can stand."""
    quoted = urllib.parse.quote(user)
    yield from (("GET", f"/users/{quoted}{rest}", None) for rest in (
        "", "/ratings", "/neighbors", "/recommendations", "/recommendations?model=als&count=3", "/recommendations?count=nonsense",
        "/no-such-thing", "/recommendations?model=" + quoted))
    yield from (("GET", path, None) for path in (
        f"/users/{quoted}-who-is-not-there", f"/{quoted}", f"/movies/{quoted}", f"/users?search={quoted}", f"/users/{quoted}%00",
        f"/users/{quoted}/%ff", f"/graph/users/{quoted}", f"/communities/{quoted}", f"/runs/{quoted}", f"/events?user={quoted}&x",
        f"/analytics/{quoted}", f"/graph?user={quoted}", f"/sources/{quoted}", f"/stream/error?model={quoted}"))
    yield "POST", "/ratings", {"user_id": user, "item_id": "1", "rating": 4}
    yield "POST", "/ratings", {"user_id": user, "item_id": user, "rating": 4}
    yield "POST", "/ratings", {"user_id": user, "item_id": "1", "rating": 400}
    yield "POST", "/ratings", {"user_id": user, "rating": user}
    yield "POST", "/ratings", b'{"user_id": "' + user.encode() + b'", "item_id": '
    yield "POST", "/recommendations", {"user_id": user, "ratings": user}
    yield "POST", "/admin/sql", {"query": f"SELECT '{user}' FROM nothing"}
    yield "POST", "/admin/sql", {"query": f"SELECT id FROM users WHERE id = '{user}'"}
    yield "DELETE", f"/ratings/{quoted}/1", None
    yield "DELETE", f"/ratings/{quoted}/{quoted}", None
    yield user.upper().replace("-", ""), f"/users/{quoted}", None


def send(address, method, path, body):
    headers = {"Idempotency-Key": f"{MARK}-key"} if method == "POST" and isinstance(body, dict) and len(body) == 3 else {}
    try:
        ask(address + path, method, body, headers, timeout=30)
        return 200
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_no_ids(lab):
    """Marked ids of users go through every kind of request; no line of the log and no metric has one, and the log has declared
    fields alone."""
    rows = [f"{MARK}-{user},{item},{1 + user * item % 5},{1_000_000_000 + item}" for user in range(40) for item in range(1, 20)]
    (lab.folder / "r.csv").write_text("userId,movieId,rating,timestamp\n" + "\n".join(rows) + "\n")
    store = lab.folder / "s.sqlite"
    lab.kindred("import", lab.folder / "r.csv", "--store", store, "--quiet")
    watched, metrics, log = lab.folder / "in", lab.folder / "metrics", lab.folder / "log"
    watched.mkdir()
    server = lab.start("serve", "--store", store, "--port", "0", "--models", "als,knn,popularity", "--compare", "none", "--log-level", "trace",
                       "--metrics-dir", metrics, "--metrics-every", "0.2", "--rate-limit", "0", "--watch", watched, "--settle", "0.05",
                       "--elasticsearch", "http://127.0.0.1:1", "--refresh-every", "2")
    address = next(found[1] for line in server.process.stdout if (found := re.search(r"answers at (http://[0-9.:]+)", line)))
    server.follow()
    wait("a snapshot", lambda: send(address, "GET", "/readyz", None) == 200, 60)
    (watched / "more.csv").write_text("userId,movieId,rating\n" + f"{MARK}-1,2,4\n{MARK}-1,3,bad\n")
    (watched / "broken.csv").write_text(f"{MARK}-1;{MARK}-2\n{MARK}-3;{MARK}-4\n")
    (watched / "users.csv").write_text(f"userId,age\n{MARK}-1,24\n")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        sent = [(method, path, body) for user in range(20) for method, path, body in requests(address, f"{MARK}-{user}")]
        statuses = list(pool.map(lambda one: send(address, *one), sent))
    kinds = {status // 100 for status in statuses}
    check({2, 4} <= kinds, "requests worked and failed", sorted(set(statuses)))
    wait("the watched files", lambda: not any(watched.glob("*.csv")), 30)
    wait("a sample of metrics", lambda: (metrics / "metrics.csv").exists(), 20)
    text = urllib.request.urlopen(address + "/metrics", timeout=20).read().decode()
    server.process.terminate()
    server.process.wait(30)
    wait("the end of the log", lambda: server.process.poll() is not None, 10)
    lines = [line for line in server.lines if line.strip()]
    log.write_text("".join(lines))
    check(len(lines) > 400, "the log has a line for each request", len(lines))
    leaks = [line[:300] for line in lines if MARK in line or MARK.upper().replace("-", "") in line]
    check(not leaks, "no line of the log has an id", leaks[:3])
    check(MARK not in text and "route=\"/users/{id}\"" in text, "no metric has an id")
    for file in metrics.iterdir():
        check(MARK not in file.read_text(), f"{file.name} has no id")
    elements = record(lab, store)["elements"]
    names = {name for line in lines if line.startswith("{") for name in json.loads(line)}
    found = undeclared({("log", name) for name in names}, of("log", elements))
    check("route" in names and not found, "the log has declared fields alone", found)
    check(undeclared({("log", "user")}, of("log", elements)) == [("log", "user")], "a planted field of the log is found")
    found = undeclared({("metrics/metrics.csv", name) for name in fields(metrics / "metrics.csv")}, of("file", elements))
    check(not found, "the folder of metrics has declared columns", found)
    check(Path(store).exists(), "the store is there")
