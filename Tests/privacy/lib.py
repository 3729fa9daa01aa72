"""What the tests of privacy share: the lab of the tests of sinks, with stores, services and doubles of Elasticsearch.

A test is a function `test_…(lab)` in a file `test_….py`; its doc comment says what must hold.
"""

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import runner  # noqa: E402
from checks import check  # noqa: E402, F401
from runner import ENVIRONMENT, ROOT, Skipped, wait  # noqa: E402, F401


def beside(folder):
    """The lib.py of another folder of tests."""
    spec = importlib.util.spec_from_file_location(f"{folder}_lib", HERE.parent / folder / "lib.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


sinks = beside("sinks")
Lab, ask, query = sinks.Lab, sinks.ask, sinks.query
