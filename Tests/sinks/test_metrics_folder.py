"""`serve --metrics-dir`: what a reader of CSV finds there, whatever becomes of the service, the disk and the folder."""

import csv
import json
import re
import subprocess
import threading
import time
from pathlib import Path

from lib import Skipped, ask, check, wait

COLUMNS = ["time", "metric", "labels", "value"]


def rows(path):
    """The rows of a file as Python reads CSV."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def serve(lab, store, folder, *options):
    return lab.serve(store, "--models", "popularity", "--metrics-dir", folder, "--metrics-every", "0.1", *options)


def newest(folder):
    return (rows(folder / "metrics.csv") or [{"time": ""}])[-1]["time"] if (folder / "metrics.csv").exists() else ""


class Reader:
    """Reads the file again and again, and keeps what is not whole."""

    def __init__(self, path):
        self.path, self.count, self.broken, self.is_ending = path, 0, [], False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while not self.is_ending:
            try:
                text = self.path.read_text()
            except FileNotFoundError:
                continue
            self.count += 1
            if text and not text.endswith("\n"):
                self.broken.append(text[-80:])
            self.broken += [line for line in text.splitlines()[-400:] if line and not re.search(r",[-+0-9.einf]+$|^time,", line)]

    def end(self):
        self.is_ending = True
        self.thread.join(20)
        return self.broken


def test_reading(lab):
    """Half a line is never seen, also by whom reads in a loop, and over kills; the file has what /metrics has."""
    store, folder = lab.store(), lab.folder / "metrics"
    reader = Reader(folder / "metrics.csv")
    for _ in range(8 if lab.is_long else 3):
        process, address = serve(lab, store, folder)
        before = newest(folder)
        wait("samples", lambda: newest(folder) > before, 30)
        time.sleep(lab.random.uniform(0.5, 1.5))
        process.kill()
        process.wait(10)
    check(not reader.end() and reader.count > 20, "a reader in a loop sees whole lines", f"{reader.count} readings {reader.broken[:3]}")
    process, address = serve(lab, store, folder)
    wait("the snapshot", lambda: any(row["metric"] == "kindred_graph_users" for row in rows(folder / "metrics.csv")), 60)
    ask(f"{address}/movies?per_page=1")
    label = 'method="GET",route="/movies"'
    wait("the request", lambda: any(row["labels"] == label for row in rows(folder / "metrics.csv")), 10)
    found = rows(folder / "metrics.csv")
    check(list(found[0]) == COLUMNS and all(None not in row and None not in row.values() for row in found), "each row has four columns")
    check(all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["time"]) for row in found), "times are of ISO 8601 in UTC")
    check(all(row["value"] == "nan" or float(row["value"]) is not None for row in found), "values are numbers")
    last = {(row["metric"], row["labels"]) for row in found if row["time"] == found[-2000:][-1]["time"]}
    exported = {
        (match[1], match[2] or "") for line in ask(f"{address}/metrics").splitlines()
        if (match := re.match(r"(\w+)(?:\{(.*)\})? \S+$", line)) and not match[1].endswith("_bucket")}
    # Asking for /metrics is itself counted, after it was answered.
    check(last and last <= exported, "its samples are those of /metrics", sorted(last - exported)[:3])
    check(len(last) > 50, "and most of them", f"{len(last)} of {len(exported)}")


def test_bounds(lab):
    """All files together stay below their limit, and the newest are kept."""
    store, folder = lab.store(), lab.folder / "metrics"
    _, address = serve(lab, store, folder, "--metrics-size", "1MB")
    most, parts, end = 0, set(), time.monotonic() + (60 if lab.is_long else 20)
    while time.monotonic() < end:
        names = list(folder.glob("*.csv"))
        parts |= {path.name for path in names}
        # A file may go meanwhile.
        most = max(most, sum(path.stat().st_size for path in names if path.exists()))
        time.sleep(0.05)
    check(most <= 1_000_000, "the limit holds", f"{most:,} bytes at most in {len(parts)} files")
    check(len(parts) > 2 and all(re.fullmatch(r"metrics(-\d{4}-\d\d-\d\d-\d+)?\.csv", name) for name in parts), "parts", sorted(parts))
    check(all(list(row) == COLUMNS for path in folder.glob("*.csv") for row in rows(path)[:1]), "each part has a header")
    check(ask(f"{address}/healthz")["status"] == "ok", "the service answers")


def errors(lab):
    return [line for line in lab.open[-1].lines if "metrics cannot be written" in line]


def test_removed_folder(lab):
    """A folder that goes while the service runs: it answers, says so once, and writes again when the folder is back."""
    store, folder = lab.store(), lab.folder / "metrics"
    process, address = serve(lab, store, folder)
    wait("samples", (folder / "metrics.csv").exists)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    wait("the log", lambda: errors(lab), 10)
    time.sleep(1)
    check(process.poll() is None and ask(f"{address}/healthz")["status"] == "ok", "the service answers")
    check(len(errors(lab)) == 1 and json.loads(errors(lab)[0])["folder"] == str(folder), "it says so once", errors(lab))
    folder.mkdir()
    wait("samples", (folder / "metrics.csv").exists)
    wait("the log", lambda: any("metrics are written again" in line for line in lab.open[-1].lines), 10)
    check(rows(folder / "metrics.csv"), "it writes again")
    for wrong, told in ((store, "is no folder"), (lab.folder / "a" / "b", "cannot be made")):
        run = lab.run("serve", "--store", store, "--port", "0", "--metrics-dir", wrong)
        check(run.returncode != 0 and told in run.stderr, "a folder that cannot be one is refused at the start", run.stderr)


def test_full_disk(lab):
    """A disk that is full for a while: the service answers, says so once, and the file has whole lines before and after."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        raise Skipped("a small disk of one's own needs root")
    store, disk = lab.store(), lab.folder / "disk"
    disk.mkdir()
    # The file system is the service's own, and is reached through /proc.
    script = lab.folder / "kindred"
    script.write_text(f"#!/bin/bash\nexec unshare --mount bash -c \"mount -t tmpfs -o size=128k none '{disk}' && exec '{lab.program}' \\\"\\$@\\\"\" - \"$@\"\n")
    script.chmod(0o755)
    program, lab.program = lab.program, str(script)
    process, address = serve(lab, store, disk)
    lab.program = program
    inside = Path(f"/proc/{process.pid}/root{disk}")
    wait("the log", lambda: errors(lab), 60)
    time.sleep(1)
    check(process.poll() is None and ask(f"{address}/healthz")["status"] == "ok", "the service answers")
    check(len(errors(lab)) == 1, "it says so once", errors(lab))
    text = (inside / "metrics.csv").read_text()
    check(text.endswith("\n") and len(rows(inside / "metrics.csv")) > 100, "the file ends with a whole line", text[-60:])
    before = rows(inside / "metrics.csv")[-1]["time"]
    subprocess.run(["nsenter", "--target", str(process.pid), "--mount", "mount", "-o", "remount,size=2m", disk], check=True)
    wait("samples", lambda: newest(inside) > before, 10)
    check(all(len(row) == 4 and None not in row.values() for row in rows(inside / "metrics.csv")), "it goes on once there is room")
