"""Watched folders under kill -9: whatever the moment, the store ends with what `kindred import` makes of the same files.

`script/test-streams` runs it, and by itself: python3 Tests/streams/test_folder.py PROGRAM [KILLS]
"""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lib import Skipped, check, wait

HEADER = "userId,movieId,rating,timestamp\n"


def rows(generator, count, start):
    """Rows with times of their own, so that which of two ratings counts depends on nothing else."""
    times = list(range(start, start + count))
    generator.shuffle(times)
    return [
        f"u{generator.randrange(3_000)},i{generator.randrange(900)},{generator.randrange(1, 6)},{time}\n" for time in times
    ]


def write_files(folder, seed):
    """Large files, which are taken in batches, between small ones, which are taken in one commit."""
    generator = random.Random(seed)
    start = 1_000_000
    for number, count in enumerate([260_000, 900, 12_000, 9_000, 210_000, 1, 3_000, 30_000]):
        lines = rows(generator, count, start)
        start += count
        if count == 9_000:
            lines[17] = "broken\n"
        path = folder / f"part{number}.csv"
        path.write_text(HEADER + "".join(lines))
        # Older files are taken first; none has to be.
        os.utime(path, (1_500_000_000 + number, 1_500_000_000 + number))


def contents(store):
    with contextlib.closing(sqlite3.connect(store)) as database:
        return {
            table: database.execute(
                f"SELECT users.id, items.id, value, time FROM {table} JOIN users USING (user) JOIN items USING (item) "
                "ORDER BY 1, 2, 3, 4"
            ).fetchall()
            for table in ("ratings", "rating_history")
        }


def imported(program, files, store):
    for file in files:
        subprocess.run([program, "import", file, "--store", store, "--scale", "1..5", "--quiet"], check=True)
    return contents(store)


def watch(program, folder, store, *options):
    return [program, "watch", str(folder), "--store", str(store), "--scale", "1..5", "--settle", "0.05", *options]


def kill_after(command, seconds):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    ended = process.poll()
    assert ended is None, f"{command} ended by itself with {ended}"
    process.send_signal(signal.SIGKILL)
    process.wait()


def check_kills(program, scratch, kills, keeps):
    """Kills at random moments of the time that all takes, each followed by a restart."""
    generator = random.Random(7 + keeps)
    options = ["--keep"] if keeps else []
    source = scratch / "source"
    source.mkdir()
    write_files(source, seed=1)
    files = sorted(source.iterdir())
    expected = imported(program, files, scratch / "expected.sqlite")
    begin = time.monotonic()
    whole = scratch / "whole"
    shutil.copytree(source, whole)
    subprocess.run(watch(program, whole, scratch / "whole.sqlite", "--once", "--quiet", *options), check=True)
    duration = time.monotonic() - begin
    assert contents(scratch / "whole.sqlite") == expected, "a run that nobody kills differs from import"

    done = 0
    while done < kills:
        folder, store = scratch / f"in{done}", scratch / f"store{done}.sqlite"
        shutil.copytree(source, folder)
        # Several kills of one store, until it has come to its end.
        for _ in range(5):
            if done == kills:
                break
            kill_after(watch(program, folder, store, *options), 0.02 + generator.random() * duration * 0.6)
            done += 1
        subprocess.run(watch(program, folder, store, "--once", "--quiet", *options), check=True)
        assert contents(store) == expected, f"after kill {done} the store differs from import"
        left = sorted(path.name for path in (folder if keeps else folder / "done").iterdir() if path.is_file())
        assert left == [file.name for file in files], left
        with contextlib.closing(sqlite3.connect(store)) as database:
            assert database.execute("SELECT count(*) FROM rejected_rows").fetchone() == (1,)
            assert database.execute("SELECT count(*) FROM imports WHERE finished IS NULL").fetchone() == (0,)
        shutil.rmtree(folder)
    print(f"{done} kills, files {'stay' if keeps else 'move'}: as import ({duration:.1f} s for one run)")
    shutil.rmtree(source)
    shutil.rmtree(whole)
    for store in scratch.glob("*.sqlite*"):
        store.unlink()


def check_growing_file(program, scratch):
    """A file grows, often in the middle of a line, while its reader is killed again and again."""
    generator = random.Random(3)
    folder, store = scratch / "growing", scratch / "growing.sqlite"
    folder.mkdir()
    path = folder / "log.csv"
    text = HEADER + "".join(rows(generator, 40_000, 1_000))
    place = 0
    with open(path, "w") as file:
        process = None
        while place < len(text):
            if process is None:
                process = subprocess.Popen(
                    watch(program, folder, store, "--keep"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            step = generator.randrange(1, 60_000)
            if generator.random() < 0.7:
                step = text.index("\n", min(place + step, len(text) - 1)) + 1 - place
            file.write(text[place : place + step])
            file.flush()
            place += step
            time.sleep(generator.random() * 0.4)
            if generator.random() < 0.5:
                process.send_signal(signal.SIGKILL)
                process.wait()
                process = None
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait()
    subprocess.run(watch(program, folder, store, "--keep", "--once", "--quiet"), check=True)
    whole = scratch / "whole.csv"
    whole.write_text(text)
    expected = imported(program, [whole], scratch / "growing-expected.sqlite")
    assert contents(store)["ratings"] == expected["ratings"], "a growing file differs from import"
    with contextlib.closing(sqlite3.connect(store)) as database:
        pieces = database.execute("SELECT count(*) FROM imports").fetchone()[0]
        assert database.execute("SELECT count(*) FROM rejected_rows").fetchone() == (0,)
    assert pieces > 3, pieces
    print(f"a growing file in {pieces} pieces: as import")


def check_once(program, scratch):
    """Exit codes and the clean stop."""
    folder, store = scratch / "once", scratch / "once.sqlite"
    folder.mkdir()
    (folder / "good.csv").write_text(HEADER + "u,a,3,100\n")
    (folder / "bad.csv").write_bytes(b"\0\1\2\n\n\n")
    ended = subprocess.run(watch(program, folder, store, "--once"), capture_output=True, text=True)
    assert ended.returncode == 1, ended
    assert "1 file failed" in ended.stdout, ended.stdout
    assert (folder / "failed" / "bad.csv.reason.txt").read_text().strip(), "a reason lies beside"
    assert subprocess.run(watch(program, folder, store, "--once", "--quiet")).returncode == 0
    missing = subprocess.run(watch(program, scratch / "nowhere", store, "--once"), capture_output=True, text=True)
    assert missing.returncode == 1 and "there is no such folder" in missing.stderr, missing
    for number in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen(watch(program, folder, store, "--quiet"))
        time.sleep(0.5)
        begin = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - begin < 5
    print("exit codes and a clean stop: as documented")


def test_once(lab):
    """Exit codes, the reason beside a file that failed, and the clean stop of `watch`."""
    check_once(lab.program, Path(lab.folder))


def test_growing_file(lab):
    """A file that grows is read on, also by a reader that is killed again and again."""
    check_growing_file(lab.program, Path(lab.folder))


def test_kills_while_files_move(lab):
    """Killed at random moments, `watch` ends with what `import` makes of the same files, and no file is lost."""
    check_kills(lab.program, Path(lab.folder), 20 if lab.is_long else 3, keeps=False)


def test_kills_while_files_stay(lab):
    """The same where files stay in the folder."""
    check_kills(lab.program, Path(lab.folder), 20 if lab.is_long else 3, keeps=True)


def test_full_disk_while_watching(lab):
    """A disk that is full for a while: the file stays where it is until there is room."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        raise Skipped("a small disk of one's own needs root")
    folder, disk = lab.folder / "in", lab.folder / "disk"
    folder.mkdir()
    disk.mkdir()
    # The file system is the program's own, and is reached through /proc.
    mount = f"mount -t tmpfs -o size=6m none '{disk}' && exec \"$@\""
    command = ["unshare", "--mount", "bash", "-c", mount, "-", *watch(lab.program, folder, disk / "full.sqlite")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lab.processes.append(process)
    inside = Path(f"/proc/{process.pid}/root{disk}")
    wait("the store", (inside / "full.sqlite-wal").exists)
    time.sleep(0.5)
    with open(inside / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
    (folder / "a.csv").write_text(HEADER + "".join(rows(random.Random(5), 9_000, 1_000)))
    time.sleep(4)
    check(process.poll() is None and (folder / "a.csv").exists(), "the file waits on a full disk")
    (inside / "filler").unlink()
    wait("the file", (folder / "done" / "a.csv").exists)
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=10)
    check(process.returncode == 0 and "1 file, 8," in output, "it is taken once there is room, and the stop is clean", output)
    check(errors.count("the disk is full") == 1, "it says so once", errors)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as name:
        check_once(sys.argv[1], Path(name))
        check_growing_file(sys.argv[1], Path(name))
        for keeps in (False, True):
            check_kills(sys.argv[1], Path(name), kills, keeps)


if __name__ == "__main__":
    main()
