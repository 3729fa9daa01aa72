"""Lists of the best that differ by nothing but ties."""


def differences(found, values, others, other_values, tolerance: float) -> dict:
    """The largest difference of values by rank, and how many rows differ by more than ties.

    A row is right if its values are the same by rank, and if whatever only one of the two lists has is no better than
    the last place: then it stands there for another just as good. Values differ by rounding, up to `tolerance`.
    """
    import numpy

    if found.shape != others.shape:
        raise ValueError(f"lists of shape {found.shape} and {others.shape}")
    apart = numpy.abs(values - other_values)
    wrong = apart.max(axis=1) > tolerance
    for row in numpy.flatnonzero((numpy.sort(found, axis=1) != numpy.sort(others, axis=1)).any(axis=1)):
        last = max(values[row].min(), other_values[row].min())
        for mine, theirs, own in (
            (found[row], others[row], values[row]), (others[row], found[row], other_values[row])):
            wrong[row] |= bool((own[~numpy.isin(mine, theirs)] > last + 2 * tolerance).any())
    return {"difference": float(apart.max()), "wrong_rows": int(wrong.sum())}
