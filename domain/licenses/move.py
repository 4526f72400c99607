"""The license-move log: one event per chunk of users, one stream per pass, no aggregate to load.

A chunk's version is its number plus one, so lanes that write in parallel never meet, and a redelivered chunk
meets its own event. What happened to each user is in rows beside the log; the event holds their digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import license_move_stream_id
from domain.kernel.recorded import LogEvent, Meta, stored

#: UUIDs compare as their numbers do.
_number, _position = attrgetter("int"), attrgetter("position")
#: Users in one chunk at most (switch#licenses).
CHUNK_SIZE_MAX = 500


#: Slices of one pass at most: each costs six events of the workflow's history.
SLICES_MAX = 50


def slice_size(users: int, *, wanted: int) -> int:
    """Return the users of one slice, a whole number of chunks, so that the history stays small at any size.

    Args:
        users: Users of the whole pass.
        wanted: Users of a slice by the settings; more where that would make too many slices.
    """
    chunks_needed = -(-users // (SLICES_MAX * CHUNK_SIZE_MAX))
    return max(1, wanted // CHUNK_SIZE_MAX, chunks_needed) * CHUNK_SIZE_MAX


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveRow:
    """What happened to one user of a chunk."""

    position: int
    batch_no: int
    user_key: UUID
    from_plan: str
    to_plan: str
    #: moved, failed, skipped, gone ... (the license activity's words).
    outcome: str
    #: Service settings (switch#services): restored, without a counterpart, granted anew.
    kept: tuple[str, ...] = ()
    no_counterpart: tuple[str, ...] = ()
    newly_granted: tuple[str, ...] = ()
    #: Services that went off with others, as nothing that they need is on; of a member whom a group could not
    #: give the plan, those for which it could not.
    dependents: tuple[str, ...] = ()
    #: Our word for why it failed, or "".
    error: str = ""
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str = ""
    text: str = ""
    request_id: str = ""

    def line(self) -> str:
        """Return the canonical text that the chunk's digest covers."""
        settings = f"{joined(self.kept)}|{joined(self.no_counterpart)}|{joined(self.newly_granted)}"
        plans = f"{self.from_plan}|{self.to_plan}|{self.outcome}"
        # What was not kept of before is not in the digests of before.
        if self.dependents:
            settings += f"|{joined(self.dependents)}"
        answer = f"|{self.code}|{self.text}|{self.request_id}" if self.code or self.text else ""
        return f"{self.position}|{self.batch_no}|{self.user_key}|{plans}|{settings}|{self.error}{answer}\n"


@stored("license-move.group-moved")
@dataclass(frozen=True)
class GroupMoved(LogEvent):
    """A chunk of users was worked through; failures inside it are counted, not hidden."""

    switch_id: str
    pass_name: str
    group_number: int
    first_position: int
    count: int
    moved: int
    failed: int
    #: One entry per batch of 20, as the license activity reports it.
    batches: list[dict[str, Any]]
    #: sha256 of what was asked: users and target; recognizes a redelivery.
    input_digest: str
    #: sha256 of what came out, over the rows.
    detail_digest: str
    meta: dict[str, Any]


def chunk_moved(
    *,
    switch_id: str,
    pass_name: str,
    group_number: int,
    input_digest: str,
    rows: Sequence[MoveRow],
    batches: Sequence[dict[str, Any]],
    at: datetime,
    meta: Meta,
) -> GroupMoved:
    """Build the event of one chunk from its rows; `moved` and `failed` count their outcomes.

    Raises:
        InvalidInput: The chunk is empty or larger than CHUNK_SIZE_MAX.
    """
    if not 0 < len(rows) <= CHUNK_SIZE_MAX:
        raise InvalidInput(field="rows", value=len(rows), allowed=f"1 to {CHUNK_SIZE_MAX} rows in a chunk")
    return GroupMoved(
        originator_id=license_move_stream_id(switch_id, pass_name),
        originator_version=group_number + 1,
        timestamp=at,
        switch_id=switch_id,
        pass_name=pass_name,
        group_number=group_number,
        first_position=min(row.position for row in rows),
        count=len(rows),
        moved=sum(row.outcome == "moved" for row in rows),
        failed=sum(row.outcome == "failed" for row in rows),
        batches=list(batches),
        input_digest=input_digest,
        detail_digest=detail_digest(rows),
        meta=meta.as_facts(),
    )


def detail_digest(rows: Iterable[MoveRow]) -> str:
    """Return sha256 over the rows in order of position."""
    digest = hashlib.sha256()
    digest.update("".join(row.line() for row in sorted(rows, key=_position)).encode())
    return digest.hexdigest()


@lru_cache(maxsize=4096)
def joined(service_plan_ids: tuple[str, ...]) -> str:
    """Return service plans as digests write them, sorted; many users share the same few lists."""
    return ",".join(sorted(service_plan_ids))


def input_digest(user_keys: Iterable[UUID], *, from_plan: str, to_plan: str) -> str:
    """Return sha256 over what a chunk was asked to do: which users, from which plan, to which."""
    digest = hashlib.sha256(f"{from_plan}|{to_plan}\n".encode())
    lines = [f"{user_key}\n" for user_key in sorted(user_keys, key=_number)]
    digest.update("".join(lines).encode())
    return digest.hexdigest()
