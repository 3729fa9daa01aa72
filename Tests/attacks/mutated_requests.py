"""Requests for fuzz_client.py and storm.py: sound ones of all routes, and how one part or two of them change."""

import json
import re
import urllib.parse

WORDS = ("the", "war", "1999", "*", '"', "AND", "OR", "NOT", "NEAR(", ")", "title:", "^", "+", "-", "{a b}:", "\u0301", "caf\u00e9", "'", ";", "--",
         "\x00", "\ud7ff", "%", "_", "a" * 300, "NEAR(a b, 99999)", "col : x", "\u202e", "", "\U0001f600", "((((((((", '""""', "*" * 50)
NUMBERS = ("0", "-1", "1", "99999999999999999999", "1e309", "NaN", "1e-9", "0x1", "1.5", "-0", "", " 1", "1_0", "\u0663")
VALUES = (None, True, 0, -1, 1, 5, 1e30, 1e-30, 2**63, -(2**63), "", "5", "attack-1", "\u0000", "a" * 300, [], {}, [[]], {"a": {}}, 0.5, 1e16)
LINES = (b"Content-Length: 5", b"Content-Length: -1", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Host: evil.example",
         b"Expect: 100-continue", b"Connection: close", b"Connection: keep-alive, Upgrade", b"Upgrade: h2c", b"Range: bytes=0-1,-1",
         b"Accept-Encoding: gzip;q=0, *", b"If-None-Match: *", b"If-None-Match: W/\"", b"Content-Encoding: gzip", b"X: " + b"y" * 5000,
         b"Authorization: Bearer \xff", b"Idempotency-Key: " + b"k" * 190, b"Origin: null", b"Content-Type: text/plain", b" folded", b"X",
         b"Accept: text/html;q=nan", b"Last-Event-ID: -1", b"Content-Type: application/json; charset=utf-7", b"Cookie: " + b"a=b;" * 500)


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
