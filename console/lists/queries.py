"""Filters of lists as queries of the API: anything that a list shows (api-data#filters)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, cast

from fastapi import Depends, Query

from console.access.dependencies import Console
from domain.kernel.limits import TEXT_MAX
from projections.reads.list_filters import DraftFilters, EventFilters
from projections.reads.switch_search import SwitchChoice

_MOMENT_MAX = 40
OrganizationQuery = Annotated[
    str | None,
    Query(
        max_length=TEXT_MAX,
        description="Directory id of an organization, its first 8 characters, or its name",
    ),
]
SubscriptionQuery = Annotated[
    str | None,
    Query(
        max_length=TEXT_MAX, description="Id of the old or the new subscription, or its first 8 characters"
    ),
]
FindQuery = Annotated[
    str | None,
    Query(
        max_length=TEXT_MAX,
        description="Id of a switch, of its old or new subscription or of its organization, the first 8 "
        "characters of one, or the organization's name",
    ),
]
_PlanQuery = Annotated[
    str | None, Query(max_length=TEXT_MAX, description="Id, part number, name or alias of a plan")
]
_EqualQuery = Annotated[
    str | None, Query(max_length=TEXT_MAX, description="The whole value as rows have it, in any case")
]
_FromQuery = Annotated[
    str | None,
    Query(max_length=_MOMENT_MAX, description="First day (UTC), or first instant with its time zone"),
]
_ToQuery = Annotated[
    str | None,
    Query(max_length=_MOMENT_MAX, description="Last day (UTC), or the instant before which, with time zone"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class _SwitchQuery:
    """What a list of switches is filtered by, beside its stage."""

    organization: OrganizationQuery = None
    subscription: SubscriptionQuery = None
    find: FindQuery = None
    plan: Annotated[str | None, Query(max_length=TEXT_MAX, description="The old or the new plan")] = None
    source_plan: _PlanQuery = None
    target_plan: _PlanQuery = None
    requested_by: _EqualQuery = None
    waits_for: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="Part of the words of what is waited for")
    ] = None
    outcome: _EqualQuery = None
    error_code: _EqualQuery = None
    credit_check: _EqualQuery = None
    alarm: _EqualQuery = None
    promise_missed: _EqualQuery = None
    currency: _EqualQuery = None
    licenses_only: Annotated[bool | None, Query(description="Only licenses move; nothing is ordered")] = None
    requested_from: _FromQuery = None
    requested_to: _ToQuery = None
    changed_from: _FromQuery = None
    changed_to: _ToQuery = None
    ended_from: _FromQuery = None
    ended_to: _ToQuery = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _DraftQuery:
    """What a list of checkouts is filtered by, beside organization and state."""

    target_plan: _PlanQuery = None
    payment_method: _EqualQuery = None
    credit_check: _EqualQuery = None
    started_by: _EqualQuery = None
    changed_by: _EqualQuery = None
    refusal_code: _EqualQuery = None
    started_from: _FromQuery = None
    started_to: _ToQuery = None
    changed_from: _FromQuery = None
    changed_to: _ToQuery = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _EventQuery:
    """What a timeline is filtered by."""

    event: _EqualQuery = None
    stage: _EqualQuery = None
    actor: _EqualQuery = None
    at_from: _FromQuery = None
    at_to: _ToQuery = None


def choice_of(console: Console, query: Annotated[_SwitchQuery, Depends()]) -> SwitchChoice:
    """Return which switches a list is asked for.

    Raises:
        UnknownPlan: No plan is called so.
        AmbiguousPlan: Several are.
    """
    facts = asdict(query)
    facts["organization_id"] = facts.pop("organization")
    return cast("SwitchChoice", facts | _plan_ids(console, facts))


def drafts_of(console: Console, query: Annotated[_DraftQuery, Depends()]) -> DraftFilters:
    """Return which checkouts a list is asked for.

    Raises:
        UnknownPlan: No plan is called so.
        AmbiguousPlan: Several are.
    """
    facts = asdict(query)
    return cast("DraftFilters", facts | _plan_ids(console, facts))


def events_of(query: Annotated[_EventQuery, Depends()]) -> EventFilters:
    """Return which events of a timeline are asked for."""
    return cast("EventFilters", asdict(query))


def _plan_ids(console: Console, facts: dict[str, str | None]) -> dict[str, str]:
    """Return the ids of the plans that filters name in any way."""
    names = {name: facts.get(name) for name in ("plan", "source_plan", "target_plan")}
    return {name: console.catalog.find(text).plan_id for name, text in names.items() if text is not None}


Switches = Annotated[SwitchChoice, Depends(choice_of)]
Drafts = Annotated[DraftFilters, Depends(drafts_of)]
Events = Annotated[EventFilters, Depends(events_of)]
