"""Blocks of users and the tasks that compare each with each."""

from __future__ import annotations

from typing import Any

from .errors import KindredError

Task = tuple[int, int, str]


def deal(place: Any, blocks: int) -> Any:
    """The block of the user at a place by falling activity, of numbers or columns: to and fro, heavy and light users alike."""
    at = place % blocks
    return at + (place - at) / blocks % 2 * (blocks - 1 - 2 * at)


def refuse_beyond(most: int, products: int, ratings: int, blocks: int) -> None:
    """Raises with the cost of more products than `most`: a core-second for 3·10⁹, and 6 bytes · ratings · blocks shipped."""
    if products > most:
        raise KindredError(
            f"{products:.1e} products would take about {products / 3e9 / 3600:,.0f} core-hours and ship "
            f"{6 * ratings * blocks / 1e12:,.1f} TB: leave out the most popular items, which have most of the products, "
            "or insist by --any-size"
        )


def waves(blocks: int) -> list[list[Task]]:
    """The tasks (block, other block, pairing): every pair of blocks once, and every block with itself.

    Those with themselves are paired two and two ("within", −1: no other), for they are half as much work. Up to 16 blocks there
    is one wave; above, the cyclic distances of the waves double: 0, 1, 2–3, 4–7 …, so that each wave has floors by the last.
    """
    found: list[list[Task]] = [[(a, a + 1 if a + 1 < blocks else -1, "within") for a in range(0, blocks, 2)]]
    for distance in range(1, blocks // 2 + 1):
        if blocks > 16 and distance & (distance - 1) == 0:
            found.append([])
        firsts = blocks // 2 if 2 * distance == blocks else blocks
        found[-1] += [(a, (a + distance) % blocks, "across") for a in range(firsts)]
    return found


def block_count(ratings: int, users: int, neighbors: int, slots: int, memory: int) -> int:
    """The least number of blocks of which a worker's memory holds two, and whose tasks keep the slots at work.

    Up to 16 blocks, which come in one wave, slots are to work seven eighths of the time; above, three tasks for each do.
    """
    blocks = max(1, -(-2 * (28 * ratings + 20 * users * neighbors) // memory))
    while busy(blocks, slots) < 7 / 8 if blocks <= 16 else blocks * blocks < 6 * slots:
        blocks += 1
    return max(1, min(blocks, users))


def busy(blocks: int, slots: int) -> float:
    """The share of time that slots work: a task in each until none is left; of odd blocks, the last diagonal is half a task.

    6 blocks are 18 tasks, which keep 20 slots busy for 0.9 of the time. 3 are 4.5 tasks: 0.75 on 4 slots.
    """
    tasks, half = divmod(blocks * blocks, 2)
    rounds, rest = divmod(tasks, slots)
    return (tasks + half / 2) / slots / (rounds + (1 if rest else half / 2))
