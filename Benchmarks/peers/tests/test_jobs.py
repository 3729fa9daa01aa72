import subprocess
import tempfile
import unittest
from pathlib import Path

from peers.jobs import Agreement, Goal, Job, Measurement, Program, run


def program(name, turns):
    def measure(folder):
        turns.append(name)
        if name == "broken":
            raise subprocess.CalledProcessError(1, name)
        return Measurement(len(turns), 0)

    return Program(name, name, measure)


class JobTests(unittest.TestCase):
    def test_programs_take_turns_and_one_that_fails_is_left_out(self):
        turns: list[str] = []
        job = Job(
            "job", "1m", "seconds", [program(name, turns) for name in ("kindred", "peer", "broken")],
            [Goal(peer="peer"), Goal(peer="broken")], lambda mine, other: Agreement(1, mine.name + other.name, True), 2)
        with tempfile.TemporaryDirectory() as folder:
            after, rows = run(job, Path(folder), lambda package: "1.0")
        self.assertEqual(turns, ["kindred", "peer", "broken", "kindred", "peer"])
        self.assertEqual([row.program for row in rows], ["kindred", "peer", "kindred", "peer"])
        self.assertEqual([row.agreement_text for row in rows], ["kindredkindred", "kindredpeer", "", ""])
        self.assertEqual([goal.peer for goal in after.goals], ["peer"])
        self.assertIn("broken failed", after.notes[0])
