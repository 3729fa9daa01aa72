"""15.8, 15.9, 15.15 and 15.17: HTTP/1.1 by its rules, limits of bodies, answers and connections, TLS."""

import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from lib import Pulse, check

HOST = b"Host: 127.0.0.1\r\n"
CLOSE = b"Connection: close\r\n"
RATING = b'{"user_id":"attack-http","item_id":"1","rating":3}'
CHUNKED = b"%x\r\n" % len(RATING) + RATING + b"\r\n0\r\n\r\n"


def statuses(answer):
    """Those of all answers; they follow each other without a line between."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer.data)]


def get(target=b"/healthz", fields=HOST + CLOSE, version=b"1.1", method=b"GET"):
    return b"%s %s HTTP/%s\r\n%s\r\n" % (method, target, version, fields)


def guest(fields, body=b"{}", version=b"1.1"):
    """Recommendations for a guest, which change nothing."""
    return b"POST /recommendations HTTP/%s\r\n%sContent-Type: application/json\r\n%s\r\n" % (version, HOST, fields) + body


# Bytes, and the statuses that they may be answered by; a 400 to the guest's {} says that it was read.
CASES = {
    "a plain request": (get(), 200),
    "HTTP/1.0 without Host": (get(fields=b"", version=b"1.0"), 200),
    "HTTP/1.1 without Host": (get(fields=CLOSE), 400),
    "two fields Host": (get(fields=HOST + HOST + CLOSE), 400),
    "a Host with a user": (get(fields=b"Host: evil.example@127.0.0.1\r\n"), 400),
    "a Host with a path": (get(fields=b"Host: 127.0.0.1/evil\r\n"), 400),
    "a field Host without value": (get(fields=b"Host:\r\n"), 400),
    "an absolute target": (get(b"http://127.0.0.1/healthz", b"Host: evil.example\r\n" + CLOSE), 200),
    "an absolute target elsewhere": (get(b"http://evil.example/healthz"), 421),
    "a target of another scheme": (get(b"ftp://127.0.0.1/healthz"), 400),
    "a fragment": (get(b"/healthz#x"), 400),
    "an empty target": (get(b""), 400),
    "OPTIONS *": (get(b"*", method=b"OPTIONS"), 204),
    "GET *": (get(b"*"), 400),
    "CONNECT": (get(b"127.0.0.1:22", method=b"CONNECT"), 501),
    "TRACE": (get(method=b"TRACE"), 405),
    "a method that is not known": (get(method=b"PROPFIND"), 501),
    "a method that nobody knows": (get(method=b"BREW"), 400, 501),
    "a target of 60,000 bytes": (get(b"/" + b"a" * 60_000), 414),
    "a field of 90,000 bytes": (get(fields=HOST + b"X: " + b"a" * 90_000 + b"\r\n"), 431),
    "2,000 fields": (get(fields=HOST + b"X: a\r\n" * 2_000), 431),
    "HTTP/2.0": (get(version=b"2.0"), 505),
    "HTTP/9.9": (get(version=b"9.9"), 505),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", 400, 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505),
    "a TLS hello": (bytes.fromhex("16030100ca010000c60303") + bytes(60), 400),
    "no HTTP": (b"\x00\x01\x02\x03\r\n\r\n", 400),
    "empty lines before a request": (b"\r\n\r\n" + get(), 200),
    "a folded field": (get(fields=HOST + b"X-A: b\r\n c\r\n"), 400),
    "a space before the colon": (get(fields=b"Host : 127.0.0.1\r\n"), 400),
    "NUL in a field": (get(fields=HOST + b"X: a\x00b\r\n"), 400),
    "a bare CR in a field": (get(fields=HOST + b"X: a\rb\r\n"), 400),
    "Connection: Close": (get(fields=HOST + b"Connection: Close\r\n"), 200),
    "close in a list": (get(fields=HOST + b"Connection: foo, close\r\n"), 200),
    "both lengths": (guest(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKED), 400),
    "both lengths, the other way": (guest(b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n" + get()), 400),
    "two different lengths": (guest(b"Content-Length: 2\r\nContent-Length: 3\r\n"), 400),
    "a length below zero": (guest(b"Content-Length: -1\r\n"), 400),
    "a length with a sign": (guest(b"Content-Length: +2\r\n"), 400),
    "a length in hexadecimal": (guest(b"Content-Length: 0x2\r\n"), 400),
    "a length of 23 digits": (guest(b"Content-Length: 99999999999999999999999\r\n"), 400),
    "a length of 2^63 - 1": (guest(b"Content-Length: 9223372036854775807\r\n"), 413),
    "a coding that is not known": (guest(b"Transfer-Encoding: xchunked\r\n", CHUNKED), 400, 501),
    "a coding before chunked": (guest(b"Transfer-Encoding: gzip, chunked\r\n", CHUNKED), 400, 501),
    "the coding identity": (guest(b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n"), 400, 501),
    "a coding in HTTP/1.0": (guest(b"Transfer-Encoding: chunked\r\n", CHUNKED, b"1.0"), 400),
    "a chunk size that is no number": (guest(b"Transfer-Encoding: chunked\r\n", b"zz\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk size below zero": (guest(b"Transfer-Encoding: chunked\r\n", b"-5\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk size beyond 64 bits": (guest(b"Transfer-Encoding: chunked\r\n", b"f" * 18 + b"\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk that is longer than it says": (guest(b"Transfer-Encoding: chunked\r\n", b"1\r\n{}\r\n0\r\n\r\n"), 400),
    "a broken chunk where no body is read": (get(fields=HOST + b"Transfer-Encoding: chunked\r\n") + b"zz\r\n", 200, 400),
    "another expectation": (guest(b"Content-Length: 2\r\nExpect: the-spanish-inquisition\r\n"), 417),
}


def test_rules(server):
    """15.9: every request is answered as RFC 9110 and 9112 ask, once, and the connection closes."""
    for name, (request, *allowed) in CASES.items():
        answer = server.raw(request)
        check(len(statuses(answer)) == 1 and answer.status in allowed and answer.closed, f"15.9: {name}", answer)


def test_http_1_0(server):
    """15.9: HTTP/1.0 gets no chunks, and the end of the connection ends the body."""
    for target in (b"/graph.csv", b"/events"):
        answer = server.raw(get(target, HOST + b"Accept-Encoding: gzip\r\n", b"1.0"))
        check(answer.status == 200 and answer.field("Transfer-Encoding") is None and answer.field("Content-Encoding") is None,
              f"15.9: {target.decode()} for HTTP/1.0 is not chunked", answer)


def test_head(server):
    """15.9: an answer to HEAD has no body, whatever its status, and the connection is in step afterwards."""
    for target in (b"/healthz", b"/nothing", b"/movies?page=0", b"/graph.graphml"):
        answer = server.raw(get(target, HOST, method=b"HEAD") + get())
        check(len(statuses(answer)) == 2 and answer.body.startswith(b"HTTP/1.1 200"), f"15.9: HEAD {target.decode()}", answer)
    answer = server.raw(get(b"/events", method=b"HEAD"))
    check(answer.field("Content-Length") is None and answer.closed, "15.9: HEAD of what never ends has no length and ends", answer)


def test_pipeline(server):
    """15.9: answers come in order, and none to what stands behind the last request."""
    answer = server.raw(get(fields=HOST) * 3 + get(b"/nothing"))
    check(statuses(answer) == [200, 200, 200, 404] and answer.closed, "15.9: four requests at once", statuses(answer))
    answer = server.raw(get(fields=HOST + b"Connection: Close\r\n") + get(b"/metrics"))
    check(statuses(answer) == [200] and answer.closed, "15.9: a request behind the last", statuses(answer))
    answer = server.raw(get(fields=HOST) + b"nonsense\r\n\r\n" + get())
    check(statuses(answer) == [200, 400] and answer.closed, "15.9: nonsense behind a request", statuses(answer))


def test_expectation(server):
    """15.9: 100 Continue comes when the body is wanted, and not where it is not."""
    expect = b"Content-Length: %d\r\nExpect: 100-continue\r\n" % len(b"{}")
    with server.connect() as connection:
        connection.sendall(guest(expect, b""))
        check(connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n", "15.9: the body is asked for")
        connection.sendall(b"{}")
        check(connection.recv(100).startswith(b"HTTP/1.1 400 "), "15.9: the body is answered")
    answer = server.raw(guest(expect, b"").replace(b"POST /rec", b"POST /wreck"))
    check(statuses(answer) == [404] and answer.closed, "15.9: a body that nobody wants is not asked for", answer)
    answer = server.raw(guest(expect, b"{}", b"1.0"))
    check(statuses(answer) == [400] and answer.closed, "15.9: HTTP/1.0 has no expectations", answer)


def test_large_body(server):
    """15.8: who sends more than is allowed hears so, though the connection closes."""
    for size in ((1 << 20) + 1, 3 << 20):
        answer = server.raw(guest(b"Content-Length: %d\r\n" % size, bytes(size)))
        check(answer.status == 413 and answer.closed and answer.field("Connection") == "close", f"15.8: a body of {size} bytes", answer)


def ends(connection, seconds):
    """How long it takes until the other side closes; nothing is read but the end. None where it does not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with open("/proc/net/tcp") as table:
            port = f":{connection.getsockname()[1]:04X} "
            states = [line.split()[3] for line in table if line.split()[1].endswith(port.strip())]
        if states != ["01"]:
            return time.monotonic() - began
        time.sleep(0.2)
    return None


def test_patience(lab):
    """15.8: slow heads, slow bodies and downloads that nobody reads end within the idle timeout and some more (long form only)."""
    if not lab.long:
        return
    server = lab.serve(lab.store(shape="943x1682x100000"))
    ended, limit = {}, 75

    def trickle(name, head):
        with server.connect() as connection:
            connection.sendall(head)
            began = time.monotonic()
            try:
                while time.monotonic() - began < limit:
                    connection.sendall(b"a")
                    time.sleep(0.5)
            except OSError:
                ended[name] = time.monotonic() - began

    def unread():
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with connection:
            connection.connect((server.host, server.port))
            connection.sendall(get(b"/graph.graphml") + get(b"/graph.graphml"))
            ended["a download"] = ends(connection, limit)

    threads = [
        threading.Thread(target=trickle, args=("a head", b"GET /healthz HTTP/1.1\r\nX: ")),
        threading.Thread(target=trickle, args=("a body", guest(b"Content-Length: 100000\r\n", b""))),
        threading.Thread(target=trickle, args=("a body that nobody reads", get(fields=HOST + b"Content-Length: 1000\r\n"))),
        threading.Thread(target=unread),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in ("a head", "a body", "a body that nobody reads", "a download"):
        seconds = ended.get(name)
        check(seconds is not None and seconds < 65, f"15.8: {name} is not waited for", f"{seconds} s")


def test_unread_downloads(lab):
    """15.8: downloads that nobody reads cost little memory."""
    server = lab.serve(lab.store(shape="943x1682x100000"))
    server.get("/graph.graphml")
    before, connections = server.memory, []
    for _ in range(50):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((server.host, server.port))
        connection.sendall(get(b"/graph.graphml"))
        connections.append(connection)
    time.sleep(2)
    grown = server.memory - before
    check(grown < 100, "15.8: 50 downloads that nobody reads", f"{grown:.0f} MB")
    check(server.is_well(), "15.8: the server answers beside them")
    for connection in connections:
        connection.close()


def test_connections(lab):
    """15.8: more connections than there are file descriptors wait, the log says so, and the server lives on."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    server = lab.serve(preexec_fn=limit)
    connections = [server.connect() for _ in range(200)]
    time.sleep(0.5)
    check(server.descriptors < 256 and "all connections are in use" in server.messages, "15.8: 200 connections on 256 descriptors",
          f"{server.descriptors} descriptors")
    for connection in connections:
        connection.close()
    check(server.is_well(), "15.8: the server answers when they are gone")


def test_heavy_answers(lab):
    """15.8: /healthz answers within 50 ms while every other thread asks for what is heavy."""
    server = lab.serve(lab.store(shape="943x1682x100000"))
    items = [item["id"] for page in range(1, 5) for item in server.get(f"/movies?per_page=100&page={page}").json["items"]]
    body = {"ratings": [{"item_id": item, "rating": 1 + place % 5} for place, item in enumerate(items)],
            "model": "knn", "count": 100, "explain": True}
    seen, stop = [], threading.Event()

    def ask(number):
        while not stop.is_set():
            seen.append(server.post("/recommendations", body).status)
            seen.append(server.get(f"/graph/heatmap?count={100 + number}").status)
            seen.append(server.get(f"/users/{1 + number}/recommendations?model=knn&explain=true&count=100").status)
            seen.append(server.get(f"/movies/search?q=a&count={1 + number}").status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
    with Pulse(server) as pulse:
        for thread in threads:
            thread.start()
        time.sleep(5)
        stop.set()
        for thread in threads:
            thread.join()
    check(set(seen) <= {200, 404, 503}, "15.8: heavy requests are answered or told to come again", sorted(set(seen)))
    check(pulse.p99 <= 50, "15.8: /healthz beside 32 clients with heavy requests", pulse)


def certificate(lab, name):
    """A certificate for localhost, with its key; None where there is no openssl."""
    chain, key = lab.folder / "chain.pem", lab.folder / "key.pem"
    if not shutil.which("openssl"):
        return None
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                    "-subj", f"/CN={name}", "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


def handshake(server, **versions):
    """The version that was agreed on and the certificate, or what failed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    for name, version in versions.items():
        setattr(context, name, version)
    try:
        with server.connect() as plain, context.wrap_socket(plain, server_hostname="localhost") as connection:
            return connection.version(), connection.getpeercert(binary_form=True)
    except (ssl.SSLError, OSError) as error:
        return error, None


def serve_tls(lab, pair):
    server = lab.serve(None, "--certificate", str(pair[0]), "--private-key", str(pair[1]), wait=False)
    end = time.monotonic() + 20
    while handshake(server)[1] is None and server.is_alive and time.monotonic() < end:
        time.sleep(0.05)
    return server


def test_tls_versions(lab):
    """15.15: TLS 1.3 is agreed on, 1.2 is taken, and what is older is refused."""
    pair = certificate(lab, "first")
    if not pair:
        return
    server = serve_tls(lab, pair)
    check(handshake(server)[0] == "TLSv1.3", "15.15: TLS 1.3 comes first")
    check(handshake(server, maximum_version=ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2", "15.15: TLS 1.2 is taken")
    for option in ("-tls1", "-tls1_1"):
        outcome = subprocess.run(
            ["openssl", "s_client", option, "-cipher", "ALL:@SECLEVEL=0", "-connect", f"{server.host}:{server.port}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        check("alert protocol version" in outcome.stderr, f"15.15: {option} is refused by the server", outcome.stderr)


def test_hang_up(lab):
    """15.17: SIGHUP puts another certificate in place, and connections that are open go on."""
    pair = certificate(lab, "first")
    if not pair:
        return
    server = serve_tls(lab, pair)
    first = handshake(server)[1]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with server.connect() as plain, context.wrap_socket(plain, server_hostname="localhost") as connection:
        certificate(lab, "second")
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while handshake(server)[1] == first and time.monotonic() < end:
            time.sleep(0.05)
        second = handshake(server)[1]
        check(second and second != first, "15.17: new connections get the new certificate")
        connection.sendall(get())
        check(connection.recv(100).startswith(b"HTTP/1.1 200"), "15.17: an open connection goes on")
    for name, path, content in (("a certificate that is none", pair[0], b"nothing"), ("a key that is not its own", pair[1], None)):
        before, said = path.read_bytes(), server.messages.count("stay as they were")
        if content is None:
            content = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], capture_output=True).stdout
        path.write_bytes(content)
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 10
        while server.messages.count("stay as they were") == said and time.monotonic() < end:
            time.sleep(0.05)
        check(server.messages.count("stay as they were") == said + 1, f"15.17: {name} is told in the log")
        check(handshake(server)[1] == second, f"15.17: {name} leaves the pair before")
        path.write_bytes(before)


def test_hang_up_without_tls(lab):
    """15.17: SIGHUP does nothing to a service without TLS."""
    server = lab.serve()
    server.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    check(server.is_alive and server.is_well(), "15.17: the service goes on after SIGHUP")
    check(server.stop() == 0, "15.17: and ends on SIGTERM")
