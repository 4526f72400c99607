"""Whether a figure is flat: a robust line through its samples, and how far it rises along them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import median

#: A rise of more, from the beginning to the end of the judged time, is growth.
RISE_PERCENT_MAX = 5.0
Sample = tuple[float, float]


def rise_percent(samples: Sequence[Sample]) -> float:
    """Return by how many percent a figure rises from the first to the last sample, by the line through them.

    The slope is the median of the slopes between all pairs of samples (Theil and Sen), so that a few samples
    beside the line move it little.

    Args:
        samples: Pairs of an instant and a figure, in the order of time; two at least.
    """
    slope = median(
        (later - earlier) / (until - since)
        for (since, earlier), (until, later) in combinations(samples, 2)
        if until > since
    )
    first_at, last_at = samples[0][0], samples[-1][0]
    begin = median(figure - slope * (at - first_at) for at, figure in samples)
    return 100 * slope * (last_at - first_at) / begin if begin else 0.0


def slope_per_hour(samples: Sequence[Sample]) -> float:
    """Return by how much a figure rises in an hour, by the same line; instants are in seconds."""
    return 3_600 * median(
        (later - earlier) / (until - since)
        for (since, earlier), (until, later) in combinations(samples, 2)
        if until > since
    )
