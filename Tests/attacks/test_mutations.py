"""15.3: one byte or value that changed is refused, recomputed or without effect. `mutations.py` makes more of them."""

import collections

from lib import check
from mutations import GOOD, Mutations, table

SEED = 15


def test_mutations(lab):
    """15.3: no single change of a store or of a saved model is served, crashes or hangs"""
    ends = collections.Counter()
    for index, kind, end, what in Mutations(lab, SEED).examine_all(range(500 if lab.long else 60)):
        ends[kind, end] += 1
        if end not in GOOD:
            check(False, f"15.3: mutation {SEED}-{index} ends as {end}", what)
    check(all(end in GOOD for _, end in ends), "15.3: all mutations are refused, recomputed or without effect", dict(ends))
    print(table(ends))
