"""An endpoint: where webhooks go, of which types and organizations, and its state (webhooks#endpoints)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.webhooks.event_types import TYPE_OF_NAME, WebhookMessage

#: Endpoints of an installation that are not removed.
ENDPOINTS_MAX = 100
#: Organizations that one endpoint names.
ORGANIZATIONS_MAX = 1_000
#: How long the secret before signs too after a roll, where nobody says otherwise, and at most.
OVERLAP_HOURS, OVERLAP_HOURS_MAX = 24, 168
_NAMES_SHOWN = 5


class UnknownWebhook(PlanSwitchError):
    """No endpoint or delivery of webhooks has this id."""

    code = "UNKNOWN_WEBHOOK"


class WebhookDisabled(PlanSwitchError):
    """The endpoint is disabled: nothing is sent until somebody enables it."""

    code = "WEBHOOK_DISABLED"


class ActKind(StrEnum):
    """What was done with an endpoint; the words are stored."""

    CREATED = "created"
    CHANGED = "changed"
    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"
    SECRET_ROLLED = "secret_rolled"  # noqa: S105 - a word, no secret
    TESTED = "tested"
    REPLAYED = "replayed"


class EndpointState(StrEnum):
    """How an endpoint stands."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"


#: Act -> the state that it leads to.
STATES: Mapping[ActKind, EndpointState] = {
    ActKind.CREATED: EndpointState.ENABLED,
    ActKind.ENABLED: EndpointState.ENABLED,
    ActKind.DISABLED: EndpointState.DISABLED,
    ActKind.REMOVED: EndpointState.REMOVED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointSettings:
    """What an operator decides about an endpoint."""

    url: str
    description: str = ""
    #: Names of webhook events; none: all, those of later versions too.
    event_types: tuple[str, ...] = ()
    #: Directory ids; none: every organization.
    organizations: tuple[str, ...] = ()

    def as_facts(self) -> dict[str, Any]:
        """Return the plain dictionary that is stored."""
        return {
            "url": self.url,
            "description": self.description,
            "event_types": list(self.event_types),
            "organizations": list(self.organizations),
        }

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> EndpointSettings:
        """Return what was stored."""
        return cls(
            url=facts["url"],
            description=facts["description"],
            event_types=tuple(facts["event_types"]),
            organizations=tuple(facts["organizations"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointChanges:
    """Settings that are to be otherwise; None leaves one as it is."""

    url: str | None = None
    description: str | None = None
    event_types: tuple[str, ...] | None = None
    organizations: tuple[str, ...] | None = None

    def of(self, settings: EndpointSettings) -> EndpointSettings:
        """Return settings with these changes."""
        changed = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(settings, **{name: value for name, value in changed.items() if value is not None})


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookAct:
    """Something that was done with an endpoint, and by whom."""

    endpoint_id: str
    kind: ActKind
    actor: str
    reason: str = ""
    #: The same one is carried out once; "" for an act of the product's own.
    request_id: str = ""
    facts: Mapping[str, Any]
    #: Place in the record; 0 before it is recorded.
    act_id: int = 0
    acted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """An endpoint with its settings and its state."""

    endpoint_id: str
    settings: EndpointSettings
    state: EndpointState
    #: What led to the state.
    state_act: WebhookAct
    created_at: datetime
    #: Events with a greater position go out.
    from_position: int

    def wants(self, message: WebhookMessage, position: int) -> bool:
        """Return whether an event is one that this endpoint gets.

        Args:
            message: What receivers get of the event.
            position: Place of the event in the log.
        """
        types, organizations = self.settings.event_types, self.settings.organizations
        return (
            position > self.from_position
            and (not types or message.event_type in types)
            and (not organizations or message.organization_id in organizations)
        )


def require_types(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of webhook events, each once, in the order of the table.

    Raises:
        InvalidInput: One is none.
    """
    for name in names:
        if name not in TYPE_OF_NAME:
            few = ", ".join([*TYPE_OF_NAME][:_NAMES_SHOWN])
            raise InvalidInput(
                field="event_types",
                value=name,
                allowed=f"an event type, such as {few}",
                remedy="`planswitch webhook types` and docs/webhooks.md#event-types list all of them.",
            )
    return tuple(name for name in TYPE_OF_NAME if name in names)


def require_overlap(hours: int) -> timedelta:
    """Return for how long the secret before signs beside a new one.

    Raises:
        InvalidInput: It is not from 0 hours to a week.
    """
    if not 0 <= hours <= OVERLAP_HOURS_MAX:
        raise InvalidInput(field="overlap_hours", value=hours, allowed=f"0 to {OVERLAP_HOURS_MAX}")
    return timedelta(hours=hours)
