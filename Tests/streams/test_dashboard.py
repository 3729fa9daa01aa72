"""The dashboard while ratings come from Kafka, in a browser."""

import os
import shutil
import subprocess

from lib import ROOT, Skipped, check


def test_dashboard(lab):
    """A rating from Kafka is in the table of the dashboard within two seconds; its source and the error of new ratings are shown"""
    python = os.environ.get("KINDRED_PYTHON")
    if not python or not shutil.which("chromedriver"):
        raise Skipped("a browser, and the Python of the oracles")
    broker = lab.broker(ratings=1)
    store = lab.folder / "dashboard.sqlite"
    lab.kindred("import", ROOT / "data/sample", "--store", store, "--quiet")
    _, address = lab.serve(store, broker, "--models", "als,popularity")
    rating = lab.folder / "one.csv"
    rating.write_text("userId,movieId,rating,timestamp\nstranger,1,4,1700000000\n")
    run = subprocess.run(
        [python, ROOT / "Tests/oracles/service/stream_page.py", address, lab.folder, lab.program, "publish", rating,
         "--kafka", broker.address, "--quiet"], capture_output=True, text=True, timeout=120, check=False)
    check(run.returncode == 0, "the dashboard follows Kafka", run.stdout or run.stderr)
