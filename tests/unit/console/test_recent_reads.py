"""Reads that were recorded a moment ago (access-log#what-is-recorded)."""

from __future__ import annotations

from console.edge.recent_reads import READS_MAX, WINDOW_SECONDS, Read, RecentReads

READ: Read = ("ann", "session-1", "192.0.2.1", "/switches/x?", 200)


def test_a_read_is_recorded_again_after_the_window() -> None:
    """Within the window one entry is enough; then there is another one, and another caller has its own."""
    seconds = [0.0]
    reads = RecentReads(lambda: seconds[0])
    assert not reads.has(READ)
    reads.add(READ)

    seconds[0] = WINDOW_SECONDS - 1
    assert reads.has(READ)
    assert not reads.has(("bob", *READ[1:]))
    seconds[0] = WINDOW_SECONDS
    assert not reads.has(READ)


def test_memory_is_bounded() -> None:
    """The read that was recorded longest ago is forgotten first, and recorded again."""
    reads = RecentReads(lambda: 0.0)
    for number in range(READS_MAX + 1):
        reads.add((*READ[:3], f"/{number}", 200))

    assert not reads.has((*READ[:3], "/0", 200))
    assert reads.has((*READ[:3], "/1", 200))
