"""Filters of lists by anything that their rows show, as somebody typed them; what is None filters nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypedDict

from domain.kernel.errors import InvalidInput

_DAY = timedelta(days=1)
_DAY_CHARACTERS = len("2026-12-24")
_MOMENT = "a day of UTC, such as 2026-12-24, or an instant with its time zone, such as 2026-12-24T10:00:00Z"


class SwitchFilters(TypedDict, total=False):
    """What the rows of switches show beside organization, ids and stage."""

    #: Id of the plan that is left or taken; and of one of the two alone.
    plan: str | None
    source_plan: str | None
    target_plan: str | None
    requested_by: str | None
    #: Part of the words that tell who or what is waited for.
    waits_for: str | None
    outcome: str | None
    error_code: str | None
    credit_check: str | None
    #: Name of an alarm that calls for somebody, and of a promise that was missed.
    alarm: str | None
    promise_missed: str | None
    currency: str | None
    licenses_only: bool | None
    #: A day of UTC or an instant; what is named as the end of a range is not in it, but a day is.
    requested_from: str | None
    requested_to: str | None
    changed_from: str | None
    changed_to: str | None
    ended_from: str | None
    ended_to: str | None


class DraftFilters(TypedDict, total=False):
    """What the rows of checkouts show beside organization and state."""

    target_plan: str | None
    payment_method: str | None
    credit_check: str | None
    started_by: str | None
    changed_by: str | None
    refusal_code: str | None
    started_from: str | None
    started_to: str | None
    changed_from: str | None
    changed_to: str | None


class EventFilters(TypedDict, total=False):
    """What the rows of a timeline show."""

    event: str | None
    stage: str | None
    actor: str | None
    at_from: str | None
    at_to: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """One filter: its name, and the condition that it is in SQL, with its value as `{value}`."""

    name: str
    condition: str
    kind: Literal["text", "boolean", "timestamptz"] = "text"


def _equal(*names: str, **columns: str) -> tuple[Filter, ...]:
    """Return filters whose column is a text in any case; a column may have another name than its filter."""
    pairs = {**{name: name for name in names}, **columns}
    return tuple(
        Filter(name=name, condition=f"lower({column}) = lower({{value}})") for name, column in pairs.items()
    )


def _range(name: str, column: str) -> tuple[Filter, ...]:
    return (
        Filter(name=f"{name}_from", condition=f"{column} >= {{value}}", kind="timestamptz"),
        Filter(name=f"{name}_to", condition=f"{column} < {{value}}", kind="timestamptz"),
    )


#: Filters of switches, of checkouts and of timelines.
OF_SWITCHES = (
    Filter(name="plan", condition="{value} IN (source_plan_id, target_plan_id)"),
    *_equal("requested_by", "outcome", "error_code", "credit_check", "currency"),
    *_equal(source_plan="source_plan_id", target_plan="target_plan_id"),
    Filter(name="waits_for", condition="strpos(lower(waits_for), lower({value})) > 0"),
    Filter(name="alarm", condition="lower({value}) = ANY(alarms)"),
    Filter(name="promise_missed", condition="lower({value}) = ANY(promises_missed)"),
    Filter(name="licenses_only", condition="licenses_only = {value}", kind="boolean"),
    *_range("requested", "first_requested_at"),
    *_range("changed", "updated_at"),
    *_range("ended", "ended_at"),
)
OF_DRAFTS = (
    *_equal("payment_method", "credit_check", "started_by", "changed_by", "refusal_code"),
    *_equal(target_plan="target_plan_id"),
    *_range("started", "started_at"),
    *_range("changed", "changed_at"),
)
OF_EVENTS = (*_equal("event", "stage", "actor"), *_range("at", "at"))


def condition_of(filters: Iterable[Filter]) -> str:
    """Return filters as one condition of SQL, whose parameters may all be NULL."""
    return "\n  AND ".join(
        f"(%({each.name})s::{each.kind} IS NULL"
        f" OR {each.condition.format(value=f'%({each.name})s::{each.kind}')})"
        for each in filters
    )


def parameters_of(filters: Iterable[Filter], choice: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of filters.

    Args:
        filters: One of the tables above.
        choice: Name -> what somebody typed; what is missing, or None, filters nothing.

    Raises:
        InvalidInput: A text is blank, or a moment is none.
    """
    return {each.name: _parameter(each, choice.get(each.name)) for each in filters}


def _parameter(each: Filter, value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        raise InvalidInput(field=each.name, value=value, allowed="a text that is not blank")
    if each.kind == "timestamptz":
        return _moment(text, each.name)
    return text


def _moment(text: str, field: str) -> datetime:
    """Return the instant that a text names; a day is its begin, and as the end of a range the next one's."""
    try:
        if len(text) == _DAY_CHARACTERS:
            begin = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return begin + _DAY if field.endswith("_to") else begin
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(field=field, value=text, allowed=_MOMENT)
