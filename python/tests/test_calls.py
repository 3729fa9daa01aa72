"""How calls end: options, errors, progress; and that the library is the one that is meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import scipy.sparse as sp

import kindred
from kindred import _calls, _library


def test_options_are_lines() -> None:
    assert _calls.options(neighbors=5, min_support=None, nonnegative=True, shrinkage=0.5) == (
        b"neighbors=5\nnonnegative=true\nshrinkage=0.5"
    )
    with pytest.raises(ValueError, match="one line"):
        _calls.options(measure="a\nb")


def test_a_missing_library_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_LIBRARY", "/absent/libkindred.so")
    _library.library.cache_clear()
    try:
        with pytest.raises(OSError, match="install a wheel"):
            _library.library()
        monkeypatch.setenv("KINDRED_LIBRARY", __file__)
        with pytest.raises(OSError, match="test_calls"):
            _library.library()
    finally:
        monkeypatch.undo()
        _library.library.cache_clear()


def test_versions_agree() -> None:
    assert kindred.version() == kindred.__version__
    assert kindred.processor()


def test_a_library_of_another_interface_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_library, "INTERFACE", 999)
    _library.library.cache_clear()
    try:
        with pytest.raises(OSError, match="this package needs 999"):
            _library.library()
    finally:
        monkeypatch.undo()
        _library.library.cache_clear()


def test_structs_are_those_of_the_header() -> None:
    header = Path(__file__).parents[2] / "Sources/Tools/CKindred/include/kindred.h"
    if not header.exists():
        pytest.skip("the header is not beside the package")
    text = re.sub(r"///?[^\n]*", "", header.read_text(encoding="utf-8"))
    structs = {
        "kindred_csr": _library.CSRStruct,
        "kindred_ids": _library.IDsStruct,
        "kindred_snapshot_figures": _library.SnapshotFigures,
        "kindred_model_figures": _library.ModelFigures,
        "kindred_query": _library.QueryStruct,
    }
    for name, struct in structs.items():
        found = re.search(rf"typedef struct {name} \{{(.*?)\}}", text, re.DOTALL)
        assert found, name
        fields = [re.sub(r".*[ *]", "", line.strip()) for line in found[1].split(";") if line.strip()]
        assert fields == [field[0] for field in struct._fields_], name
    declared = set(re.findall(r"\b(kindred_\w+)\(", text))
    assert declared == set(_library.FUNCTIONS)
    for name, (arguments, _) in _library.FUNCTIONS.items():
        found = re.search(rf"\b{name}\((.*?)\)", text, re.DOTALL)
        assert found
        count = 0 if found[1].strip() == "void" else found[1].count(",") + 1
        assert count == len(arguments), name


def test_progress_is_shown_when_asked_for(ratings: sp.csr_matrix, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    kindred.AlternatingLeastSquares(factors=3).fit(ratings)
    assert capsys.readouterr().err == ""
    kindred.AlternatingLeastSquares(factors=3).fit(ratings, show_progress=True)
    assert "AlternatingLeastSquares" in capsys.readouterr().err
