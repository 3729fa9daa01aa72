import unittest

from peers import growth, report
from peers.jobs import Goal, Job, Measurement, Program, Row, median


def job(goals) -> Job:
    programs = [Program(name, name, lambda folder: Measurement(0, 0)) for name in ("kindred", "slow", "slower")]
    return Job("similarity", "1m", "seconds", programs, goals)


def rows():
    for program, times in (("kindred", (1, 2, 9)), ("slow", (10, 12, 11)), ("slower", (40, 40, 40))):
        for repetition, seconds in enumerate(times, 1):
            agrees = program != "slower"
            yield Row("similarity", "1m", program, "1.0", repetition, seconds, 5_000_000, 0.5, "difference", agrees)


class ReportTests(unittest.TestCase):
    def test_medians(self):
        self.assertEqual(median(list(rows()), "similarity", "1m", "kindred"), 2)

    def test_goals_are_held_against_the_best_peer_or_a_named_one(self):
        found = list(rows())
        verdicts = [
            report.verdict(goal, job([goal]), found)
            for goal in (
                Goal(factor=5), Goal(factor=6), Goal(factor=20, peer="slower"), Goal(seconds=1.5),
                Goal(factor=0.25, peer="slow", program="slower"))]
        self.assertEqual(
            [text.split(": ")[-1].split()[0] for text in verdicts],
            ["reached", "missed", "reached", "missed", "reached"])

    def test_the_page_tells_who_does_not_agree(self):
        page = report.page([job([Goal(factor=6)])], list(rows()), {"CPU": "one"}, "script/bench peers", None)
        self.assertEqual(page.count("does not agree"), 1)
        self.assertIn("| slow | 1.0 | 11 | 5.5 | 5 |", page)


class GrowthTests(unittest.TestCase):
    def test_power_law(self):
        exponent, factor = growth.power_law([1, 10], [2, 200])
        self.assertAlmostEqual(exponent, 2)
        self.assertAlmostEqual(factor, 2)

    def test_prediction_extends_the_power_law_over_the_work(self):
        works = {
            "1m": growth.Work(1_000_000, 6_000, 4_000, 1e9), "10m": growth.Work(10_000_000, 70_000, 10_000, 1e11)}
        fit = growth.fits({"similarity": {"1m": 0.1, "10m": 10.0}}, works)[0]
        self.assertAlmostEqual(fit.exponent, 2)
        self.assertAlmostEqual(fit.work_exponent, 1)
        self.assertAlmostEqual(fit.predicted, 1e11 * 100 * 1e-10, places=6)
