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
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import damage
from answers import OPTIONS, PATIENCE, End, ask, compare, plain, run_of, start
from lib import HERE, SMALL, Lab

GOOD = ("without effect", "recomputed", "refused")
ENDS = (*GOOD, "ALTERED", "SOURCE", "ERROR", "CRASH", "HANG")
MODELS = ("als", "implicit", "bayes")


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
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder, \
            Lab(arguments.program, Path(folder) / "lab", Path(folder)) as lab:
        mutations = Mutations(lab, arguments.seed)
        for index, kind, end, what in mutations.examine_all(
                range(arguments.count) if arguments.only is None else [arguments.only]):
            ends[kind, end] += 1
            print(f"{index:4} {kind:6} {end:15} {what}"[:240], flush=True)
    print(f"\n{table(ends)}\nseed {arguments.seed}, {time.monotonic() - started:.0f} s")
    sys.exit(any(end not in GOOD for _, end in ends))


if __name__ == "__main__":
    main()
