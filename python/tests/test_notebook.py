"""The quick start runs as it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks-export" / "python-quick-start.ipynb"


def test_the_quick_start_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    if not NOTEBOOK.exists():
        pytest.skip("the notebook is not beside the package")
    pytest.importorskip("pandas")
    monkeypatch.setenv("KINDRED_RATINGS", str(ROOT / "data" / "sample"))
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    printed = capsys.readouterr().out
    assert "communities, modularity 0." in printed
    assert "most of it from" in printed
    assert set(names["report"].mean("rmse")) == {"als", "knn"}
