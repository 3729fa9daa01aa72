"""15.11, 15.13 and 15.17: the store's file is removed, replaced, cut off or served twice; the disk is full."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import time
from contextlib import closing

from lib import check


def users(store):
    """The ids of users in the file, as another process sees them; None where it is no database."""
    try:
        with closing(sqlite3.connect(store)) as database:
            return {row[0] for row in database.execute("SELECT id FROM users")}
    except sqlite3.DatabaseError:
        return None


def is_kept(lab, server, user):
    """Rates and kills the server: whether the rating was refused with 503, or is in the store afterwards."""
    answer = server.rate(user, "5", 3)
    # The log is written by a thread of its own, after the answer.
    end = time.monotonic() + 5
    while (said := server.messages) and "error" not in said.lower() and answer.status != 200 and time.monotonic() < end:
        time.sleep(0.02)
    server.stop(signal.SIGKILL)
    found = users(server.store) if os.path.exists(server.store) else None
    if answer.status == 200:
        return found is not None and user in found, f"200, {'kept' if found and user in found else 'lost'}"
    return answer.status == 503 and "error" in said.lower(), f"{answer.status} {answer.detail[:80]}, log: {said[-120:]}"


def remove(lab, store):
    os.unlink(store)


def rename(lab, store):
    os.rename(store, f"{store}.away")


def replace(lab, store):
    shutil.copy(lab.store("another"), f"{store}.new")
    os.rename(f"{store}.new", store)


def overwrite(lab, store):
    shutil.copyfile(lab.store("another"), store)


def remove_log(lab, store):
    os.unlink(f"{store}-wal")


def cut(lab, store):
    os.truncate(store, 0)


def overwrite_with_garbage(lab, store):
    with open(store, "r+b") as file:
        file.write(os.urandom(os.path.getsize(store)))


def remove_folder(lab, store):
    shutil.rmtree(store.parent)


def test_store_lost(lab):
    """15.11: no rating is acknowledged into a store that is not there any more"""
    for harm in (remove, rename, replace, overwrite, remove_log, cut, overwrite_with_garbage, remove_folder):
        folder = lab.folder / harm.__name__
        folder.mkdir()
        server = lab.serve(shutil.copy(lab.store(), folder / "store.sqlite") and folder / "store.sqlite", "--log-level", "warning")
        server.rate("before", "5", 4)
        harm(lab, server.store)
        kept, figures = is_kept(lab, server, "after")
        check(kept, f"15.11: a rating after {harm.__name__.replace('_', ' ')}", figures)


def test_store_lost_is_said(lab):
    """15.11: /readyz says that the store is gone; /healthz and what is in memory go on"""
    server = lab.serve(None, "--log-level", "warning")
    os.unlink(server.store)
    server.rate("gone", "5", 3)
    answer = server.get("/readyz")
    check(answer.status == 503 and "store" in answer.detail, "15.11: /readyz after the store was removed", answer)
    check(server.is_well(), "15.11: /healthz after the store was removed")
    for path in ("/users/1", "/movies", "/summary", "/metrics", "/runs", "/analytics/top_items", "/users/1/recommendations"):
        answer = server.get(path)
        check(answer.status in (200, 503), f"15.11: {path} after the store was removed", answer.status)
    check(server.stop() == 0, "15.11: SIGTERM after the store was removed", server.process.returncode)


def test_kill(lab):
    """15.11: every rating that was acknowledged is there after kill -9, and the store is sound"""
    for round in range(25 if lab.long else 3):
        server = lab.serve(None, "--log-level", "error")
        acknowledged = [f"kept-{n}" for n in range(40) if server.rate(f"kept-{n}", "5", 3).status == 200]
        server.stop(signal.SIGKILL)
        found = users(server.store)
        with closing(sqlite3.connect(server.store)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        check(set(acknowledged) <= found and sound == "ok", f"kill -9 in round {round + 1}: no acknowledged rating is lost",
              f"{len(set(acknowledged) - found)} of {len(acknowledged)} lost, integrity {sound}")


def test_two_servers(lab):
    """15.17: two services on one store: the second says so and refuses to write, or both are right"""
    first = lab.serve(None, "--log-level", "warning")
    second = lab.serve(first.store, "--log-level", "warning", wait=False)
    try:
        second.wait_until_ready(10)
    except RuntimeError:
        check(second.process.poll() in (1, None) and "store" in second.messages, "15.17: the second service says why it does not serve",
              second.messages[-200:])
        second.stop()
        return
    answer = second.rate("by-second", "5", 2)
    if answer.status == 200:
        first.rate("by-first", "5", 2)
        ratings = [server.get(f"/users/{user}").status for server in (first, second) for user in ("by-first", "by-second")]
        check(ratings == [200] * 4, "15.17: both services know what the other stored", ratings)
    else:
        check(answer.status == 503, "15.17: the second service refuses to write, and says so", f"{answer} {second.messages[-200:]}")


def test_permissions(lab):
    """15.13: a new store is its owner's alone"""
    store = lab.folder / "new.sqlite"
    before = os.umask(0o022)
    try:
        lab.run("import", lab.prepared / "120x90x3000.csv", "--store", store, "--quiet")
    finally:
        os.umask(before)
    mode = stat.S_IMODE(store.stat().st_mode)
    check(mode == 0o600, "15.13: the mode of a new store", oct(mode))
    server = lab.serve(store, "--models", "popularity", "--compare", "none")
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in lab.folder.glob("new.sqlite*")}
    check(set(modes.values()) == {"0o600"}, "15.13: the modes while it is served", modes)
    server.stop()


def is_plain(messages):
    """Whether an error is said in words, not as a dump of an error object."""
    return "rror" in messages and "Domain=" not in messages


def fill(path):
    """Writes a file until the disk is full."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(file, bytes(4096))
    os.close(file)


def has_mounts():
    """Whether a small file system of our own can be made, which takes root."""
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def test_full_disk(lab):
    """15.17: a full disk: ratings are refused with a plain message, those acknowledged are there, and it goes on when there is room"""
    if not has_mounts():
        print("skip 15.17: full disks need root")
        return
    folder = lab.folder / "disk"
    folder.mkdir()
    # The file system is the server's own; it is reached through /proc.
    mount = f"mount -t tmpfs -o size=6m attacks '{folder}' && cp '{lab.store()}' '{folder}/store.sqlite' && exec \"$@\""
    server = lab.serve(folder / "store.sqlite", "--log-level", "warning", prefix=["unshare", "--mount", "bash", "-c", mount, "-"])
    inside = f"/proc/{server.pid}/root{folder}"
    fill(f"{inside}/ballast")
    acknowledged, refused = [], None
    for n in range(400):
        answer = server.rate(f"full-{n}", str(1 + n % 80), 3)
        if answer.status == 200:
            acknowledged.append(f"full-{n}")
        else:
            refused = answer
            break
    check(refused is not None and refused.status in (503, 507), "15.17: a rating on a full disk is refused", refused)
    check(server.is_well(), "15.17: the service lives on a full disk", server.messages[-200:])
    os.unlink(f"{inside}/ballast")
    answer = server.rate("room", "5", 3)
    check(answer.status == 200, "15.17: a rating once there is room again", answer)
    rows = server.sql("SELECT id FROM users WHERE id LIKE 'full-%'").json.get("rows", [])
    check({row[0] for row in rows} >= set(acknowledged), "15.17: what was acknowledged on a full disk is stored",
          f"{len(acknowledged)} acknowledged, {len(rows)} stored")


def test_full_temporary_folder(lab):
    """15.17: a full folder for temporary files: a plain message, and what needs no file goes on"""
    if not has_mounts():
        print("skip 15.17: full disks need root")
        return
    folder = lab.folder / "temporary"
    folder.mkdir()
    mount = f"mount -t tmpfs -o size=4k attacks '{folder}' && exec \"$@\""
    server = lab.serve(None, "--log-level", "warning", env={**os.environ, "TMPDIR": str(folder), "SWIFT_BACKTRACE": "enable=no"},
                       prefix=["unshare", "--mount", "bash", "-c", mount, "-"], wait=False)
    try:
        server.wait_until_ready(10)
    except RuntimeError:
        check(not server.is_alive and server.process.returncode == 1 and is_plain(server.messages),
              "15.17: a start with a full temporary folder fails with a message", server.messages[-300:])
        server.stop()
        return
    answers = {path: server.get(path).status for path in ("/graph.csv", "/graph.graphml", "/users/1/recommendations", "/healthz")}
    check(answers["/healthz"] == answers["/users/1/recommendations"] == 200 and
          all(answers[path] in (200, 503, 507) for path in answers), "15.17: answers with a full temporary folder", json.dumps(answers))


def test_read_only(lab):
    """15.17: a store on a read-only file system: a plain message"""
    if not has_mounts():
        print("skip 15.17: read-only file systems need root")
        return
    store = lab.store()
    mount = f"mount --bind '{lab.folder}' '{lab.folder}' && mount -o remount,ro,bind '{lab.folder}' && exec \"$@\""
    server = lab.serve(store, "--log-level", "warning", wait=False, prefix=["unshare", "--mount", "bash", "-c", mount, "-"])
    try:
        server.wait_until_ready(10)
    except RuntimeError:
        check(not server.is_alive and server.process.returncode == 1 and is_plain(server.messages),
              "15.17: a start on a read-only file system fails with a message", server.messages[-300:])
        server.stop()
        return
    answer = server.rate("1", "5", 3)
    check(answer.status == 503, "15.17: a rating on a read-only file system is refused", answer)
