"""A client of kindred serve that may break the rules of HTTP."""

import contextlib
import http.client
import json
import socket
import urllib.parse


class Answer:
    """Status, header fields in lower case, and body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def detail(self):
        """What a problem says; empty for other answers."""
        try:
            return str(self.json.get("detail", ""))
        except (ValueError, AttributeError):
            return ""

    def __repr__(self):
        return f"{self.status} {self.body[:160]!r}"


class RawAnswer:
    """What came back on a connection, and how it ended: `eof`, `reset` or `timeout`."""

    def __init__(self, data, end):
        self.data, self.end = data, end
        self.head, _, self.body = data.partition(b"\r\n\r\n")
        self.statuses = [int(line[9:12]) for line in data.split(b"\r\n") if line[:5] == b"HTTP/" and line[9:12].isdigit()]
        self.status = self.statuses[0] if self.statuses else None

    @property
    def closed(self):
        return self.end != "timeout"

    def field(self, name):
        """A header field of the first answer; None where there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.lower().encode():
                return value.strip().decode("latin-1")
        return None

    def __repr__(self):
        return f"{self.data[:160]!r} {self.end}"


class Service:
    """A server under attack, known by its address alone."""

    def __init__(self, address, key=None):
        parts = urllib.parse.urlsplit(address)
        self.address, self.host, self.port, self.key = address.rstrip("/"), parts.hostname, parts.port or 80, key

    def ask(self, method, path, body=None, headers=None, timeout=30):
        """A dictionary or list is sent as JSON, any other body as it is."""
        headers = dict(headers or {})
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body, **options):
        return self.ask("POST", path, body, **options)

    def rate(self, user, item, value, headers=None, **fields):
        return self.post("/ratings", {"user_id": user, "item_id": item, "rating": value, **fields}, headers=headers)

    def sql(self, statement, **options):
        return self.post("/admin/sql", {"sql": statement}, **options)

    def connect(self, timeout=5):
        return socket.create_connection((self.host, self.port), timeout=timeout)

    def raw(self, data, timeout=3, half_close=False):
        """Sends bytes as they are, and reads until the server closes or is silent for `timeout` seconds."""
        with self.connect(timeout) as connection:
            answer = b""
            try:
                connection.sendall(data)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65536):
                    answer += part
                return RawAnswer(answer, "eof")
            except TimeoutError:
                return RawAnswer(answer, "timeout")
            except (ConnectionResetError, BrokenPipeError):
                return RawAnswer(answer, "reset")

    def metric(self, name):
        """A value of /metrics by its name with labels; None where there is none."""
        for line in self.get("/metrics").body.decode().splitlines():
            if line.rpartition(" ")[0] == name:
                return float(line.rpartition(" ")[2])
        return None

    def is_well(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz", timeout=5).status == 200
        return False
