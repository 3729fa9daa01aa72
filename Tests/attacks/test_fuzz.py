"""Mutated requests of all routes; fuzz_client.py goes on for as long as one likes."""

from fuzz_client import Fuzzer
from lib import HERE, check

SEED = 15


def test_fuzz(lab):
    """15: no mutated request is answered with 500, crashes, hangs or makes memory grow"""
    fuzzer = Fuzzer(lab, SEED, HERE.parent.parent / ".build-fuzz/found")
    fuzzer.run(900 if lab.long else 15)
    check(not fuzzer.finds, f"15: mutated requests, seed {SEED}", fuzzer)
