"""15.1: logging never stops the program, wherever standard error leads."""

import contextlib
import os
import signal
import subprocess
import threading
import time

from lib import check

FILE_LIMIT = 8 << 20


def ask(server, count):
    """How many of `count` requests are answered, each within 5 s."""
    answered = 0
    for _ in range(count):
        with contextlib.suppress(OSError):
            answered += server.get("/healthz", timeout=5).status == 200
    return answered


def expect_service(server, what, dropped=True):
    check(ask(server, 50) == 50 and server.is_alive, f"15.1: {what}: requests are answered")
    count = server.metric("kindred_log_lines_dropped_total")
    check((count or 0) > 0 if dropped else count == 0, f"15.1: {what}: dropped lines are counted", count)
    started = time.monotonic()
    code = server.stop()
    check(code == 0 and time.monotonic() - started < 5, f"15.1: {what}: SIGTERM ends it", f"{code}, {time.monotonic() - started:.1f} s")


def test_standard_error_that_takes_nothing(lab):
    """15.1: a full device, a closed descriptor, a broken pipe and a file at its limit cost lines alone"""
    with open("/dev/full", "wb") as full:
        expect_service(lab.serve(stderr=full), "standard error on a full device")
        quiet = lab.serve(None, "--quiet", "--log-level", "error", stderr=full)
        expect_service(quiet, "the same with --quiet", dropped=False)
    expect_service(lab.serve(prefix=("bash", "-c", 'exec "$@" 2>&-', "bash")), "standard error closed")
    expect_service(lab.serve(prefix=("bash", "-c", 'exec "$@" >&- 2>&- <&-', "bash")), "all standard streams closed")

    reader, writer = os.pipe()
    os.close(reader)
    expect_service(lab.serve(stderr=writer), "a pipe whose reader is gone")
    os.close(writer)

    log = lab.folder / "at-limit"
    with open(log, "ab") as file:
        file.truncate(FILE_LIMIT - 700)
        limited = lab.serve(prefix=("bash", "-c", f'ulimit -f {FILE_LIMIT // 1024}; exec "$@"', "bash"), stderr=file)
        expect_service(limited, "a file at the limit of its size")
    check(log.stat().st_size <= FILE_LIMIT, "15.1: the file stays within its limit", log.stat().st_size)


def test_reader_that_goes_later(lab):
    """15.1: a reader that goes while lines come costs lines alone"""
    reader, writer = os.pipe()
    server = lab.serve(stderr=writer)
    os.close(writer)
    check(ask(server, 20) == 20, "15.1: requests are answered while somebody reads")
    os.close(reader)
    expect_service(server, "a reader that has gone")


def test_pipe_that_nobody_reads(lab):
    """15.1: a full pipe holds up neither requests nor SIGTERM; the log tells later what was dropped, and no line is torn"""
    reader, writer = os.pipe()
    server = lab.serve(stderr=writer)
    os.close(writer)
    # 4 MB of lines fit into the queue; each is 250 bytes.
    threads = [threading.Thread(target=ask, args=(server, 3_000)) for _ in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(server.is_well(), "15.1: 24,000 requests are answered while nobody reads the log", f"{time.monotonic() - started:.1f} s")
    dropped = server.metric("kindred_log_lines_dropped_total")
    check((dropped or 0) > 0, "15.1: lines beyond the queue are dropped", dropped)

    text, told = b"", threading.Event()

    def read():
        nonlocal text
        while part := os.read(reader, 1 << 16):
            text += part
            if b"log lines were dropped" in text:
                told.set()

    reading = threading.Thread(target=read)
    reading.start()
    server.is_well()
    check(told.wait(10), "15.1: the log tells how many were dropped once it can")
    server.stop()
    reading.join()
    os.close(reader)
    lines = text.decode().splitlines()
    whole = [line for line in lines if (line.startswith("{") and line.endswith("}")) or line.startswith("Kindred answers")]
    check(len(whole) == len(lines) > 1_000, "15.1: every line is whole", f"{len(whole)} of {len(lines)}")

    reader, writer = os.pipe()
    server = lab.serve(stderr=writer)
    os.close(writer)
    ask(server, 500)
    started = time.monotonic()
    code = server.stop()
    check(code == 0 and time.monotonic() - started < 3, "15.1: SIGTERM ends it while nobody reads", f"{time.monotonic() - started:.1f} s")
    os.close(reader)


def test_output_of_commands(lab):
    """15.1: output that cannot be written ends a command with a message or an exit code, and never with a trap"""
    store = lab.store()
    commands = (
        ["--help"], ["--version"], ["version"], ["version", "--json"], ["graph", "--help"], ["sql", store, "--schema"],
        ["sql", store, "SELECT * FROM rating_details", "--format", "csv"], ["sql", store, "SELECT * FROM ratings"],
        ["sql", store, "SELECT * FROM ratings", "--format", "json"], ["keys", "list", store],
        ["neighbors", store, "--user", "1"], ["neighbors", store, "--user", "1", "--json"],
        ["recommend", store, "--user", "1", "--model", "popularity"], ["no-such-command"],
    )
    for command in commands:
        name = " ".join(str(part) for part in command if part != store)
        for redirection, expected in ((">/dev/full", {1, 64}), (">&-", {1, 64}), ("2>/dev/full", {0, 64}), ("2>&-", {0, 64}),
                                      (">/dev/full 2>/dev/full", {1, 64}), ("<&- >&- 2>&-", {1, 64})):
            outcome = subprocess.run(["bash", "-c", f'"$@" {redirection}', "bash", lab.program, *map(str, command)],
                                     capture_output=True, timeout=60, check=False)
            wrong = command == ["no-such-command"]
            if outcome.returncode not in expected or (outcome.returncode == 64) != wrong:
                check(False, f"15.1: kindred {name} {redirection}", f"{outcome.returncode} {outcome.stderr[-200:]!r}")
        outcome = subprocess.run(["bash", "-c", '"$@" | head -c 10 >/dev/null; exit ${PIPESTATUS[0]}', "bash", lab.program,
                                  *map(str, command)], capture_output=True, timeout=60, check=False)
        check(outcome.returncode in (0, 64, 128 + signal.SIGPIPE) and b"Fatal" not in outcome.stderr,
              f"15.1: kindred {name}, into a pipe that closes", outcome.returncode)


def test_closed_output_is_no_file(lab):
    """15.1: what is printed while standard streams are closed reaches none of the files that are opened meanwhile"""
    ratings, store = lab.folder / "ratings.csv", lab.folder / "closed.sqlite"
    lab.run("generate", "50x40x800", "--output", ratings)
    subprocess.run(["bash", "-c", '"$@" <&- >&- 2>&-', "bash", lab.program, "import", ratings, "--store", store],
                   timeout=60, check=False)
    outcome = lab.run("sql", store, "SELECT * FROM pragma_integrity_check")
    check("ok" in outcome.stdout, "15.1: a store that was written with closed streams is whole", outcome.stdout + outcome.stderr)
