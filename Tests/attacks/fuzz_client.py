#!/usr/bin/env python3
"""Sends mutated requests to a server and watches for 5xx, crashes, hangs and growth of memory.

    fuzz_client.py [SECONDS [SEED]] [--program PATH] [--found FOLDER]

Requests are made from those of openapi.json: heads and bodies are changed as bytes, JSON as values, query strings and searches
as text. What is found is written to a file in FOLDER, by default .build-fuzz/found, whole and ready to be sent again: a find
becomes a test, and then the fault is fixed. The same seed sends the same requests.
"""

import argparse
import collections
import contextlib
import json
import random
import re
import socket
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from lib import HERE, Lab

WORDS = ("the", "war", "1999", "*", '"', "AND", "OR", "NOT", "NEAR(", ")", "title:", "^", "+", "-", "{a b}:", "\u0301", "caf\u00e9", "'", ";", "--",
         "\x00", "\ud7ff", "%", "_", "a" * 300, "NEAR(a b, 99999)", "col : x", "\u202e", "", "\U0001f600", "((((((((", '""""', "*" * 50)
NUMBERS = ("0", "-1", "1", "99999999999999999999", "1e309", "NaN", "1e-9", "0x1", "1.5", "-0", "", " 1", "1_0", "\u0663")
VALUES = (None, True, 0, -1, 1, 5, 1e30, 1e-30, 2**63, -(2**63), "", "5", "attack-1", "\u0000", "a" * 300, [], {}, [[]], {"a": {}}, 0.5, 1e16)
LINES = (b"Content-Length: 5", b"Content-Length: -1", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Host: evil.example",
         b"Expect: 100-continue", b"Connection: close", b"Connection: keep-alive, Upgrade", b"Upgrade: h2c", b"Range: bytes=0-1,-1",
         b"Accept-Encoding: gzip;q=0, *", b"If-None-Match: *", b"If-None-Match: W/\"", b"Content-Encoding: gzip", b"X: " + b"y" * 5000,
         b"Authorization: Bearer \xff", b"Idempotency-Key: " + b"k" * 190, b"Origin: null", b"Content-Type: text/plain", b" folded", b"X",
         b"Accept: text/html;q=nan", b"Last-Event-ID: -1", b"Content-Type: application/json; charset=utf-7", b"Cookie: " + b"a=b;" * 500)
SECONDS = 10
# What may be held once all routes were asked: caches of lists, and what the allocator keeps.
MOST_GROWTH = 80


class Request:
    """The parts of a request, as bytes."""

    def __init__(self, method, target, fields=(), body=b""):
        self.method, self.target, self.fields, self.body = method, target, list(fields), body

    def bytes(self):
        fields = list(self.fields)
        if self.body and not any(field.lower().startswith((b"content-length", b"transfer-encoding")) for field in fields):
            fields.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([self.method + b" " + self.target + b" HTTP/1.1", *fields, b"", b""]) + self.body


def corpus(interface):
    """A sound request for each method of each path, with each of its parameters."""
    shared = interface["components"]["parameters"]
    bodies = {
        "/ratings": ({"user_id": "attack-1", "item_id": "5", "rating": 3}, {"ratings": [{"user_id": "attack-2", "item_id": "6", "rating": 1}]}),
        "/recommendations": ({"ratings": [{"item_id": "5", "rating": 4}, {"item_id": "6", "rating": 1}], "count": 5},),
        "/admin/sql": ({"sql": "SELECT id, count(*) FROM users JOIN ratings USING (user) GROUP BY id LIMIT 5"},
                       {"sql": "SELECT title FROM items WHERE title LIKE '%a%' ORDER BY title LIMIT 3"}),
    }
    host = b"Host: 127.0.0.1"
    for path, methods in interface["paths"].items():
        target = re.sub(r"\{(\w+)\}", lambda part: {"name": "top_items", "user": "attack-1"}.get(part[1], "5"), path).encode()
        for method, operation in methods.items():
            if method == "parameters" or path == "/events":
                continue
            upper = method.upper().encode()
            for body in bodies.get(path, ()) if method == "post" else ():
                yield Request(upper, target, [host, b"Content-Type: application/json"], json.dumps(body).encode())
            if method == "post" and path in bodies:
                continue
            yield Request(upper, target, [host])
            for parameter in operation.get("parameters", []) + methods.get("parameters", []):
                parameter = shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
                if parameter["in"] == "query":
                    sound = {"q": "the", "title": "the", "model": "als", "format": "csv", "explain": "true"}.get(parameter["name"], "5")
                    yield Request(upper, target + f"?{parameter['name']}={sound}".encode(), [host])


def mutated_bytes(data, generator):
    """Some bytes flipped, cut, repeated or put in."""
    data = bytearray(data)
    for _ in range(generator.randrange(1, 4)):
        place = generator.randrange(len(data) + 1)
        end = min(len(data), place + generator.randrange(1, 20))
        how = generator.randrange(5)
        if how == 0 and place < len(data):
            data[place] = generator.randrange(256)
        elif how == 1:
            del data[place:end]
        elif how == 2:
            data[place:place] = data[place:end] * generator.randrange(1, 30)
        elif how == 3:
            data[place:place] = generator.choice((b"\r\n", b"\x00", b"\xff", b"\r", b"%00", b"%", b"\t", b": ", b"\xc0\xaf", b"//", b"{", b'"', b"0"))
        else:
            data[place:end] = bytes(generator.randrange(256) for _ in range(generator.randrange(1, 8)))
    return bytes(data)


def mutated_json(value, generator):
    """One value inside is another, is gone or comes twice; or something is nested deeply."""
    if isinstance(value, dict) and value and generator.random() < 0.8:
        key = generator.choice(sorted(value))
        changed = dict(value)
        how = generator.randrange(4)
        if how == 0:
            del changed[key]
        elif how == 1:
            changed[generator.choice(("", "rating ", "\u0000", "constructor", key.upper(), "a" * 200))] = changed[key]
        else:
            changed[key] = mutated_json(changed[key], generator)
        return changed
    if isinstance(value, list) and value and generator.random() < 0.8:
        place = generator.randrange(len(value))
        return value * generator.choice((2, 50)) if generator.random() < 0.2 else [
            *value[:place], mutated_json(value[place], generator), *value[place + 1:]]
    return generator.choice(VALUES)


def mutated_body(body, generator):
    how = generator.randrange(5)
    if how == 0:
        return mutated_bytes(body, generator)
    if how == 1:
        depth = generator.randrange(1, 3000)
        return generator.choice((b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth))
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return mutated_bytes(body, generator)
    if how == 2 and isinstance(value, dict) and isinstance(value.get("sql"), str):
        return json.dumps({"sql": mutated_sql(value["sql"], generator)}).encode()
    return json.dumps(mutated_json(value, generator), ensure_ascii=generator.random() < 0.5).encode("utf-8", "surrogatepass")


def mutated_sql(statement, generator):
    words = statement.split()
    for _ in range(generator.randrange(1, 4)):
        place = generator.randrange(len(words) + 1)
        words[place:place + generator.randrange(2)] = [generator.choice((
            "SELECT", "(", ")", "'", "NULL", "-1", "zeroblob(99999999)", "printf('%99999999d', 1)", "UNION ALL", "item_words MATCH '*'", ";", "--",
            "randomblob(9)", "PRAGMA table_list", "ATTACH 'x' AS y", "9223372036854775808", "x'00'", "load_extension('x')", "\u0000", "json('{')",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", "group_concat(title, title)"))]
    return " ".join(words)


def mutated_query(target, generator):
    """Another value for one parameter, or another parameter."""
    path, _, query = target.partition(b"?")
    pairs = urllib.parse.parse_qsl(query.decode("latin-1"), keep_blank_values=True) or [("count", "5")]
    place = generator.randrange(len(pairs))
    name = pairs[place][0]
    text = " ".join(generator.choice(WORDS) for _ in range(generator.randrange(1, 6))) if name in ("q", "title") else generator.choice(NUMBERS + WORDS)
    pairs[place] = (name if generator.random() < 0.9 else generator.choice(WORDS), text)
    if generator.random() < 0.2:
        pairs.append(generator.choice(pairs))
    return path + b"?" + urllib.parse.urlencode(pairs, errors="surrogatepass").encode()


def mutated_fields(fields, generator):
    """A field more, a field less, a field twice, or one that is broken."""
    fields = list(fields)
    for _ in range(generator.randrange(1, 3)):
        place, how = generator.randrange(len(fields) + 1), generator.randrange(4)
        if how == 0 or not fields:
            fields.insert(place, generator.choice(LINES))
        elif how == 1:
            fields.pop(place - 1)
        elif how == 2:
            fields.insert(place, generator.choice(fields))
        else:
            fields[place - 1] = mutated_bytes(fields[place - 1], generator)
    return fields


def mutated(request, generator):
    """The bytes of a request with one part or two changed."""
    request = Request(request.method, request.target, request.fields, request.body)
    for _ in range(generator.randrange(1, 3)):
        how = generator.randrange(6)
        if how == 0:
            request.fields = mutated_fields(request.fields, generator)
        elif how == 1:
            request.target = mutated_bytes(request.target, generator)
        elif how == 2:
            request.method = generator.choice((b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"PATCH", b"get", b"BREW", b""))
        elif how in (3, 4) and request.body:
            request.body = mutated_body(request.body, generator)
        elif b"?" in request.target or generator.random() < 0.2:
            request.target = mutated_query(request.target, generator)
    whole = request.bytes()
    return mutated_bytes(whole, generator) if generator.random() < 0.1 else whole


def answer_to(server, data):
    """The start of the answer; empty where the server closed, None where it is silent although the request has ended."""
    with server.connect(SECONDS) as connection:
        try:
            connection.sendall(data)
            # The end of what is sent makes an unfinished request finished: silence is a hang then.
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096)
        except TimeoutError:
            return None
        except OSError:
            return b""


class Fuzzer:
    """A server under mutated requests, and what was found."""

    def __init__(self, lab, seed, folder):
        self.lab, self.seed, self.folder = lab, seed, Path(folder)
        self.finds, self.count, self.statuses = [], 0, {}
        self.kinds = set()
        # A crash may come of what was asked before: a refresh goes on beside requests.
        self.newest = collections.deque(maxlen=100)
        self.server = self.start()
        self.corpus = list(corpus(self.server.get("/openapi.json").json))
        for request in self.corpus:
            answer_to(self.server, request.bytes())
        self.memory = self.server.memory

    def start(self):
        return self.lab.serve(self.lab.store("fuzzed"), "--log-level", "notice", "--models", "als,knn,popularity", "--compare", "none")

    def find(self, what, data, index):
        """Keeps a request that did harm, once for each kind of harm and cause."""
        error = re.findall(r'"error":"([^"]{0,80})', self.server.messages[-2000:])
        if (what, *error[-1:]) in self.kinds:
            return
        self.kinds.add((what, *error[-1:]))
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"service-{self.seed}-{index}"
        (self.folder / name).write_bytes(data)
        (self.folder / f"{name}.before").write_bytes(b"\n\n-----\n".join(self.newest))
        (self.folder / f"{name}.log").write_text(self.server.messages[-100_000:])
        self.finds.append(f"{what} by {name}{': ' + error[-1] if error else ''}")
        print(f"FOUND {self.finds[-1]}: {data[:200]!r}", flush=True)

    def run(self, seconds, most_finds=20):
        """Sends requests for a time; stops where too much was found."""
        generator, end = random.Random(self.seed), time.monotonic() + seconds
        while time.monotonic() < end and len(self.finds) < most_finds:
            data = mutated(generator.choice(self.corpus), generator)
            self.newest.append(data)
            answer = None
            with contextlib.suppress(OSError):
                answer = answer_to(self.server, data)
            status = int(answer[9:12]) if answer and answer[9:12].isdigit() else 0
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if not answer:
                # A process that dies closes its connections first.
                time.sleep(0.1)
            if not self.server.is_alive:
                self.find(f"crash, exit code {self.server.process.returncode}", data, self.count)
                self.server.stop()
                self.server = self.start()
            elif status in (500, 502) or (status == 504 and b"/admin/sql" not in data):
                self.find(f"status {status}", data, self.count)
            elif answer is None:
                self.find("silence", data, self.count)
            self.count += 1
            if self.count % 2000 == 0 and self.server.memory > self.memory + MOST_GROWTH:
                self.find(f"memory from {self.memory:.0f} to {self.server.memory:.0f} MB", data, self.count)
                self.memory = self.server.memory
        if not self.server.is_well():
            self.find("the server is not well", b"", self.count)
        return self.finds

    def __str__(self):
        statuses = ", ".join(f"{status or 'closed'}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.count} requests ({statuses}), memory {self.memory:.0f} -> {self.server.memory:.0f} MB, {len(self.finds)} finds"


def main():
    parser = argparse.ArgumentParser(description="Fuzzes kindred serve.")
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--program", default=str(HERE.parent.parent / ".build/release/kindred"))
    parser.add_argument("--found", default=str(HERE.parent.parent / ".build-fuzz/found"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        lab = Lab(arguments.program, Path(folder) / "lab", Path(folder))
        fuzzer = Fuzzer(lab, arguments.seed, arguments.found)
        fuzzer.run(arguments.seconds)
        print(f"seed {arguments.seed}: {fuzzer}")
        lab.close()
    sys.exit(bool(fuzzer.finds))


if __name__ == "__main__":
    main()
