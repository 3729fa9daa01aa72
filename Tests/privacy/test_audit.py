"""The audit through the program: forgeries by SQL, roles over HTTP, and what SQL does not read."""

import contextlib
import hashlib
import hmac
import random
import shutil
import sqlite3
import urllib.error
from pathlib import Path

from lib import ask, check, query, wait

MARK = "marked-user-4711"


def audited(lab):
    """A store with a few entries."""
    store = lab.store(is_small=True)
    for name, role in (("reader", "read"), ("operator", "admin"), ("revision", "auditor")):
        lab.kindred("keys", "add", store, "--name", name, "--role", role)
    lab.kindred("sql", store, f"SELECT * FROM rating_details WHERE user_id = '{MARK}'")
    lab.kindred("keys", "remove", store, "--name", "reader")
    return store


def key_of(store):
    return bytes.fromhex(Path(f"{store}-audit.key").read_text().strip())


def framed(kind, texts):
    """The bytes that are hashed, as docs/audit.md and AuditKey.swift define them."""
    return "".join("-" if text is None else f"{len(text.encode())}:{text}" for text in (kind, *texts)).encode()


def entries(store):
    return query(store, "SELECT entry, time, actor, action, subject, detail, chain FROM audit ORDER BY entry")


def test_audit_chain_by_another_program(lab):
    """Python recomputes the chain from the rows and the key; no file beside the store holds the id that a statement named."""
    store = audited(lab)
    key, chain = key_of(store), b""
    for entry, time, actor, action, subject, detail, written in entries(store):
        text = framed("entry", (chain.hex(), str(entry), str(time), actor, action, subject, detail))
        chain = hmac.new(key, text, hashlib.sha256).digest()
        check(chain == written, f"entry {entry} has the hash that Python computes", action)
    told = lab.kindred("audit", "verify", store)
    check(chain.hex() in told and "Entries 1 to 5 hold" in told, "verify prints the head", told)
    shown = lab.kindred("audit", "show", store, "--format", "json")
    check([row[3] for row in shown["rows"]] == ["keys.add"] * 3 + ["sql", "keys.remove"], "show has the actions in order")
    found = [path.name for path in lab.folder.iterdir() if path.is_file() and MARK.encode() in path.read_bytes()]
    check(not found, "the id that a statement named is nowhere", found)
    mode = Path(f"{store}-audit.key").stat().st_mode & 0o777
    check(mode == 0o600, "the key is its owner's alone", oct(mode))


def test_audit_forgeries(lab):
    """Random changes by somebody who can write the file are found, and the first entry that does not hold is named."""
    store = audited(lab)
    lab.kindred("sql", store, "SELECT 1")
    head = lab.kindred("audit", "verify", store).split()[-1]
    chance = random.Random(lab.random.random())
    with contextlib.closing(sqlite3.connect(store)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(40 if lab.is_long else 12):
        copy = lab.folder / f"forged-{number}.sqlite"
        for ending in ("", "-audit.key"):
            shutil.copy(f"{store}{ending}", f"{copy}{ending}")
        entry = chance.randint(1, 6)
        column = chance.choice(("time", "actor", "action", "detail", "chain"))
        forgery = chance.choice((
            f"UPDATE audit SET {column} = {column} || 'x' WHERE entry = {entry}" if column not in ("time", "chain")
            else f"UPDATE audit SET {column} = {'1' if column == 'time' else 'zeroblob(32)'} WHERE entry = {entry}",
            f"DELETE FROM audit WHERE entry = {entry}", f"DELETE FROM audit WHERE entry >= {entry}"))
        with contextlib.closing(sqlite3.connect(copy)) as database:
            for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall():
                database.execute(f"DROP TRIGGER {name}")
            database.execute(forgery)
            database.commit()
        run = lab.run("audit", "verify", copy)
        check(run.returncode == 1 and f"entry {entry} " in run.stderr, f"found: {forgery}", run.stderr)
    check(lab.run("audit", "verify", store, "--head", head).returncode == 0, "what was not forged holds, with its head")
    check(lab.run("audit", "verify", store, "--head", "0" * 64).returncode == 1, "another head is not in it")
    check(lab.run("audit", "verify", store, "--head", "xyz").returncode == 64, "a head that is none is an error of usage")
    Path(f"{store}-audit.key").rename(lab.folder / "elsewhere.key")
    run = lab.run("keys", "add", store, "--name", "late", "--role", "read")
    check(run.returncode == 1 and "-audit.key is missing" in run.stderr, "without the key no key is added", run.stderr)
    names = lab.kindred("keys", "list", store)
    check("late" not in names, "and none was", names)


def test_audit_sql_does_not_read(lab):
    """Hashes of keys, the audit and requests of keys are refused to SQL on the command line; the rest of keys is not."""
    store = audited(lab)
    for statement in ("SELECT hash FROM api_keys", "SELECT * FROM audit", "SELECT * FROM audit_marks", "SELECT * FROM idempotency_keys",
                      "SELECT hex(hash) FROM (SELECT * FROM api_keys)"):
        run = lab.run("sql", store, statement)
        check(run.returncode == 1 and "SQL does not read" in run.stderr, f"refused: {statement}", run.stderr)
    check("operator" in lab.kindred("sql", store, "SELECT name, role FROM api_keys"), "names of keys are read")
    check("keyed hash" in lab.kindred("sql", store, "--schema"), "the schema tells of the audit")


def test_audit_roles_over_http(lab):
    """Auditors read the audit alone; an administrator only with broken glass, which is in the audit, the log and the metrics."""
    store = lab.store(is_small=True)
    keys = {
        role: lab.kindred("keys", "add", store, "--name", role, "--role", role).strip()
        for role in ("read", "write", "admin", "auditor")}
    _, address = lab.serve(store, "--models", "popularity", "--rate-limit", "0")

    def status(role, path, **headers):
        try:
            ask(address + path, headers={"Authorization": f"Bearer {keys[role]}", **headers})
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    def ready():
        with contextlib.suppress(urllib.error.URLError):
            return ask(f"{address}/readyz")

    wait("the service", ready, 60)
    for role in keys:
        check(status(role, "/audit") == (200 if role == "auditor" else 403), f"/audit by {role}")
        check(status(role, "/movies") == (403 if role == "auditor" else 200), f"/movies by {role}")
    check(status("admin", "/audit", **{"Break-Glass": "incident 12"}) == 200, "broken glass lets an administrator in")
    audit = ask(f"{address}/audit", headers={"Authorization": f"Bearer {keys['auditor']}"})
    newest = audit["items"][0]
    check((newest["action"], newest["actor"]) == ("break-glass", "admin") and "incident 12" in newest["detail"], "it is in the audit", newest)
    metrics = ask(f"{address}/metrics", headers={"Authorization": f"Bearer {keys['read']}"})
    check("kindred_break_glass_total 1\n" in metrics, "it is counted")
    held = ask(f"{address}/audit/verification", headers={"Authorization": f"Bearer {keys['auditor']}"})
    check(held["holds"] and held["entries"] == 5, "the audit holds", held)
