"""How `kindred index` reaches a server: keys, passwords, TLS, versions, and what it says where it does not."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lib import check, free_port
from recorder import Recorder, certificate


def test_credentials(lab):
    """A key and a password come from files, and those that are wrong or missing are told."""
    store, double = lab.store(is_small=True), lab.double()
    (lab.folder / "key").write_text("aWQ6c2VjcmV0\n")
    (lab.folder / "password").write_text("geheim\n")
    keyed = lab.closing(Recorder(double.url, authorization="ApiKey aWQ6c2VjcmV0"))
    basic = "Basic " + base64.b64encode(b"elastic:geheim").decode()
    guarded = lab.closing(Recorder(double.url, authorization=basic))
    only = ("--only", "items", "--quiet")
    for server, options in (
        (keyed, ("--api-key-file", lab.folder / "key")),
        (guarded, ("--user", "elastic", "--password-file", lab.folder / "password")),
    ):
        run = lab.run("index", store, "--elasticsearch", server.url, *options, *only)
        check(run.returncode == 0, f"{options[0]} opens the door", run.stderr)
        run = lab.run("index", store, "--elasticsearch", server.url, *only)
        check(run.returncode == 1 and "401 (missing authentication credentials)" in run.stderr, "without it it is shut", run.stderr)
    (lab.folder / "key").write_text("bm90\n")
    run = lab.run("index", store, "--elasticsearch", keyed.url, "--api-key-file", lab.folder / "key", *only)
    check(run.returncode == 1 and "unable to authenticate" in run.stderr and "bm90" not in run.stderr, "a wrong key is told, not repeated", run.stderr)


def test_tls(lab):
    """A certificate is trusted where a file vouches for it, and only there."""
    store, double = lab.store(is_small=True), lab.double()
    names = certificate(lab.folder)
    server = lab.closing(Recorder(double.url, certificate=names))
    run = lab.run("index", store, "--elasticsearch", server.url, "--ca", names[0], "--only", "items", "--quiet")
    check(run.returncode == 0, "with --ca it is trusted", run.stderr)
    run = lab.run("index", store, "--elasticsearch", server.url, "--only", "items", "--quiet")
    check(run.returncode == 1 and "certificate" in run.stderr.lower(), "without it it is not", run.stderr)
    run = lab.run("index", store, "--elasticsearch", server.url, "--ca", names[1], "--only", "items", "--quiet")
    check(run.returncode == 1 and "holds no certificates" in run.stderr, "a file without certificates is told", run.stderr)


def test_strangers(lab):
    """Servers that are none, or too old, are told at once."""
    store = lab.store(is_small=True)
    run = lab.run("index", store, "--elasticsearch", f"http://127.0.0.1:{free_port()}")
    check(run.returncode == 1 and "no answer" in run.stderr, "nobody answers", run.stderr)
    for body, words in (
        (b"<html>hello</html>", "is no Elasticsearch"),
        (b'{"version":{"number":"6.8.23"},"tagline":"You Know, for Search"}', "is Elasticsearch 6.8.23"),
    ):
        server = lab.closing(Answers(body))
        run = lab.run("index", store, "--elasticsearch", server.url)
        check(run.returncode == 1 and words in run.stderr, words, run.stderr)


class Answers:
    """A server that answers everything with the same."""

    def __init__(self, body):
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
