"""Gaps in the ids of sealed calls: where a call lies that was committed after its neighbors.

Most gaps stay empty for ever, since a save that failed has used up its ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from store.record.seals import RunKind, SealRun

#: Newest gaps that each round looks into; the first one of a process looks into all.
GAPS_MAX = 1_000

#: First and last id.
Gap = tuple[int, int]


class CallGaps:
    """The gaps below the greatest sealed id of a call."""

    def __init__(self, gaps: Iterable[Gap] | None = None, *, last_id: int = 0) -> None:
        """Take the gaps.

        Args:
            gaps: In the order of their ids; None: they are not known yet.
            last_id: The greatest sealed id.
        """
        self.is_known = gaps is not None
        self._gaps = list(gaps or ())
        self._last_id = last_id
        self._looks_into_all = True

    def to_look_into(self) -> list[Gap]:
        """Return the gaps where a call may have come late."""
        return self._gaps if self._looks_into_all else self._gaps[-GAPS_MAX:]

    def looked(self, *, is_whole: bool) -> None:
        """Note whether everything in these gaps was read."""
        self._looks_into_all = self._looks_into_all and not is_whole

    def add(self, runs: Iterable[SealRun]) -> None:
        """Take in what was sealed."""
        for run in sorted(runs, key=lambda each: each.first_id):
            if run.kind is not RunKind.CALL_RANGE:
                continue
            if run.first_id <= self._last_id:
                self._gaps = [piece for gap in self._gaps for piece in _without(gap, run)]
                continue
            self._gaps += _gap(self._last_id + 1, run.first_id - 1)
            self._last_id = run.last_id


def _without(gap: Gap, run: SealRun) -> Iterator[Gap]:
    """Yield what is left of a gap."""
    first, last = gap
    if run.last_id < first or last < run.first_id:
        yield gap
        return
    yield from _gap(first, run.first_id - 1)
    yield from _gap(run.last_id + 1, last)


def _gap(first: int, last: int) -> list[Gap]:
    return [(first, last)] if first <= last else []
