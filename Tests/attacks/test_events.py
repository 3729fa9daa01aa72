"""15.6: listeners to events that do not read, and those whose key is gone."""

import socket
import time

from lib import check

LISTEN = b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
LIMIT = 256


def listen(server, fields=b"", buffer=4096):
    """A connection that has asked for events; its small buffer fills soon."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(15)
    connection.connect((server.host, server.port))
    connection.sendall(LISTEN % fields)
    return connection


def read_all(connection):
    """What comes until the server closes."""
    data = b""
    try:
        while part := connection.recv(1 << 16):
            data += part
    except (TimeoutError, ConnectionError):
        pass
    return data


def test_listeners_that_never_read(lab):
    """15.6: fifty listeners that never read cost no memory, and are dropped with a last event; one that reads gets everything"""
    server = lab.serve(None, "--quiet", "--log-level", "error")
    body = {"ratings": [{"user_id": f"u{n}", "item_id": str(1 + n % 80), "rating": 1 + n % 5} for n in range(100)]}
    # What the first answers take in any case.
    for _ in range(20):
        server.post("/ratings", body)
    before, open_before = server.memory, server.descriptors
    silent = [listen(server) for _ in range(50)]
    time.sleep(0.5)
    highest = before
    for _ in range(400):
        server.post("/ratings", body)
        highest = max(highest, server.memory)
    check(highest - before < 40, "15.6: memory stays flat under 50 listeners that never read", f"{before:.0f} to {highest:.0f} MB")
    end = time.monotonic() + 60
    while time.monotonic() < end and (server.metric("kindred_event_listeners_dropped_total") or 0) < 50:
        server.post("/ratings", body)
    dropped = server.metric("kindred_event_listeners_dropped_total")
    check(dropped == 50, "15.6: all of them are dropped", dropped)
    # Three seconds to read the last event, and two for what is still to be sent.
    end = time.monotonic() + 12
    while time.monotonic() < end and server.descriptors >= open_before + 10:
        time.sleep(0.2)
    check(server.descriptors < open_before + 10, "15.6: their connections are closed", f"{open_before} to {server.descriptors}")
    for connection in silent:
        connection.close()
    check(server.stop() == 0, "15.6: SIGTERM ends the service")


def test_slow_listener_is_told(lab):
    """15.6: a listener that begins to read when it was dropped gets what was kept, the event `dropped`, and the end"""
    server = lab.serve(None, "--quiet", "--log-level", "error")
    body = {"ratings": [{"user_id": f"u{n}", "item_id": "1", "rating": 4} for n in range(100)]}
    with listen(server) as connection:
        end = time.monotonic() + 60
        while time.monotonic() < end and not server.metric("kindred_event_listeners_dropped_total"):
            server.post("/ratings", body)
        data = read_all(connection)
    check(b'event: dropped\ndata: {"reason":"slow"}' in data and b"retry: 5000\n" in data, "15.6: its last event says why", data[-120:])
    check(data.endswith(b"0\r\n\r\n"), "15.6: the answer ends properly", data[-20:])
    check(data.count(b"event: ratings") < 1_500, "15.6: what waits for it is bounded", data.count(b"event: ratings"))


def test_removed_key(lab):
    """15.6: the stream of a key that is removed ends within seconds"""
    store = lab.store()
    lab.key(store, "admin")
    key = lab.key(store, "read")
    server = lab.serve(store, "--quiet", "--log-level", "error")
    with listen(server, f"Authorization: Bearer {key}\r\n".encode()) as connection:
        connection.recv(4096)
        lab.run("keys", "remove", store, "--name", "read")
        started = time.monotonic()
        data = read_all(connection)
        took = time.monotonic() - started
    check(b'data: {"reason":"key"}' in data and took < 6, "15.6: it ends with an event that says so", f"{took:.1f} s {data[-80:]}")


def test_many_listeners(lab):
    """15.6: listeners beyond a limit get 503, and their places come free when others go"""
    server = lab.serve(None, "--quiet", "--log-level", "error")
    connections = [listen(server) for _ in range(LIMIT)]
    for connection in connections:
        connection.recv(1024)
    answer = server.raw(LISTEN % b"", timeout=3)
    check(answer.status == 503 and answer.field("Retry-After"), "15.6: one more is told to come later", answer)
    for connection in connections:
        connection.close()
    time.sleep(1)
    with listen(server) as connection:
        check(b"200 OK" in connection.recv(1024), "15.6: a place is free when others have gone")
    started = time.monotonic()
    waiting = [listen(server) for _ in range(20)]
    check(server.stop() == 0 and time.monotonic() - started < 5, "15.6: SIGTERM ends streams", f"{time.monotonic() - started:.1f} s")
    for connection in waiting:
        connection.close()
