"""A proxy in front of a double that fails as real servers and networks do, at moments that a seed decides."""

import gzip
import http.client
import json
import random
import socket
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What may happen to a request of documents, and to how many of a hundred.
BULK = {"429": 5, "503": 5, "413": 5, "broken before": 4, "broken after": 4, "half an answer": 4, "slow": 4, "items": 20}
# And to another request.
OTHER = {"503": 2, "broken before": 1, "slow": 3}
# A request that is larger may be refused with 413.
LARGE = 500
ITEM_ERRORS = {
    429: ("es_rejected_execution_exception", "rejected execution of coordinating operation"),
    503: ("unavailable_shards_exception", "primary shard is not active"),
}


class FaultProxy:
    """Passes requests on to `target`, and fails as the shares say. `counts` says how often each fault has happened."""

    def __init__(self, target, seed=17, bulk=BULK, other=OTHER):
        self.target = urllib.parse.urlparse(target)
        self.random, self.lock = random.Random(seed), threading.Lock()
        self.bulk, self.other = bulk, other
        self.counts, self.requests = {}, 0
        self.server = None
        self.port = 0
        self.up()
        self.url = f"http://127.0.0.1:{self.port}"

    def up(self):
        """Answers, at the port of before."""
        handler = type("Handler", (Handler,), {"proxy": self})
        self.server = Server(("127.0.0.1", self.port), handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        """Refuses connections, and breaks those that are open, until `up`."""
        server, self.server = self.server, None
        server.shutdown()
        server.server_close()
        server.hang_up()

    def close(self):
        if self.server:
            self.down()

    def fault(self, is_bulk, size):
        """What happens to the next request; None for nothing."""
        with self.lock:
            self.requests += 1
            roll = self.random.uniform(0, 100)
            for fault, share in (self.bulk if is_bulk else self.other).items():
                roll -= share
                if roll < 0:
                    if fault == "413" and size < LARGE:
                        return None
                    self.counts[fault] = self.counts.get(fault, 0) + 1
                    return fault
        return None

    def choose(self, count):
        """For each of the items of a request the status with which it fails, or None."""
        with self.lock:
            return [self.random.choice((429, 503)) if self.random.random() < 0.2 else None for _ in range(count)]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *arguments):
        self.connections = set()
        super().__init__(*arguments)

    def process_request(self, request, address):
        self.connections.add(request)
        super().process_request(request, address)

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, address):
        """Broken connections are what it is for."""

    def hang_up(self):
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy = None

    def log_message(self, *_):
        pass

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_bulk = self.path.partition("?")[0].endswith("/_bulk")
        fault = self.proxy.fault(is_bulk, len(body))
        if fault == "silent":
            return self.wait_in_silence()
        if fault == "broken before":
            return self.hang_up()
        if fault in ("429", "503", "413"):
            return self.answer(int(fault), {}, json.dumps({"error": {"type": "planted", "reason": f"planted {fault}"}, "status": int(fault)}).encode())
        if fault == "slow":
            time.sleep(0.3 + 0.4 * self.proxy.random.random())
        status, headers, answer = self.failing_items(body) if fault == "items" else self.pass_on(body)
        if fault == "broken after":
            return self.hang_up()
        if fault == "half an answer":
            self.send(status, headers, answer[:len(answer) // 2], length=len(answer))
            return self.hang_up()
        return self.answer(status, headers, answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

    def pass_on(self, body, plain=False):
        """Asks the double; `plain` for a body that is no longer compressed."""
        left_out = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"} | ({"content-encoding"} if plain else set())
        headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
        connection = http.client.HTTPConnection(self.proxy.target.hostname, self.proxy.target.port, timeout=60)
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except OSError:
            return 502, {}, b'{"error":"the double does not answer","status":502}'
        finally:
            connection.close()

    def failing_items(self, body):
        """Passes some of the documents on, and answers 200 with errors for the others."""
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        operations, lines = [], iter(body.splitlines(keepends=True))
        for line in lines:
            kind = next(iter(json.loads(line)))
            operations.append((kind, json.loads(line)[kind], line if kind == "delete" else line + next(lines)))
        planted = self.proxy.choose(len(operations))
        passed = b"".join(text for (_, _, text), status in zip(operations, planted, strict=True) if not status)
        status, headers, answer = self.pass_on(passed, plain=True) if passed else (200, {"Content-Type": "application/json"}, b'{"took":0,"errors":false,"items":[]}')
        if status != 200:
            return status, headers, answer
        result = json.loads(answer)
        done = iter(result["items"])
        items = []
        for (kind, place, _), failed in zip(operations, planted, strict=True):
            if failed:
                name, reason = ITEM_ERRORS[failed]
                items.append({kind: {"_index": place.get("_index", ""), "_id": place.get("_id", ""), "status": failed, "error": {"type": name, "reason": reason}}})
            else:
                items.append(next(done))
        return 200, headers, json.dumps({**result, "errors": result["errors"] or any(planted), "items": items}).encode()

    def answer(self, status, headers, body):
        self.send(status, headers, body, length=len(body))

    def send(self, status, headers, body, length):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def wait_in_silence(self):
        """Answers nothing until the other side hangs up."""
        try:
            self.connection.recv(1)
        except OSError:
            pass
        self.close_connection = True

    def hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
