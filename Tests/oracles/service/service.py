"""What the scripts that ask the HTTP service share: a client that looks at every answer, and a count of what holds."""

import http.client
import json
import re
import sys
import threading
import urllib.parse

# Fewer than between two heartbeats of /events.
SECONDS = 10
SECURITY_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Paths of files and traces of the program are nobody's business.
INTERNALS = re.compile(r"\.swift\b|/(?:home|root|tmp|usr|var|private|opt)/|[Ff]atal error")


class Checks:
    """Counts what was looked at, and prints what does not hold."""

    def __init__(self):
        self.count = 0
        self.failures = 0
        self.lock = threading.Lock()

    def that(self, holds, what):
        with self.lock:
            self.count += 1
            if not holds:
                self.failures += 1
                print(f"FAILED: {what}", file=sys.stderr)

    def run(self, *tests):
        """Runs each test; one that cannot go on fails, and the others go on."""
        for test in tests:
            try:
                test()
            except Exception as error:
                self.that(False, f"{test.__name__}: {type(error).__name__}: {error}")

    def end(self, subject):
        if self.failures:
            sys.exit(f"{subject}: {self.failures} of {self.count} checks failed")
        print(f"{subject}: {self.count} checks")


class Answer:
    def __init__(self, response, method):
        self.status = response.status
        self.headers = response.headers
        self.bytes = response.read()
        self.method = method

    @property
    def json(self):
        return json.loads(self.bytes)


class Service:
    """Asks, and checks of every answer what has to hold for all."""

    def __init__(self, base_url, checks, key=None):
        self.address = urllib.parse.urlsplit(base_url).netloc
        self.checks = checks
        self.key = key

    def ask(self, method, path, body=None, headers=None):
        """A dictionary or list is sent as JSON, any other body as it is."""
        headers = dict(headers or {})
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            if isinstance(body, (dict, list)):
                body = json.dumps(body).encode()
        connection = http.client.HTTPConnection(self.address, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = Answer(connection.getresponse(), method)
        finally:
            connection.close()
        self.look(answer, f"{method} {path[:80]}")
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def sql(self, statement):
        """The rows of a statement."""
        return self.ask("POST", "/admin/sql", {"sql": statement}).json["rows"]

    def look(self, answer, what):
        check, headers = self.checks.that, answer.headers
        request = headers["X-Request-ID"] or ""
        check(re.fullmatch("[0-9a-f]{1,32}", request), f"{what}: X-Request-ID is {request!r}")
        for name, value in SECURITY_HEADERS.items():
            check(value in (headers[name] or ""), f"{what}: {name} is {headers[name]!r}")
        check("Access-Control-Allow-Origin" not in headers, f"{what}: other origins are let in")
        check(not INTERNALS.search(str(headers)), f"{what}: a header tells of internals: {headers}")
        check(answer.status < 500 or answer.status in (501, 503), f"{what}: {answer.status} {answer.bytes[:200]}")
        if answer.status >= 400 and answer.method != "HEAD":
            self.look_at_problem(answer, request, what)

    def look_at_problem(self, answer, request, what):
        check = self.checks.that
        check(answer.headers["Content-Type"] == "application/problem+json", f"{what}: {answer.headers['Content-Type']}")
        check(answer.headers["Cache-Control"] == "no-store", f"{what}: a problem may be kept")
        check(not INTERNALS.search(answer.bytes.decode()), f"{what}: a problem tells of internals: {answer.bytes[:300]}")
        problem = answer.json
        fields = {"type", "title", "status", "detail", "instance"}
        check(fields <= problem.keys() <= fields | {"errors"}, f"{what}: a problem has {sorted(problem)}")
        check(problem["status"] == answer.status, f"{what}: {answer.status}, and the problem says {problem['status']}")
        check(problem["instance"] == f"urn:request:{request}", f"{what}: instance is {problem['instance']}")
        check(len(problem.get("errors", [])) <= 100, f"{what}: {len(problem.get('errors', []))} errors")
        for error in problem.get("errors", []):
            check(error.keys() == {"pointer", "detail"}, f"{what}: an error has {sorted(error)}")
