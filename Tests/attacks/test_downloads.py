"""15.13: files for downloads, where cleaners go about and disks are full."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

from lib import check


def folders(temporary):
    return sorted(temporary.glob("kindred-downloads-*"))


def serve(lab, temporary, store=None, **keywords):
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", "TMPDIR": str(temporary)}
    return lab.serve(store, "--quiet", "--log-level", "error", env=environment, **keywords)


def test_cleaners(lab):
    """15.13: files lie in a private folder and come again when a cleaner has taken them"""
    temporary = lab.folder / "tmp"
    server = serve(lab, temporary)
    first = server.get("/graph.csv").body
    (folder,) = folders(temporary)
    check(oct(folder.stat().st_mode)[-3:] == "700", "15.13: the folder is private", oct(folder.stat().st_mode))
    for file in folder.iterdir():
        file.unlink()
    answer = server.get("/graph.csv")
    check(answer.status == 200 and answer.body == first, "15.13: a file that was taken comes again", answer.status)
    shutil.rmtree(folder)
    statuses = [server.get(path).status for path in ("/graph.graphml", "/graph.csv", "/graph.csv")]
    check(statuses == [200] * 3, "15.13: so does the folder", statuses)
    check(server.stop() == 0 and not folders(temporary), "15.13: nothing is left behind", folders(temporary))


def test_killed(lab):
    """15.13: what a killed process has left goes at the next start, and nothing of those that live"""
    temporary = lab.folder / "tmp"
    killed, living = serve(lab, temporary), serve(lab, temporary, lab.store("another"))
    killed.get("/graph.csv")
    left = folders(temporary)
    living.get("/graph.csv")
    used = [folder for folder in folders(temporary) if folder not in left]
    killed.stop(signal.SIGKILL)
    check(left[0].exists(), "15.13: a killed process leaves its folder")
    stranger, target = temporary / "kindred-downloads-stranger", lab.folder / "target"
    (target / "inside").mkdir(parents=True)
    stranger.symlink_to(target)
    serve(lab, temporary, lab.store("third"))
    check(not left[0].exists(), "15.13: the next start removes it")
    check(used[0].exists() and living.get("/graph.csv").status == 200, "15.13: that of a living process stays")
    check((target / "inside").exists() and stranger.is_symlink(), "15.13: a link is not followed")


def fill(folder):
    """Writes a file that takes all room there is."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return filler


def test_full_disk(lab):
    """15.17: a full or read-only folder for temporary files is said in plain words, and the service goes on"""
    temporary = lab.folder / "small"
    temporary.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", temporary], capture_output=True, check=False).returncode:
        return check(True, "15.17: skipped: a small file system needs root")
    try:
        server = serve(lab, temporary)
        filler = fill(temporary)
        answer = server.get("/graph.graphml")
        check(answer.status == 507 and "temporary" in answer.detail, "15.17: a full folder", answer)
        check(not [file for folder in folders(temporary) for file in folder.iterdir()], "15.17: no part of a file is left")
        started = lab.run("serve", "--store", lab.store("another"), "--port", "0", env={**os.environ, "TMPDIR": str(temporary)})
        check(started.returncode == 1 and "TMPDIR" in started.stderr and "Domain" not in started.stderr,
              "15.17: a start says so", started.stderr)
        filler.unlink()
        check(server.get("/graph.graphml").status == 200, "15.17: it works again when there is room")
        for folder in folders(temporary):
            for file in folder.iterdir():
                file.unlink()
        subprocess.run(["mount", "-o", "remount,ro", temporary], check=True)
        answer = server.get("/graph.csv")
        check(answer.status == 507 and "read-only" in answer.detail, "15.17: a read-only folder", answer)
        check(server.is_well() and server.stop() == 0, "15.17: the service goes on")
    finally:
        time.sleep(0.2)
        subprocess.run(["umount", "--lazy", temporary], check=False)
