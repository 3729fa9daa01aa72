"""A server in front of another one that keeps what it is asked; it can ask for credentials, speak TLS, and change answers."""

import gzip
import http.client
import ssl
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse


@dataclass
class Request:
    method: str
    path: str
    headers: dict
    body: bytes  # expanded


class Recorder:
    """`authorization` is the header that requests need; `certificate` the names of certificate and key.

    `change(request)` may return (status, body) in place of the server's answer.
    """

    def __init__(self, upstream, authorization=None, certificate=None, change=lambda request: None):
        self.requests, self.lock = [], threading.Lock()
        address = urlparse(upstream).netloc
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = gzip.decompress(sent) if self.headers.get("Content-Encoding") == "gzip" else sent
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                with recorder.lock:
                    recorder.requests.append(request)
                if authorization and headers.get("authorization") != authorization:
                    reason = "missing authentication credentials" if "authorization" not in headers else "unable to authenticate"
                    error = f'{{"error":{{"type":"security_exception","reason":"{reason}"}},"status":401}}'
                    return self.answer(401, error.encode())
                changed = change(request)
                if changed:
                    return self.answer(*changed)
                connection = http.client.HTTPConnection(address, timeout=60)
                kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "authorization")}
                connection.request(self.command, self.path, sent or None, kept)
                answer = connection.getresponse()
                self.answer(answer.status, answer.read(), answer.headers.get("Content-Type"), answer.headers.get("X-Elastic-Product"))
                connection.close()

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

            def answer(self, status, body, kind="application/json", product=None):
                self.send_response(status)
                self.send_header("Content-Type", kind or "application/json")
                if product:
                    self.send_header("X-Elastic-Product", product)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def certificate(folder):
    """A certificate for 127.0.0.1 that vouches for itself; the names of it and of its key."""
    names = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=kindred-test",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", names[0], "-keyout", names[1]], check=True, capture_output=True)
    return names
