"""15: everything at once, shortly; storm.py takes its ten minutes."""

import subprocess
import sys

from lib import HERE, LARGE, SMALL, check


def test_storm(lab):
    """15: 64 good and hostile clients, 50 listeners who never read, ratings, refreshes and SQL, with the log to a dead pipe"""
    minutes, shape, rest = (10, LARGE, 60) if lab.long else (0.1, SMALL, 2)
    # In a process of its own, which steps back for the server.
    storm = subprocess.run(
        [sys.executable, HERE / "storm.py", "--program", lab.program, "--minutes", str(minutes), "--shape", shape,
         "--quiet-seconds", str(rest)], capture_output=True, text=True)
    lines = storm.stdout.splitlines()
    print("\n".join(f"     {line}" for line in lines))
    verdicts = [line for line in lines if line.startswith(("ok  ", "FAIL"))]
    check(verdicts, "15: the storm came to its end", storm.stderr[-300:])
    for line in verdicts:
        # In a few seconds memory tells of caches, and on a busy machine latency of other programs.
        if lab.long or not line[5:].startswith(("memory", "/healthz within")):
            check(line.startswith("ok"), f"15: {line[5:]}")
