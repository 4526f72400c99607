"""What became of single users in earlier passes, and of keys that were answered no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from psycopg.rows import DictRow

from domain.licenses.license_failures import VendorWords
from domain.licenses.move import MoveRow
from store.core.base import PAGE_SIZE_MAX, StorePart, checked_page_size
from store.core.rows import UNSURE_STATUSES
from store.record.logs import MOVE_COLUMNS, move_row

_ROWS = """
SELECT pass_name, position, user_key, from_plan, outcome, error, code, text, request_id, dependents
FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND user_key = ANY(%(user_keys)s)
"""
#: One pass over the rows, which have no index by user.
_USERS = """
SELECT count(DISTINCT user_key) AS users FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND pass_name = ANY(%(passes)s)
"""
_FAILED_USERS = """
SELECT DISTINCT user_key FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND outcome = 'failed' LIMIT %(limit)s
"""
_NEWEST_ROWS = f"""
SELECT {MOVE_COLUMNS} FROM planswitch.license_move AS one
WHERE switch_id = %(switch_id)s::uuid AND pass_name = %(pass_name)s
    AND position > %(after)s AND position <= %(until)s
    AND NOT EXISTS (
        SELECT FROM planswitch.license_move AS later
        WHERE later.switch_id = one.switch_id AND later.pass_name = ANY(%(later)s)
            AND later.user_key = one.user_key
    )
ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  # a constant
_LAST_POSITION = """
SELECT max(position) AS position FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND pass_name = %(pass_name)s
"""
#: Rows of drift stand beside the moves, under names that no pass of moves has.
_DRIFTED = """
SELECT user_key, pass_name, outcome FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND user_key = ANY(%(user_keys)s)
    AND outcome <> 'moved' AND pass_name LIKE 'drift-%%'
ORDER BY length(pass_name), pass_name
"""
# One pass over the rows, which have no index by user: a join would be planned by old statistics.
_UNRETURNED = """
SELECT user_key FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND user_key > %(after)s::uuid
GROUP BY user_key
HAVING bool_or(outcome = 'moved' AND pass_name <> ALL(%(back)s::text[]))
    AND NOT bool_or(outcome <> 'failed' AND pass_name = ANY(%(back)s::text[]))
ORDER BY user_key LIMIT %(limit)s
"""
#: A success that holds an error is a refusal; without one it has a code only where it can't be read.
_SAID_NO = "status BETWEEN 200 AND 299 AND code NOT IN ('', 'UNREADABLE')"
_REFUSED_KEYS = f"""
SELECT key FROM planswitch.provider_call
WHERE switch_id = %(switch_id)s::uuid AND key <> '' GROUP BY key
HAVING bool_or(status BETWEEN 400 AND 499 AND status <> ALL(%(unsure)s) AND status <> 429 OR {_SAID_NO})
    AND NOT bool_or((status < 400 OR status >= 500 OR status = ANY(%(unsure)s)) AND NOT ({_SAID_NO}))
"""  # noqa: S608  # a constant

_REFUSED = ("code", "text", "request_id", "tries", "pass_name", "position")


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedUser:
    """Why a user could not be moved."""

    #: Code of rules#license-failures.
    error: str
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str
    text: str
    request_id: str
    #: Ids of services for which a group could not give the plan, as nothing that they need is on.
    dependents: tuple[str, ...]
    #: Passes that tried it, and the place in the newest of them.
    tries: int
    pass_name: str
    position: int


class OutcomeStore(StorePart):
    """Outcomes of users by switch; codes of failures are those of today, whenever a row was saved.

    `passes` are names of passes, the oldest first. `user_keys` are few, since the rows have no index by user.
    """

    words: VendorWords

    def latest_outcomes(
        self, switch_id: str, user_keys: Sequence[UUID], passes: Sequence[str]
    ) -> dict[UUID, str]:
        """Return the outcome of each user's newest pass; users without a row are left out."""
        latest = self._latest(switch_id, user_keys, passes)
        return {user_key: row["outcome"] for user_key, row in latest.items()}

    def last_outcomes(
        self, switch_id: str, passes: Sequence[str], pass_name: str, *, after_position: int, limit: int
    ) -> tuple[MoveRow, ...]:
        """Return one page of a pass: the users who are in no later pass, in order of position.

        `after_position` is that of the last row before, -1 for the first; `limit` is PAGE_SIZE_MAX at most.
        """
        checked_page_size(limit)
        later = list(passes[passes.index(pass_name) + 1 :])
        rows: list[MoveRow] = []
        # Without its end a range would be read and sorted whole for each page of it. It widens where most are
        # in a later pass, as after a roll-back.
        width, end = limit, self._last_position(switch_id, pass_name)
        while after_position < end and len(rows) < limit:
            facts = {"switch_id": switch_id, "pass_name": pass_name, "later": later}
            bounds = {"after": after_position, "until": after_position + width, "limit": limit - len(rows)}
            rows += [move_row(row) for row in self._rows(_NEWEST_ROWS, facts | bounds)]
            after_position, width = after_position + width, width * 2
        return tuple(replace(row, error=self.words.code_of(row.error)) for row in rows)

    def _last_position(self, switch_id: str, pass_name: str) -> int:
        (row,) = self._rows(_LAST_POSITION, {"switch_id": switch_id, "pass_name": pass_name})
        return -1 if row["position"] is None else int(row["position"])

    def count_users(self, switch_id: str, passes: Sequence[str]) -> int:
        """Return with how many users the passes dealt, each counted once."""
        (row,) = self._rows(_USERS, {"switch_id": switch_id, "passes": list(passes)})
        return int(row["users"])

    def tries(self, switch_id: str, user_keys: Sequence[UUID], passes: Sequence[str]) -> dict[UUID, int]:
        """Return how many passes dealt with each user in the direction of the newest one."""
        return {key: row["tries"] for key, row in self._latest(switch_id, user_keys, passes).items()}

    def drifted_users(self, switch_id: str, user_keys: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
        """Return the newest drift of each user, as name of its pass and of its count; others are left out."""
        if not user_keys:
            return {}
        rows = self._rows(_DRIFTED, {"switch_id": switch_id, "user_keys": list(user_keys)})
        return {row["user_key"]: (row["pass_name"], row["outcome"]) for row in rows}

    def unresolved_users(self, switch_id: str, passes: Sequence[str]) -> dict[UUID, RefusedUser]:
        """Return users whom no pass could move so far, and why; PAGE_SIZE_MAX at most."""
        failed = self._rows(_FAILED_USERS, {"switch_id": switch_id, "limit": PAGE_SIZE_MAX})
        latest = self._latest(switch_id, [row["user_key"] for row in failed], passes)
        return {key: self._refused(row) for key, row in latest.items() if row["outcome"] == "failed"}

    def _refused(self, row: DictRow) -> RefusedUser:
        facts = {name: row[name] for name in _REFUSED}
        return RefusedUser(
            error=self.words.code_of(row["error"]), dependents=tuple(row["dependents"]), **facts
        )

    def unreturned_users(
        self, switch_id: str, back: Sequence[str], *, after: UUID, limit: int
    ) -> tuple[UUID, ...]:
        """Return one page of users who were moved and whose return no pass recorded, in order of their key.

        `back` names the passes of the way back, `after` is the last user of the page before, and `limit` is
        PAGE_SIZE_MAX at most.
        """
        parameters = {
            "switch_id": switch_id,
            "back": list(back),
            "after": after,
            "limit": checked_page_size(limit),
        }
        return tuple(row["user_key"] for row in self._rows(_UNRETURNED, parameters))

    def _latest(
        self, switch_id: str, user_keys: Sequence[UUID], passes: Sequence[str]
    ) -> dict[UUID, DictRow]:
        if not user_keys:
            return {}
        order = {name: number for number, name in enumerate(passes)}
        rows = self._rows(_ROWS, {"switch_id": switch_id, "user_keys": list(user_keys)})
        known = sorted(
            (row for row in rows if row["pass_name"] in order), key=lambda row: order[row["pass_name"]]
        )
        ways = Counter((row["user_key"], row["from_plan"]) for row in known)
        return {row["user_key"]: {**row, "tries": ways[row["user_key"], row["from_plan"]]} for row in known}

    def refused_keys(self, switch_id: str) -> frozenset[str]:
        """Return the idempotency keys under which a provider answered no; they must not be sent again.

        A provider may repeat its recorded refusal for ever under the same key. A key that may have had its
        effect is kept whatever came later: no answer, a server's error, success, a conflict (409), a request
        to wait (408, 425). Throttling (429) had none: it ends no key, and keeps none from being ended.
        """
        parameters = {"switch_id": switch_id, "unsure": list(UNSURE_STATUSES)}
        return frozenset(row["key"] for row in self._rows(_REFUSED_KEYS, parameters))
