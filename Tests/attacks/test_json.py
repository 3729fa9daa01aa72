"""Found by fuzz_client.py: JSON that is nested just so deep that Foundation's decoder traps while it words its error."""

import shutil
import sqlite3
from contextlib import closing

from lib import check
from mutations import GOOD, Mutations

# The 513th level, as the last byte: where the depth of 512 is exceeded, the decoder looks at what follows.
NESTED = {"arrays": b"[" * 513, "objects": b'{"":' * 512 + b"{", "mixed": b'[{"":' * 256 + b"[", "closed": b"[" * 513 + b"]" * 513, "deeper": b"[" * 514,
          "after spaces": b" \n" * 9 + b"[" * 513, "in a field": b'{"ratings":' + b"[" * 512, "much deeper": b"[" * 100_000}


def test_nested_bodies(server):
    """15.9: a body that is nested deeply is 400, wherever it ends"""
    for path in ("/ratings", "/recommendations", "/admin/sql"):
        for name, body in [*NESTED.items(), *((f"{depth} arrays", b"[" * depth) for depth in range(500, 520))]:
            answer = server.post(path, body, headers={"Content-Type": "application/json"})
            if not check(answer.status == 400, f"15.9: {path}: {name}", answer):
                return


def test_nested_files(lab):
    """15.5: no JSON file that is read, nested deeply, crashes a command"""
    ratings = lab.store("unused", refreshed=False) and lab.prepared / "120x90x3000.csv"
    lab.run("train", ratings, "--model", "als", "--output", lab.folder / "model", "--quiet").check_returncode()
    for name, data in NESTED.items():
        for file in ("ratings.jsonl", "config.json"):
            (lab.folder / file).write_bytes(data)
        for file in ("model.json", "configuration.json"):
            shutil.copytree(lab.folder / "model", lab.folder / file, dirs_exist_ok=True)
            (lab.folder / file / file).write_bytes(data)
        commands = {
            "JSON lines": ["graph", lab.folder / "ratings.jsonl", "--output", lab.folder / "out"],
            "--config": ["train", ratings, "--config", lab.folder / "config.json", "--output", lab.folder / "trained"],
            "model.json": ["recommend", ratings, "--factors", lab.folder / "model.json", "--user", "1"],
            "configuration.json": ["recommend", ratings, "--factors", lab.folder / "configuration.json", "--user", "1"],
        }
        for what, command in commands.items():
            outcome = lab.run(*command, "--quiet")
            check(outcome.returncode in (1, 64), f"15.5: {what}: {name}", f"{outcome.returncode} {outcome.stderr.strip()[:100]}")


def test_nested_results(lab):
    """15.3: no stored JSON, nested deeply, crashes the service"""
    mutations = Mutations(lab, seed=0)
    for name in ("ids.json", "comparison.json", "als/model.json", "als/configuration.json"):
        store = mutations.copy("nested")
        with closing(sqlite3.connect(store, isolation_level=None)) as database:
            database.execute("UPDATE run_files SET bytes = ? WHERE name = ?", (NESTED["arrays"], name))
            database.execute("UPDATE runs SET options = ?", (NESTED["arrays"].decode(),))
        end, seen = mutations.examine_store(store)
        check(end in GOOD, f"15.3: nested {name}", f"{end} {seen}")
