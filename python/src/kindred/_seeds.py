"""Seeds, as people pass them."""

from __future__ import annotations

from typing import Any, Union

import numpy as np

RandomState = Union[int, np.random.RandomState, np.random.Generator, None]
"""A seed, a generator of NumPy that gives one, or None for one by chance."""


def seed_of(random_state: Any) -> int:
    """The seed.

    Raises:
        ValueError: for something else, or below 0.
    """
    if random_state is None:
        random_state = np.random.default_rng()
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    if isinstance(random_state, (int, np.integer)) and 0 <= random_state < 2**63:
        return int(random_state)
    raise ValueError(f"random_state is {random_state!r}; it has to be a whole number from 0, a generator of NumPy or None")
