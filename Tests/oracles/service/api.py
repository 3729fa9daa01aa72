"""Asks the HTTP service for what its description promises.

    api.py BASE_URL OPENAPI_JSON

The service runs on a store without keys that is nobody's, with `--rate-limit 0`. First come questions that are made by hand, most
of them bad ones, which leave the ratings as they are; then schemathesis asks what it makes up from the description
(schemathesis.toml says how). Ends with an error where an answer is not as it should be.
"""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from service import SECONDS, Checks, Service

USER = "api.py"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ENDLESS = "/events"
ERASURE = "/privacy/erasures/{token}"
FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Description:
    """What openapi.json says."""

    def __init__(self, path):
        with open(path) as file:
            self.document = json.load(file)
        self.paths = self.document["paths"]

    def resolved(self, value):
        if "$ref" not in value:
            return value
        target = self.document
        for name in value["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        return target

    def methods(self, path):
        return {method.upper() for method in self.paths[path]}

    def target(self, path, method):
        """The path with its examples filled in."""
        query = {}
        for parameter in map(self.resolved, self.paths[path][method.lower()].get("parameters", [])):
            if "example" not in parameter:
                continue
            if parameter["in"] == "path":
                value = urllib.parse.quote(str(parameter["example"]), safe="")
                path = path.replace(f"{{{parameter['name']}}}", value)
            elif parameter["in"] == "query":
                query[parameter["name"]] = parameter["example"]
        return path + ("?" + urllib.parse.urlencode(query) if query else "")

    def gets(self):
        """(target, operation) of everything that is there, can be got without a key and ends: a store without keys is no auditor's,
        and nobody has been erased."""
        return [
            (self.target(path, "GET"), operations["get"])
            for path, operations in self.paths.items()
            if "get" in operations and path not in (ENDLESS, ERASURE) and operations["get"]["security"] != [{"key": ["auditor"]}]
        ]


class Tests:
    def __init__(self, base_url, description):
        self.checks = Checks()
        self.check = self.checks.that
        self.service = Service(base_url, self.checks)
        self.description = description

    def ask(self, method, path, body=None, headers=None):
        return self.service.ask(method, path, body, headers)

    def expect(self, status, method, path, body=None, headers=None, what=""):
        answer = self.ask(method, path, body, headers)
        self.check(
            answer.status == status,
            f"{what or f'{method} {path[:80]}'}: {answer.status} instead of {status}: {answer.bytes[:200]}")
        return answer

    def rate(self, item="1", value=3, user=USER, **more):
        return {"user_id": user, "item_id": item, "rating": value, **more}

    # MARK: The description

    def is_the_served_one(self):
        self.check(self.service.get("/openapi.json").json == self.description.document, "another description is served")

    def everything_answers(self):
        for target, operation in self.description.gets():
            answer = self.expect(200, "GET", target)
            types = operation["responses"]["200"]["content"]
            self.check(
                answer.headers["Content-Type"].split(";")[0] in types, f"{target}: {answer.headers['Content-Type']}")
            head = self.expect(200, "HEAD", target)
            self.check(head.bytes == b"", f"HEAD {target} has a body")

    def other_methods_are_refused(self):
        for path in self.description.paths:
            allowed = self.description.methods(path)
            target = self.description.target(path, min(allowed)).split("?")[0]
            for method in METHODS:
                if method in allowed:
                    continue
                answer = self.expect(405, method, target)
                told = set((answer.headers["Allow"] or "").replace(" ", "").split(","))
                self.check(allowed <= told and method not in told, f"{method} {target}: Allow is {answer.headers['Allow']}")
        self.expect(501, "PROPFIND", "/movies")

    # MARK: Headers

    def versions(self):
        for target, operation in self.description.gets():
            tag = self.service.get(target).headers["ETag"]
            self.check(tag is None or "304" in operation["responses"], f"{target}: a version that is not described")
            if tag is None:
                continue
            for tags in (tag, f'"another", {tag}'):
                answer = self.expect(304, "GET", target, headers={"If-None-Match": tags})
                self.check(answer.bytes == b"" and answer.headers["ETag"] == tag, f"{target}: a 304 with {tags}")
            self.expect(200, "GET", target, headers={"If-None-Match": '"another"'})
        self.expect(404, "GET", "/movies/no-such-film", headers={"If-None-Match": "*"})

    def compression(self):
        for target in ("/movies?per_page=100", "/compare", "/graph.csv", "/graph.graphml"):
            plain = self.service.get(target, **{"Accept-Encoding": "identity"})
            self.check(plain.headers["Content-Encoding"] is None, f"{target}: compressed for one who cannot read it")
            packed = self.service.get(target, **{"Accept-Encoding": "gzip, deflate"})
            self.check(packed.headers["Content-Encoding"] == "gzip", f"{target}: {packed.headers['Content-Encoding']}")
            self.check("accept-encoding" in (packed.headers["Vary"] or "").lower(), f"{target}: no Vary")
            self.check(
                packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.bytes) == plain.bytes,
                f"{target}: compressed it is another")
        self.check(
            self.service.get("/healthz", **{"Accept-Encoding": "gzip"}).headers["Content-Encoding"] is None,
            "a few bytes are compressed")

    def pages(self):
        seen, target, total = [], "/movies?per_page=37", None
        while target:
            answer = self.expect(200, "GET", target)
            page = answer.json
            seen += [movie["id"] for movie in page["items"]]
            total = page["total"]
            target = links(answer).get("next")
        self.check(len(seen) == len(set(seen)) == total, f"{len(set(seen))} of {total} films, {len(seen)} places")
        last = links(self.service.get("/movies?per_page=37"))["last"]
        self.check(self.service.get(last).json["items"][-1]["id"] == seen[-1], "the last page is another")
        beyond = self.service.get("/movies?page=1000000")
        self.check(beyond.status == 200 and beyond.json["items"] == [], "a page behind the last")

    def other_origins(self):
        self.expect(403, "GET", "/movies", headers={"Origin": "http://evil.example"})
        self.expect(403, "POST", "/ratings", self.rate(), {"Origin": "null"})
        self.expect(403, "OPTIONS", "/ratings", headers={"Origin": "http://evil.example"})
        self.expect(200, "GET", "/movies", headers={"Origin": f"http://{self.service.address}"})
        self.expect(421, "GET", "/movies", headers={"Host": "evil.example"})
        self.expect(421, "GET", "/", headers={"Host": "localhost.evil.example"})

    # MARK: Bad questions

    def bad_queries(self):
        for target in (
            "/movies?page=0", "/movies?page=-1", "/movies?page=1.5", "/movies?page=one", "/movies?page=", "/movies?page",
            "/movies?page=1000000000", "/movies?page=99999999999999999999", "/movies?per_page=101", "/movies?per_page=0",
            "/movies?pages=1", "/movies?page=1&page=2", "/movies?page=%ff", "/movies?page=%", "/movies?page=%00",
            "/movies/search", "/movies/search?q=", "/movies/search?q=%20", "/movies/search?q=%00",
            "/movies/search?q=" + "a" * 201, "/movies/search?q=%ff", "/recommendations", "/recommendations?title=+",
            "/recommendations?title=the&item_id=1", "/recommendations?item_id=",
            "/users/1/recommendations?model=magic", "/users/1/recommendations?explain=yes", "/graph/core?count=9",
            "/graph/heatmap?count=201", "/analytics/rating_distribution?format=xml",
            "/analytics/rating_distribution?limit=10001", "/healthz?x=1", "/movies/%ff", "/users/%c3%28",
            "/ratings?count=1e1",
        ):
            self.expect(400, "GET", target)

    def unknown_ids(self):
        for target in (
            "/movies/no-such-film", "/movies/no-such-film/similar", "/movies/no-such-film/fans", "/users/no-such-user",
            "/users/no-such-user/neighbors", "/users/no-such-user/recommendations", "/communities/no-number",
            "/communities/-1", "/communities/99999999999999999999", "/analytics/sqlite_master", "/analytics/ratings",
            "/assets/no-such-file", "/assets/..%2fopenapi.json", "/assets/%2e%2e", "/movies/%00", "/movies/" + "9" * 5_000,
            "/no/such/path", "/recommendations?item_id=no-such-film", "/movies/1/no-such-part", "/movies/1%27%20OR%201=1",
        ):
            self.expect(404, "GET", target)
        self.expect(404, "DELETE", "/ratings/no-such-user/1")
        self.expect(400, "DELETE", "/ratings/%ff/1")

    def bad_bodies(self):
        for path in ("/ratings", "/recommendations", "/admin/sql"):
            for body in (
                b"", b"{", b"null", b"[]", b"1", b'"text"', b"{}", b'{"ratings": 1}', b'{"sql": 1}', b"\xff\xfe", b"[" * 100_000,
                b'{"ratings": ' + b"[" * 100_000, b'{"a": ' * 50_000, b'{"sql": "\xff"}', b'{"ratings": [{"rating": NaN}]}',
            ):
                self.expect(400, "POST", path, body, what=f"POST {path} {body[:40]}")
            large = b'{"sql": "' + b" " * (1 << 20) + b'"}'
            self.expect(413, "POST", path, large)
            self.expect(413, "POST", path, (large[start:start + 65_536] for start in range(0, len(large), 65_536)))
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""):
                self.expect(415, "POST", path, b"{}", {"Content-Type": kind}, f"POST {path} as {kind!r}")
            self.expect(400, "POST", path + "?x=1", {})

    def bad_ratings(self):
        scale = self.service.get("/summary").json["scale"]
        low, high, now = scale["minimum"], scale["maximum"], int(time.time())
        for wrong, pointer in (
            (self.rate(value=low - 0.25), "/rating"), (self.rate(value=high + 0.25), "/rating"),
            (self.rate(value=-1e30), "/rating"), (self.rate(value=1e308), "/rating"),
            (self.rate(item="no-such-film"), "/item_id"), (self.rate(item=""), "/item_id"),
            (self.rate(user=""), "/user_id"), (self.rate(user="x" * 201), "/user_id"),
            (self.rate(user="a\0b"), "/user_id"), (self.rate(user="a\nb"), "/user_id"),
            (self.rate(user="a" + "\u0301" * 10_000), "/user_id"),
            (self.rate(timestamp=-1), "/timestamp"), (self.rate(timestamp=now + 10 * 86_400), "/timestamp"),
        ):
            what = f"POST /ratings {json.dumps(wrong)[:80]}"
            alone = self.expect(422, "POST", "/ratings", wrong, what=what).json
            self.check([error["pointer"] for error in alone["errors"]] == [pointer], f"{what}: {alone.get('errors')}")
            batch = self.expect(422, "POST", "/ratings", {"ratings": [self.rate(), wrong]}, what=f"batch: {what}").json
            self.check([error["pointer"] for error in batch["errors"]] == [f"/ratings/1{pointer}"], f"batch: {what}")
        for body in (
            {"ratings": []}, {"ratings": [self.rate()] * 10_001}, {"ratings": [self.rate(item="no-such-film")] * 101},
        ):
            self.expect(422, "POST", "/ratings", body)
        for body in (
            self.rate(value="5"), self.rate(value=None), self.rate(value=True), self.rate(user=1), self.rate(user=None),
            self.rate(timestamp="now"), self.rate(timestamp=1.5), self.rate(timestamp=10**30), {"ratings": [1]},
            {"userId": USER, "itemId": "1", "rating": 3}, self.rate(timstamp=1), self.rate(ratings=[self.rate()]),
        ):
            self.expect(400, "POST", "/ratings", body, what=f"POST /ratings {json.dumps(body)[:80]}")
        for number in (b"NaN", b"Infinity", b"1e999", b"0x5", b"05"):
            body = b'{"user_id": "api.py", "item_id": "1", "rating": ' + number + b"}"
            self.expect(400, "POST", "/ratings", body, what=f"a rating of {number}")
        for key in ("", "k" * 201):
            self.expect(400, "POST", "/ratings", self.rate(), {"Idempotency-Key": key})

    def bad_guests(self):
        one = {"item_id": "1", "rating": 4}
        for body in (
            {"ratings": [{"item_id": "no-such-film", "rating": 4}]}, {"ratings": [{"item_id": "1", "rating": 99}]},
            {"ratings": [one, one]}, {"ratings": [one], "count": 0}, {"ratings": [one], "count": 101},
            {"ratings": [one], "model": "magic"}, {"ratings": [{"item_id": "no-such-film", "rating": 4}] * 101},
        ):
            self.expect(422, "POST", "/recommendations", body, what=f"POST /recommendations {json.dumps(body)[:80]}")
        for body in ({"ratings": [one], "count": "ten"}, {"ratings": [one], "explain": 1}, {"ratings": one}):
            self.expect(400, "POST", "/recommendations", body, what=f"POST /recommendations {body}")

    def bad_statements(self):
        for statement in (
            "", " ", ";", "no sql", "DELETE FROM ratings", "UPDATE ratings SET value = 1", "DROP TABLE ratings", "VACUUM",
            "INSERT INTO users (id) VALUES ('x')", "REPLACE INTO users (id) VALUES ('x')", "CREATE TABLE x (y)",
            "WITH x AS (SELECT 1) DELETE FROM ratings", "WITH x AS (SELECT 1) INSERT INTO users (id) SELECT 'x'",
            "PRAGMA journal_mode = DELETE", "ATTACH DATABASE 'x.sqlite' AS x",
            "BEGIN", "COMMIT", "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM ratings", "SELECT 1\0; DELETE FROM ratings",
            "SELECT load_extension('x')", "SELECT writefile('x', 'y')", "SELECT * FROM no_such_table", "SELECT ?",
            "SELECT zeroblob(100000000)", FOREVER.replace("count(*)", "sum(length(zeroblob(1000)))"),
        ):
            body = {"sql": statement, "time_limit": 0.5}
            self.expect(422, "POST", "/admin/sql", body, what=f"SQL {statement[:60]!r}")
        for limits in ({"row_limit": 0}, {"row_limit": 10_001}, {"time_limit": 0}, {"time_limit": -1}, {"time_limit": 31}):
            self.expect(422, "POST", "/admin/sql", {"sql": "SELECT 1", **limits}, what=f"SQL with {limits}")
        self.expect(422, "POST", "/admin/sql", {"sql": FOREVER, "time_limit": 0.5})
        rows = self.ask("POST", "/admin/sql", {"sql": FOREVER.replace("count(*)", "i"), "row_limit": 3}).json
        self.check(rows == {"columns": ["i"], "rows": [[1], [2], [3]], "truncated": True}, f"three rows of many: {rows}")

    def no_http(self):
        """What is no request at all is answered with 400 or not, and the next one as always."""
        host, port = self.service.address.rsplit(":", 1)
        for text in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n", b"GET /\xff HTTP/9.9\r\n\r\n"):
            with socket.create_connection((host, int(port)), SECONDS) as connection:
                connection.sendall(text)
                told = connection.recv(1_000)
            self.check(told == b"" or told.startswith(b"HTTP/1.1 400 "), f"{text}: {told}")
            self.expect(200, "GET", "/healthz", what=f"after {text}")

    # MARK: Ratings

    def a_rating(self):
        """It is read as soon as it is written, and heard."""
        with Listener(self.service) as listener:
            stored = self.expect(200, "POST", "/ratings", self.rate(value=4)).json
            self.check(stored == {"stored": 1, "counting": 1, "repeated": False}, f"stored: {stored}")
            heard = listener.event("ratings")
        self.check(heard["items"][-1]["user_id"] == USER, f"heard: {heard}")
        newest = self.service.get("/ratings?count=1").json["items"][0]
        user = self.expect(200, "GET", f"/users/{USER}").json
        self.check(user["newest"] == [newest] and user["ratings"] == 1 and newest["rating"] == 4, f"stored is {newest}")
        answer = self.expect(200, "GET", f"/users/{USER}/recommendations")
        lists = answer.json["lists"]
        other = self.expect(200, "GET", f"/users/{USER}/neighbors").headers["ETag"]
        self.check(answer.headers["ETag"] not in (None, other), "new ratings have the version of the snapshot")
        self.check(lists[0]["items"] and all(movie["id"] != "1" for movie in lists[0]["items"]), "a new user's list")
        self.expect(204, "DELETE", f"/ratings/{USER}/1")
        self.expect(404, "DELETE", f"/ratings/{USER}/1")
        self.check(self.expect(200, "GET", f"/users/{USER}").json["newest"] == [], "a removed rating is there")

    def strange_ids(self):
        """Whatever is stored is found under the same name."""
        for user in ("a b", "a/b", "a%2Fb", "100%", "ü", "日本", "'; --", "a?b#c", "..", "%00"):
            path = urllib.parse.quote(user, safe="")
            self.expect(200, "POST", "/ratings", self.rate(user=user))
            found = self.expect(200, "GET", f"/users/{path}")
            self.check(found.json.get("id") == user, f"{user!r} is {found.bytes[:80]}")
            self.expect(204, "DELETE", f"/ratings/{path}/1")

    def the_same_again(self):
        key = {"Idempotency-Key": f"{USER} {time.time_ns()}"}
        answers = [self.expect(200, "POST", "/ratings", self.rate(value=value), key).json for value in (4, 4)]
        self.check([answer["repeated"] for answer in answers] == [False, True], f"the same twice: {answers}")
        self.check([answer["stored"] for answer in answers] == [1, 0], f"the same twice: {answers}")
        self.expect(409, "POST", "/ratings", self.rate(value=5), key)
        self.expect(422, "POST", "/ratings", self.rate(value=99), {"Idempotency-Key": "of what failed"})
        self.check(self.stored() == [4], f"stored is {self.stored()}")
        self.expect(204, "DELETE", f"/ratings/{USER}/1")

    def all_at_once(self):
        """Many threads rate the same film for the same user."""
        scale = self.service.get("/summary").json["scale"]
        step = (scale["maximum"] - scale["minimum"]) / 32
        values = [scale["minimum"] + step * place for place in range(20)]
        with ThreadPoolExecutor(len(values)) as pool:
            list(pool.map(lambda value: self.expect(200, "POST", "/ratings", self.rate(value=value)), values))
        stored = self.stored()
        self.check(len(stored) == 1 and stored[0] in values, f"stored is {stored}")
        self.expect(204, "DELETE", f"/ratings/{USER}/1")
        self.check(self.stored() == [], "a removed rating is there")
        lost = set(values) - set(self.stored("rating_history"))
        self.check(not lost, f"the history lacks {lost}")

    def stored(self, table="ratings"):
        """What this user's ratings of the film are."""
        rows = self.service.sql(
            f"SELECT value FROM {table} JOIN users USING (user) JOIN items USING (item) "
            f"WHERE users.id = '{USER}' AND items.id = '1'")
        return [value for value, in rows]

    # MARK: All of it

    def by_hand(self):
        distribution = self.service.get("/analytics/rating_distribution").json
        self.checks.run(
            self.is_the_served_one, self.everything_answers, self.other_methods_are_refused, self.versions,
            self.compression, self.pages, self.other_origins, self.bad_queries, self.unknown_ids, self.bad_bodies,
            self.bad_ratings, self.bad_guests, self.bad_statements, self.a_rating, self.strange_ids, self.the_same_again,
            self.all_at_once, self.no_http)
        self.expect(200, "GET", "/healthz")
        self.check(
            self.service.get("/analytics/rating_distribution").json == distribution, "the ratings are not what they were")


class Listener:
    """Listens to /events."""

    def __init__(self, service):
        self.service = service

    def __enter__(self):
        self.connection = http.client.HTTPConnection(self.service.address, timeout=SECONDS)
        self.connection.request("GET", ENDLESS)
        self.stream = self.connection.getresponse()
        # The first heartbeat tells that it listens.
        self.stream.readline()
        return self

    def __exit__(self, *_):
        self.connection.close()

    def event(self, name):
        """The data of the next event of this name."""
        while self.stream.readline().decode().strip() != f"event: {name}":
            pass
        return json.loads(self.stream.readline().decode().removeprefix("data: "))


def links(answer):
    """The targets of the Link header by relation."""
    parts = (part.split(">; rel=") for part in answer.headers["Link"].split(", <"))
    return {relation.strip('"'): target.lstrip("<") for target, relation in parts}


def made_up(base_url, path, check):
    """What schemathesis asks, and what it finds."""
    configuration = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemathesis.toml")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", configuration, "run", os.path.abspath(path)]
    # It keeps what it finds where it runs; the next run shall not depend on it.
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run([*command, "--url", base_url, "--no-color"], cwd=folder, stdout=subprocess.PIPE, text=True)
    check(found.returncode == 0, f"schemathesis:\n{found.stdout}")


if __name__ == "__main__":
    tests = Tests(sys.argv[1], Description(sys.argv[2]))
    tests.by_hand()
    made_up(sys.argv[1], sys.argv[2], tests.check)
    tests.checks.end("api")
