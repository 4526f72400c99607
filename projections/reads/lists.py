"""Queries of the lists that people page through: one page, how many match, and counts of each kind.

A list is ordered by what never changes of its rows, so that a reader who turns pages meets each row once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import FIND_ID, is_whole_id
from domain.requests.checkout import STATES
from domain.switch.stage import Stage
from projections.board.stages import ATTENTION, ATTENTION_STAGES, ENDED, RUNNING, stage_word
from projections.reads.list_filters import OF_DRAFTS, condition_of
from projections.reads.switch_search import CANDIDATES_MAX, PREFIX_MIN, SCOPE, beginnings
from projections.reads.visible import CHECKOUT_BOARD, IS_OF_VISIBLE_SWITCH, SWITCH_BOARD
from projections.running.schema import SCHEMA

Row = TypeVar("Row")
_NAMED = f"""
  (lower(organization_id) = %(text)s
   OR (length(%(text)s) >= {PREFIX_MIN} AND starts_with(lower(organization_id), %(text)s)))
"""
_SWITCH_FILTERS = f"""
  {SCOPE}
  AND (%(stage)s::text IS NULL OR stage = %(stage)s)
  AND (%(is_ended)s::boolean IS NULL OR (outcome <> '') = %(is_ended)s)
  AND (%(attention)s::text[] IS NULL OR stage = ANY(%(attention)s)
       OR incomplete_since IS NOT NULL OR alarmed_at IS NOT NULL)
"""
SWITCHES = f"""
SELECT * FROM {SWITCH_BOARD} WHERE {_SWITCH_FILTERS}
  AND (%(after_at)s::timestamptz IS NULL
       OR (first_requested_at, switch_id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
ORDER BY first_requested_at DESC, switch_id DESC LIMIT %(limit)s
"""  # noqa: S608  # constants
UNREAD = f"""
SELECT * FROM {SWITCH_BOARD}
WHERE lower(organization_id) = lower(%(organization_id)s) AND outcome = '{Stage.COMPLETED}'
  AND notice_read_at IS NULL
ORDER BY first_requested_at DESC, switch_id DESC LIMIT %(limit)s
"""  # noqa: S608  # constants
SWITCHES_COUNT = f"SELECT count(*) AS total FROM {SWITCH_BOARD} WHERE {_SWITCH_FILTERS}"  # noqa: S608
STAGES = f"""
SELECT stage, outcome <> '' AS is_ended, count(*) AS switches,
       count(*) FILTER (WHERE incomplete_since IS NOT NULL OR alarmed_at IS NOT NULL) AS flagged
FROM {SWITCH_BOARD} WHERE {SCOPE}
GROUP BY stage, outcome <> '' ORDER BY stage
"""  # noqa: S608  # a constant
_CHECKOUT_FILTERS = f"""
  (%(organization_id)s::text IS NULL OR organization_id = %(organization_id)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND {condition_of(OF_DRAFTS)}
"""
CHECKOUTS = f"""
SELECT * FROM {CHECKOUT_BOARD} WHERE {_CHECKOUT_FILTERS}
  AND (%(after_at)s::timestamptz IS NULL
       OR (started_at, checkout_id) < (%(after_at)s::timestamptz, %(after_id)s::uuid))
ORDER BY started_at DESC, checkout_id DESC LIMIT %(limit)s
"""  # noqa: S608  # constants
CHECKOUTS_COUNT = f"SELECT count(*) AS total FROM {CHECKOUT_BOARD} WHERE {_CHECKOUT_FILTERS}"  # noqa: S608
_EVENTS_AFTER = f"""
SELECT event.* FROM {SCHEMA}.switch_timeline AS event
WHERE event.position > %(after)s AND {IS_OF_VISIBLE_SWITCH}
"""  # noqa: S608  # constants
_IN_ORDER = "ORDER BY event.position LIMIT %(limit)s"
#: Events of all switches, those without an accepted request among them, in the order of the log.
CHANGES = f"{_EVENTS_AFTER} {_IN_ORDER}"
#: Events of some of the switches that are shown.
CHANGES_OF = f"""
{_EVENTS_AFTER} AND event.switch_id IN (SELECT switch_id FROM {SWITCH_BOARD} WHERE {SCOPE}) {_IN_ORDER}
"""  # noqa: S608  # constants
#: Organizations of the lists whose id is a text, or begins with it.
ORGANIZATIONS = f"""
SELECT organization_id FROM {SWITCH_BOARD} WHERE {_NAMED}
UNION SELECT organization_id FROM {CHECKOUT_BOARD} WHERE {_NAMED}
ORDER BY organization_id LIMIT {CANDIDATES_MAX + 1}
"""  # noqa: S608  # constants
_ORGANIZATION = (
    f"the directory id of an organization, or the first {PREFIX_MIN} characters or more of one that has a "
    "switch or a checkout, or its whole name, as billing or its directory has it"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    #: What the next page begins after; None: this is the last one.
    next_id: str | None
    #: Rows that match the filters, on all pages.
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StageCount:
    """Switches in one stage."""

    stage: str
    is_ended: bool
    switches: int
    #: How many of them lack events in what is shown, or call for somebody.
    flagged: int

    @property
    def attention(self) -> int:
        """Return how many of them wait for an operator."""
        return self.switches if self.stage in ATTENTION_STAGES else self.flagged


def by_stage(stages: Sequence[StageCount]) -> dict[str, int]:
    """Return how many switches are in each stage; one name may stand for ended and for running ones."""
    counts: dict[str, int] = {}
    for each in stages:
        counts[each.stage] = counts.get(each.stage, 0) + each.switches
    return counts


def counts_of(stages: Sequence[StageCount]) -> dict[str, Any]:
    """Return the counts of a list of switches, over all of its pages.

    Args:
        stages: Switches by stage.
    """
    return {
        "all": sum(each.switches for each in stages),
        RUNNING: sum(each.switches for each in stages if not each.is_ended),
        ENDED: sum(each.switches for each in stages if each.is_ended),
        ATTENTION: sum(each.attention for each in stages),
        "stages": by_stage(stages),
    }


def organization_filter(
    text: str | None, matches: Sequence[str], *, field: str = "organization"
) -> dict[str, Any]:
    """Return the parameter of a filter by organization; None filters nothing.

    Args:
        text: An id in any spelling, its beginning, or a name.
        matches: Organizations of the lists whose id is this, or begins so; or the one of this name.
        field: Name of what was given, for a refusal.

    Raises:
        InvalidInput: It is no id and none begins so, or several do.
    """
    if text is None:
        return {"organization_id": None}
    whole = next((each for each in matches if each.lower() == text.strip().lower()), None)
    if whole is None and len(matches) > 1:
        raise InvalidInput(field=field, value=text, allowed=beginnings(matches), remedy=FIND_ID)
    known = whole or next(iter(matches), None)
    if known is None and not is_whole_id(text.strip()):
        raise InvalidInput(field=field, value=text, allowed=_ORGANIZATION, remedy=FIND_ID)
    return {"organization_id": known or text.strip().lower()}


def stage_filter(stage: str | None) -> dict[str, Any]:
    """Return the parameters of a filter by stage, or by a group of stages; None filters nothing.

    Raises:
        InvalidInput: No stage is called so.
    """
    word = None if stage is None else stage_word(stage)
    is_group = word in {RUNNING, ENDED, ATTENTION}
    return {
        "stage": None if is_group else word,
        "is_ended": {RUNNING: False, ENDED: True}.get(word or ""),
        "attention": list(ATTENTION_STAGES) if word == ATTENTION else None,
    }


def state_filter(state: str | None) -> dict[str, Any]:
    """Return the parameter of a filter by the state of a draft; None filters nothing.

    Raises:
        InvalidInput: There is no such state.
    """
    word = None if state is None else state.strip().casefold()
    if word is not None and word not in STATES:
        raise InvalidInput(field="state", value=state, allowed=f"one of {', '.join(STATES)}")
    return {"state": word}
