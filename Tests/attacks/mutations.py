#!/usr/bin/env python3
"""Changes one byte or value of a store or of a saved model, again and again, and tells what the program makes of it.

    mutations.py [--count 500] [--seed 1] [--only INDEX] [--program PATH]

Good ends: without effect (every answer as before), recomputed (as before, from a new run), refused (an error that says so). Bad
ends: ALTERED (an answer differs), SOURCE (an answer differs because a byte of the ratings or the catalog did, of which there is
no copy), ERROR (an internal error, or one that says nothing), CRASH, HANG. Ends with 1 after a bad one.
"""

import argparse
import collections
import contextlib
import http.client
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import damage
from lib import HERE, SMALL, Lab

GOOD = ("without effect", "recomputed", "refused")
ENDS = (*GOOD, "ALTERED", "SOURCE", "ERROR", "CRASH", "HANG")
# All models, of which the slow one is cut short.
OPTIONS = ("--bayes", "samples=20,burn-in=5", "--compare", "als", "--log-level", "warning")
MODELS = ("als", "implicit", "bayes")
# What differs between two runs on the same ratings, and what says that something is damaged.
VOLATILE = {"run", "seconds", "stages", "started", "age_seconds", "newest_minutes", "fit_seconds", "lists_per_second",
            "predictions_per_second", "trouble", "refreshing", "recommendations_served", "source", "arithmetic", "pages", "total"}
USERS = (1, 2, 17, 33, 50, 64, 77, 95, 111, 120)
PATHS = (
    "/users/1", "/users/1/neighbors?count=50", "/movies/5", "/movies/5/similar", "/movies/5/fans", "/movies?per_page=100",
    "/movies/search?q=the", "/recommendations?item_id=5", "/communities", "/communities/0?per_page=100", "/graph.csv",
    "/graph.graphml", "/graph/core", "/graph/heatmap", "/compare", "/summary", "/runs?per_page=1", "/ratings?count=100",
    "/analytics/top_items", *(f"/recommendations/generated?per_page=100&page={page}" for page in range(1, 5)),
    *(f"/users/{user}/recommendations?model={model}&count=20&explain=true"
      for user, model in zip(USERS, ("both", "als", "implicit", "bayes", "knn", "popularity", "blend", "both", "bayes", "als"))),
)
# A bad end must be told from a slow machine.
PATIENCE = 20


class End(Exception):
    """A mutation's end that is known before all was asked."""


def plain(value):
    """A JSON value without what differs between two runs."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if key not in VOLATILE}
    return [plain(part) for part in value] if isinstance(value, list) else value


def ask(server):
    """The answers to all paths."""
    answers = {}
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        for path in PATHS:
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                body = response.read()
                if response.getheader("Content-Type", "").partition(";")[0] in ("application/json", "application/problem+json"):
                    body = plain(json.loads(body))
                answers[path] = response.status, body
            except TimeoutError:
                raise End("HANG", path) from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                time.sleep(0.1)
                if not server.is_alive:
                    raise End("CRASH", f"{path}, exit code {server.process.returncode}") from None
                answers[path] = 0, repr(error)
                connection.close()
    return answers


def start(lab, store):
    """Starts a server, or tells how it refused."""
    server = lab.serve(store, *OPTIONS, wait=False)
    end, said = time.monotonic() + PATIENCE, "no answer"
    while time.monotonic() < end:
        if not server.is_alive:
            code = server.process.returncode
            server.stopped = True
            raise End("refused" if code in (1, 64) and "rror" in server.messages else "CRASH",
                      f"exit code {code}: {server.messages.strip()[-160:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer = server.get("/readyz", timeout=PATIENCE)
            if answer.status == 200:
                return server
            # Computing is a matter of a second here, of some on a busy machine.
            if "computed" not in answer.detail or time.monotonic() > end - 5:
                time.sleep(0.2)
                if server.is_alive:
                    said = answer.detail
                    raise End("ERROR" if "being computed" in said or not said else "refused", f"/readyz: {said}")
        time.sleep(0.02)
    raise End("HANG", f"/readyz: {said}")


def run_of(server):
    return (server.get("/summary").json.get("snapshot") or {}).get("run")


def difference(before, after, place=""):
    """Where two JSON values differ first, and how."""
    if isinstance(before, dict) and isinstance(after, dict):
        key = next(key for key in sorted(before | after) if before.get(key) != after.get(key))
        return difference(before.get(key), after.get(key), f"{place}/{key}")
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        index = next(index for index in range(len(before)) if before[index] != after[index])
        return difference(before[index], after[index], f"{place}/{index}")
    return f"at {place or 'all'}: {str(after)[:60]} instead of {str(before)[:60]}"


def compare(server, reference):
    """The end by the answers of a server."""
    answers = ask(server)
    different = [path for path in PATHS if answers[path] != reference[path]]
    altered = [path for path in different if answers[path][0] < 400]
    broken = [path for path in different if answers[path][0] in (0, 500) or not answers[path][1]]
    if altered:
        raise End("ALTERED", f"{len(altered)} of {len(PATHS)} answers, {altered[0]} "
                  f"{difference(reference[altered[0]][1], answers[altered[0]][1])}")
    if broken:
        raise End("ERROR", f"{broken[0]}: {str(answers[broken[0]])[:160]}")
    if different:
        raise End("refused", f"{different[0]}: {str(answers[different[0]])[:160]}")


def live_on(server):
    """A rating, a list from it and a refresh: whatever they answer, the server lives."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        server.rate("1", "5", 2)
        server.get("/users/1/recommendations?model=both")
        server.post("/admin/refresh", None)
        end = time.monotonic() + PATIENCE
        while server.is_alive and server.get("/summary", timeout=PATIENCE).json.get("refreshing") and time.monotonic() < end:
            time.sleep(0.02)
    time.sleep(0.05)
    if not server.is_alive:
        raise End("CRASH", f"after a rating and a refresh, exit code {server.process.returncode}")


def examine_store(lab, store, reference, run):
    """What the program makes of a damaged store: an end and what it is told by."""
    try:
        server = start(lab, store)
        compare(server, reference)
        end = "without effect" if run_of(server) == run else "recomputed"
        live_on(server)
        return end, ""
    except End as end:
        return end.args


def stop_servers(lab, store):
    """Ends the servers on a store; whether one did not end when it was told."""
    return any([server.stop() == "hangs" for server in lab.servers if server.store == store])


def examine_model(lab, ratings, folder, reference):
    """What the program makes of a damaged model."""
    try:
        codes, output, errors = recommend(lab, ratings, folder)
    except subprocess.TimeoutExpired:
        return "HANG", "recommend"
    if any(code not in (0, 1) for code in codes):
        return "CRASH", f"exit codes {codes}: {errors[-160:]}"
    if 1 in codes:
        return ("refused", errors.strip()[-160:]) if "Error: " in errors else ("ERROR", errors[-160:])
    return ("without effect", "") if output == reference else ("ALTERED", "the lists differ")


def recommend(lab, ratings, folder):
    """The lists of all users and, with reasons, of one."""
    lists = folder.parent / f"{folder.name}.csv"
    everyone = lab.run("recommend", ratings, "--factors", folder, "--all", "--output", lists, "--quiet", timeout=PATIENCE)
    one = lab.run("recommend", ratings, "--factors", folder, "--user", 1, "--explain", "--json", "--quiet", timeout=PATIENCE)
    output = (lists.read_bytes() if lists.exists() else b"", plain(json.loads(one.stdout or "{}")))
    return (everyone.returncode, one.returncode), output, everyone.stderr + one.stderr


class Mutations:
    """Good stores and models, from which each mutation gets a copy, and what they answer."""

    def __init__(self, lab, seed):
        self.lab, self.seed = lab, seed
        self.good = lab.folder / "good.sqlite"
        shutil.copy(lab.store("unchanged", refreshed=False), self.good)
        server = lab.serve(self.good, *OPTIONS)
        server.stop()
        server = lab.serve(self.good, *OPTIONS)
        self.reference, self.run = ask(server), run_of(server)
        server.stop()
        bad = {path: answer for path, answer in self.reference.items() if answer[0] != 200}
        if bad:
            raise RuntimeError(f"the sound store answers {bad}")
        self.ratings = lab.prepared / f"{SMALL}.csv"
        self.models = {kind: self._train(kind) for kind in MODELS}

    def _train(self, kind):
        folder = self.lab.folder / kind
        self.lab.run("train", self.ratings, "--model", kind, "--output", folder, "--quiet").check_returncode()
        codes, output, errors = recommend(self.lab, self.ratings, folder)
        if any(codes):
            raise RuntimeError(errors)
        return folder, output

    def examine(self, index):
        """Makes the mutation of an index: its kind, its end, and what was changed and seen."""
        generator = random.Random(f"{self.seed}-{index}")
        kind = ("byte", "value", "byte", "value", "model")[index % 5]
        if kind == "model":
            name = generator.choice(MODELS)
            copy = self.lab.folder / f"{name}-{index}"
            shutil.copytree(self.models[name][0], copy)
            what = f"{name} {damage.change_model(copy, generator)}"
            end, seen = examine_model(self.lab, self.ratings, copy, self.models[name][1])
            shutil.rmtree(copy)
        else:
            copy = self.copy(f"m{index}")
            what = (damage.change_store_byte if kind == "byte" else damage.change_stored_value)(copy, generator)
            end, seen = self.examine_store(copy)
            if end == "ALTERED" and damage.is_source(what):
                end = "SOURCE"
        return index, kind, end, " ".join(f"{what}; {seen}".split())

    def copy(self, name):
        store = self.lab.folder / f"{name}.sqlite"
        shutil.copy(self.good, store)
        return store

    def examine_store(self, store):
        """The end of a damaged copy, which is removed afterwards."""
        try:
            end = examine_store(self.lab, store, self.reference, self.run)
            return ("HANG", "at SIGTERM") if stop_servers(self.lab, store) else end
        finally:
            for ending in ("", "-wal", "-shm"):
                Path(f"{store}{ending}").unlink(missing_ok=True)

    def examine_all(self, indices):
        """Two at a time, in the order of their indices."""
        with ThreadPoolExecutor(2) as pool:
            yield from pool.map(self.examine, indices)


def table(ends):
    """How many of each kind came to each end."""
    lines = [f"{'':6}" + "".join(f"{end:>15}" for end in ENDS)]
    for kind in ("byte", "value", "model"):
        lines.append(f"{kind:6}" + "".join(f"{ends[kind, end]:15}" for end in ENDS))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one mutation, by its index")
    parser.add_argument("--program", default=str(HERE.parent.parent / ".build/release/kindred"))
    arguments = parser.parse_args()
    started, ends = time.monotonic(), collections.Counter()
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        lab = Lab(arguments.program, Path(folder) / "lab", Path(folder))
        mutations = Mutations(lab, arguments.seed)
        for index, kind, end, what in mutations.examine_all(
                range(arguments.count) if arguments.only is None else [arguments.only]):
            ends[kind, end] += 1
            print(f"{index:4} {kind:6} {end:15} {what}"[:240], flush=True)
    print(f"\n{table(ends)}\nseed {arguments.seed}, {time.monotonic() - started:.0f} s")
    sys.exit(any(end not in GOOD for _, end in ends))


if __name__ == "__main__":
    main()
