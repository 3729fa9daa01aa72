"""15.3 and 15.4: a stored result that was changed on purpose, in the ways that would show most, and rows that are gone."""

import sqlite3
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import damage
from lib import check
from mutations import GOOD, Mutations


def element(form, index, value):
    """Sets one element of an array."""
    def change(data):
        changed = bytearray(data)
        struct.pack_into(form, changed, damage.npy(data)[1] + struct.calcsize(form) * index, value)
        return bytes(changed)
    return change


def swapped(data):
    """The first two elements of four bytes change places."""
    start = damage.npy(data)[1]
    return data[:start] + data[start + 4:start + 8] + data[start:start + 4] + data[start + 8:]


def repeated(data):
    """The second element of four bytes is as the first."""
    start = damage.npy(data)[1]
    return data[:start + 4] + data[start:start + 4] + data[start + 8:]


def constant(form, value):
    """All elements are the same."""
    def change(data):
        start = damage.npy(data)[1]
        return data[:start] + struct.pack(form, value) * ((len(data) - start) // struct.calcsize(form))
    return change


CASES = (
    *(("rating_values.npy", f"a rating is {value}", element("<f", 0, value)) for value in (1e30, float("nan"), float("inf"), -5.0)),
    ("rating_values.npy", "all ratings are 1", constant("<f", 1.0)),
    ("rating_items.npy", "an item twice", repeated), ("rating_items.npy", "items in another order", swapped),
    ("rating_items.npy", "an item too many", element("<i", 0, 90)), ("rating_items.npy", "an item below 0", element("<i", 0, -1)),
    *(("rating_offsets.npy", f"an offset is {value}", element("<q", 1, value)) for value in (0, 99_999_999, 1 << 62, -1)),
    ("neighbor_users.npy", "a user is her own neighbor", element("<i", 0, 0)), ("neighbor_users.npy", "a neighbor twice", repeated),
    ("neighbor_users.npy", "a neighbor too many", element("<i", 0, 120)),
    *(("neighbor_similarities.npy", f"a similarity is {value}", element("<f", 0, value))
      for value in (float("nan"), float("inf"), 1e30, -1.0, 0.001)),
    ("neighbor_supports.npy", "a support is -7", element("<i", 0, -7)),
    ("neighbor_offsets.npy", "a user without neighbors", element("<q", 1, 0)),
    ("communities.npy", "a label with a gap", element("<i", 0, 100)), ("communities.npy", "another label", element("<i", 0, 4)),
    ("communities.npy", "a label below 0", element("<i", 0, -1)), ("communities.npy", "all the last label", constant("<i", 119)),
    ("ids.json", "another id", lambda data: data.replace(b'"1"', b'"1x"', 1)),
    ("ids.json", "two ids swapped", lambda data: data.replace(b'"1","2"', b'"2","1"', 1)),
    ("ids.json", "empty", lambda data: b""),
    ("comparison.json", "another name", lambda data: data.replace(b'"rmse"', b'"rmsE"', 1)),
    ("comparison.json", "no JSON", lambda data: b"<script>alert(1)</script>"),
    ("als/user_factors.npy", "a factor is NaN", element("<f", 0, float("nan"))),
    ("als/item_factors.npy", "cut off", lambda data: data[:1000]),
    ("als/model.json", "another number", lambda data: data.replace(b"120", b"121", 1)),
    ("als/model.json", "empty", lambda data: b""),
)
# What the sqlite3 tool does, whose foreign keys are off.
STATEMENTS = (
    "DELETE FROM users WHERE user = 7", "DELETE FROM users WHERE user % 2", "DELETE FROM users", "DELETE FROM items WHERE item = 5",
    "DELETE FROM items", "DELETE FROM ratings", "DELETE FROM run_files WHERE name = 'rating_items.npy'", "DELETE FROM run_files",
    "DELETE FROM runs", "UPDATE runs SET run = run + 1", "UPDATE users SET user = user + 1000 WHERE user = 120",
    "UPDATE ratings SET value = 1e30 WHERE user = 1", "UPDATE ratings SET value = -9e999 WHERE user = 1",
    "UPDATE ratings SET time = -9223372036854775807 WHERE user = 1", "UPDATE settings SET value = 'much'", "DELETE FROM settings",
    "DELETE FROM imports", "UPDATE item_genres SET genre = 999 WHERE item = 1", "DELETE FROM genres",
    "UPDATE run_files SET run = 99", "UPDATE run_files SET bytes = zeroblob(2000000) WHERE name = 'ids.json'",
    "PRAGMA user_version = 99", "PRAGMA application_id = 0", "DROP TABLE run_stages", "DROP TRIGGER rating_is_late",
    "DROP TABLE item_words", "DELETE FROM grdb_migrations",
)


def test_arrays(lab):
    """15.3: each stored array with one wrong value: refused, recomputed or without effect"""
    mutations = Mutations(lab, seed=0)

    def examine(case):
        name, _, change = case
        store = mutations.copy(f"array-{CASES.index(case)}")
        with closing(sqlite3.connect(store, isolation_level=None)) as database:
            (data,) = database.execute("SELECT bytes FROM run_files WHERE name = ?", (name,)).fetchone()
            changed = change(data)
            database.execute("UPDATE run_files SET bytes = ? WHERE name = ?", (changed, name))
        return changed != data, *mutations.examine_store(store)

    with ThreadPoolExecutor(2) as pool:
        for (name, what, _), (changed, end, seen) in zip(CASES, pool.map(examine, CASES)):
            check(changed and end in GOOD, f"15.3: {name}: {what}", f"{end} {seen}" if changed else "nothing changed")


def test_rows(lab):
    """15.4: rows removed or changed by a tool whose foreign keys are off: no command traps, and the error names a remedy"""
    mutations = Mutations(lab, seed=0)
    commands = (("graph", "--output", lab.folder / "graph"), ("recommend", "--user", "1"), ("analytics", "--output", lab.folder / "a"),
                ("sql", "SELECT count(*) FROM rating_details"))

    def examine(statement):
        store = mutations.copy(f"rows-{STATEMENTS.index(statement)}")
        with closing(sqlite3.connect(store, isolation_level=None)) as database:
            database.execute(statement)
        codes, errors = {}, ""
        for command, *options in commands:
            outcome = lab.run(command, store, *options, *(["--quiet"] if command != "sql" else []))
            codes[command] = outcome.returncode
            errors += outcome.stderr if outcome.returncode and command != "sql" else ""
        return codes, errors, *mutations.examine_store(store)

    with ThreadPoolExecutor(2) as pool:
        # Every third, where there is no time for all.
        statements = STATEMENTS if lab.long else STATEMENTS[::3]
        for statement, (codes, errors, end, seen) in zip(statements, pool.map(examine, statements)):
            check(all(code in (0, 1) for code in codes.values()), f"15.4: commands after {statement}", f"{codes} {errors.strip()[-200:]}")
            # What was asked for may differ: it was asked for through SQL.
            check(end in (*GOOD, "ALTERED"), f"15.4: the service after {statement}", f"{end} {seen}")
