"""Bodies of what is done with webhooks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from console.edge.plain_bodies import Body, Id, OptionalReason, OptionalText, Reason, Text, Texts
from console.edge.request_ids import new_request_id
from domain.kernel.errors import InvalidInput
from domain.webhooks.addresses import URL_CHARACTERS_MAX
from domain.webhooks.endpoints import (
    ORGANIZATIONS_MAX,
    OVERLAP_HOURS,
    OVERLAP_HOURS_MAX,
    EndpointChanges,
    EndpointSettings,
)
from services.webhooks.endpoints import Why
from store.webhooks.deliveries import Replay

#: Greatest number of PostgreSQL's bigint.
DELIVERY_MAX = 2**63 - 1
TYPES_MAX = 200
_Url = Annotated[str, Field(min_length=1, max_length=URL_CHARACTERS_MAX)]
_Types = Annotated[Texts, Field(max_length=TYPES_MAX)]
_Organizations = Annotated[tuple[Id, ...], Field(strict=False, max_length=ORGANIZATIONS_MAX)]
_RequestId = Annotated[Text, Field(default_factory=new_request_id)]


class WebhookActBody(Body):
    """Why something is done with an endpoint."""

    reason: Reason
    #: The same one acts once.
    request_id: _RequestId

    def why(self, actor: str) -> Why:
        """Return who does it, and why."""
        return Why(actor=actor, reason=self.reason, request_id=self.request_id)


class WebhookBody(WebhookActBody):
    """A new endpoint."""

    url: _Url
    description: OptionalText = ""
    #: Names of types; empty: all, those of later versions too.
    event_types: _Types = ()
    #: Directory ids; empty: every organization.
    organizations: _Organizations = ()

    def settings(self) -> EndpointSettings:
        """Return what is asked for."""
        return EndpointSettings(
            url=self.url,
            description=self.description,
            event_types=tuple(self.event_types),
            organizations=tuple(self.organizations),
        )


class WebhookChangeBody(WebhookActBody):
    """Settings of an endpoint that change; null leaves one as it is."""

    url: _Url | None = None
    description: OptionalText | None = None
    event_types: _Types | None = None
    organizations: _Organizations | None = None

    def changes(self) -> EndpointChanges:
        """Return the settings that change.

        Raises:
            InvalidInput: None does.
        """
        names = ("url", "description", "event_types", "organizations")
        changes = EndpointChanges(**{name: getattr(self, name) for name in names})
        if changes == EndpointChanges():
            raise InvalidInput(field="url", value=None, allowed=f"at least one of {', '.join(names)}")
        return changes


class SecretBody(WebhookActBody):
    """A new secret."""

    #: How long the secret before signs beside it; 0 ends it at once, such as after a leak.
    overlap_hours: Annotated[int, Field(ge=0, le=OVERLAP_HOURS_MAX)] = OVERLAP_HOURS


class WebhookTestBody(Body):
    """A message that only tries an endpoint."""

    reason: OptionalReason = ""
    #: The same one acts once.
    request_id: _RequestId

    def why(self, actor: str) -> Why:
        """Return who does it, and why."""
        return Why(actor=actor, reason=self.reason, request_id=self.request_id)


class ReplayBody(WebhookActBody):
    """Which deliveries are sent again: one, or those that were made within a range."""

    delivery_id: Annotated[int, Field(ge=1, le=DELIVERY_MAX)] | None = None
    #: ISO instants with an offset; `until` is not part of the range.
    since: Text | None = None
    until: Text | None = None
    #: Only those that were never delivered.
    only_failed: bool = False

    def replay(self) -> Replay:
        """Return what is asked for.

        Raises:
            InvalidInput: An instant is none.
        """
        return Replay(
            delivery_id=self.delivery_id,
            since=_instant("since", self.since),
            until=_instant("until", self.until),
            only_failed=self.only_failed,
        )


def _instant(field: str, text: str | None) -> datetime | None:
    """Return the instant that a text names, with its offset."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        # At the ends of the calendar an instant of another zone is none in UTC.
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(field=field, value=text, allowed="an instant, such as 2026-12-24T10:00:00Z")
