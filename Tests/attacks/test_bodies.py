"""15.8: bodies that never end."""

import time

from lib import check

HEAD = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%sTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
# What lies in the buffers of two sockets and what is read before the answer, with room.
MOST = 32 << 20


def swallowed(server, path, fields=b"", seconds=1):
    """Sends a body without end; returns the bytes that were taken and the status that came back."""
    sent, end = 0, time.monotonic() + seconds
    with server.connect() as connection:
        connection.settimeout(1)
        try:
            connection.sendall(HEAD % (path, fields))
            while time.monotonic() < end:
                connection.sendall(CHUNK)
                sent += len(CHUNK)
        except (TimeoutError, ConnectionError):
            pass
        try:
            answer = connection.recv(64)
        except (TimeoutError, ConnectionError):
            answer = b""
    return sent, answer[9:12]


def test_bodies_without_end(lab):
    """15.8: an endless body is not read: the answer comes and the connection closes; one that never comes is not waited for"""
    server = lab.serve()
    with server.connect(40) as waiting:
        waiting.sendall(b"POST /ratings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 41\r\n\r\n{")
        started = time.monotonic()
        for path, fields in ((b"/ratings", b""), (b"/recommendations", b""), (b"/admin/sql", b""), (b"/admin/refresh", b""),
                             (b"/healthz", b""), (b"/nowhere", b""), (b"/ratings", b"Authorization: Bearer nobody\r\n")):
            sent, status = swallowed(server, path, fields)
            check(sent <= MOST, f"15.8: an endless body to {path.decode()}{' with a wrong key' if fields else ''} is cut off",
                  f"{sent >> 20} MB taken, {status.decode() or 'no answer'}")
        if not lab.long:
            return
        try:
            answer = waiting.recv(64)
        except ConnectionError:
            answer = b""
        except TimeoutError:
            answer = None
        check(answer is not None, "15.8: a body that never comes is not waited for longer than 40 s",
              f"{answer!r} after {time.monotonic() - started:.1f} s")


def test_endless_bodies_without_key(lab):
    """15.8: four clients without a key cannot make a server with keys read gigabytes."""
    store = lab.store()
    lab.key(store, "read")
    server = lab.serve(store)
    before, started = server.processor_seconds, time.monotonic()
    total = sum(swallowed(server, b"/ratings")[0] for _ in range(4))
    check(total <= 4 * MOST, "15.8: bodies behind a 401 are cut off", f"{total >> 20} MB taken on four connections, "
          f"{100 * (server.processor_seconds - before) / (time.monotonic() - started):.0f} % of a core")
