"""What operators do with endpoints of webhooks, and what they see of them (webhooks#endpoints)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid5

from domain.kernel.errors import InvalidInput, RuleViolated
from domain.kernel.ids import NAMESPACE, require_organization_id
from domain.webhooks.addresses import Networks, require_url
from domain.webhooks.endpoints import (
    ENDPOINTS_MAX,
    ORGANIZATIONS_MAX,
    ActKind,
    Endpoint,
    EndpointChanges,
    EndpointSettings,
    EndpointState,
    WebhookAct,
    WebhookDisabled,
    require_overlap,
    require_types,
)
from domain.webhooks.event_types import trial_message
from domain.webhooks.signatures import SECRET_BYTES, SigningSecret, shown_secret
from store.webhooks.deliveries import (
    EndpointBacklog,
    Replay,
    enable_effect,
    position_effect,
    remove_effect,
    replay_effect,
    trial_effect,
)
from store.webhooks.endpoints import ActCursor, ActFacts, Effect
from store.webhooks.webhook_store import WebhookStore

#: Acts of an endpoint that are shown.
ACTS_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """Who does something with an endpoint, and why."""

    actor: str
    reason: str
    #: The same one is carried out once.
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeSecret:
    """An endpoint with a secret that is shown this once."""

    endpoint: Endpoint
    #: whsec_ and 32 bytes as base64.
    secret: str
    #: Until when the secret before signs too.
    previous_until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEndpoint:
    """An endpoint as it stands, with what waits for it."""

    endpoint: Endpoint
    backlog: EndpointBacklog


class Webhooks:
    """Use cases of endpoints.

    Args:
        store: Endpoints and deliveries.
        networks: What this installation allows beside public addresses.
    """

    def __init__(self, store: WebhookStore, networks: Networks) -> None:
        self._store = store
        self._networks = networks

    def shown(self) -> tuple[ShownEndpoint, ...]:
        """Return every endpoint with what waits for it."""
        backlogs = self._store.backlogs()
        return tuple(
            ShownEndpoint(endpoint=each, backlog=backlogs.get(each.endpoint_id, EndpointBacklog()))
            for each in self._store.endpoints()
        )

    def one(self, endpoint_id: str) -> ShownEndpoint:
        """Return one endpoint by its id or the beginning of it.

        Raises:
            UnknownWebhook: There is none.
        """
        endpoint = self._store.endpoint(endpoint_id)
        backlog = self._store.backlogs().get(endpoint.endpoint_id, EndpointBacklog())
        return ShownEndpoint(endpoint=endpoint, backlog=backlog)

    def create(self, settings: EndpointSettings, why: Why) -> MadeSecret:
        """Make an endpoint, which gets the events that are recorded from now on.

        Raises:
            InvalidInput: Its URL, a type or an organization can't be used.
            RuleViolated: There are as many endpoints as there may be.
            RequestReused: The request id names another act.
        """
        endpoint_id = str(uuid5(NAMESPACE, f"webhook:{why.request_id}"))
        facts = self._checked(settings).as_facts()

        def effect(cursor: ActCursor) -> ActFacts:
            if len(self._store.endpoints()) >= ENDPOINTS_MAX:
                raise RuleViolated(
                    f"There are {ENDPOINTS_MAX} webhooks already.",
                    remedy="Remove one that nobody needs: `planswitch webhook remove ID --reason …`.",
                )
            return position_effect(cursor)

        return self._with_secret(endpoint_id, ActKind.CREATED, facts, why, overlap_hours=0, effect=effect)

    def change(self, endpoint_id: str, changes: EndpointChanges, why: Why) -> Endpoint:
        """Change settings of an endpoint; events that are recorded from now on go by them.

        Args:
            endpoint_id: The endpoint.
            changes: What is to be otherwise.
            why: Who does it, and why.

        Raises:
            UnknownWebhook: There is no such endpoint.
            InvalidInput: Its URL, a type or an organization can't be used.
            RequestReused: The request id names another act.
        """
        endpoint = self._store.endpoint(endpoint_id)
        settings = self._checked(changes.of(endpoint.settings))
        self._take(endpoint.endpoint_id, ActKind.CHANGED, settings.as_facts(), why)
        return self._store.endpoint(endpoint.endpoint_id)

    def enable(self, endpoint_id: str, why: Why) -> Endpoint:
        """Let an endpoint go on where it stood: what waits for it is sent now.

        Raises:
            UnknownWebhook: There is no such endpoint.
            RequestReused: The request id names another act.
        """
        endpoint = self._store.endpoint(endpoint_id)
        self._take(endpoint.endpoint_id, ActKind.ENABLED, {}, why, enable_effect(endpoint.endpoint_id))
        return self._store.endpoint(endpoint.endpoint_id)

    def disable(self, endpoint_id: str, why: Why) -> Endpoint:
        """Send nothing more to an endpoint; its events wait.

        Raises:
            UnknownWebhook: There is no such endpoint.
            RequestReused: The request id names another act.
        """
        endpoint = self._store.endpoint(endpoint_id)
        self._take(endpoint.endpoint_id, ActKind.DISABLED, {}, why)
        return self._store.endpoint(endpoint.endpoint_id)

    def remove(self, endpoint_id: str, why: Why) -> WebhookAct:
        """Remove an endpoint for good; what waits for it is dropped, and its record stays.

        Raises:
            UnknownWebhook: There is no such endpoint.
            RequestReused: The request id names another act.
        """
        gone = {each.endpoint_id for each in self._store.endpoints(with_removed=True)}
        whole = endpoint_id if endpoint_id in gone else self._store.endpoint(endpoint_id).endpoint_id

        def effect(cursor: ActCursor) -> ActFacts:
            self._store.endpoint(whole)
            return remove_effect(whole)(cursor)

        return self._take(whole, ActKind.REMOVED, {}, why, effect)

    def roll_secret(self, endpoint_id: str, *, overlap_hours: int, why: Why) -> MadeSecret:
        """Make a new secret; the one before signs beside it for some hours.

        Args:
            endpoint_id: The endpoint.
            overlap_hours: 0 ends the old secrets at once, such as after a leak.
            why: Who does it, and why.

        Raises:
            UnknownWebhook: There is no such endpoint.
            InvalidInput: The overlap is too long.
            RequestReused: The request id names another act.
        """
        endpoint = self._store.endpoint(endpoint_id)
        require_overlap(overlap_hours)
        facts = {"overlap_hours": overlap_hours}
        return self._with_secret(
            endpoint.endpoint_id, ActKind.SECRET_ROLLED, facts, why, overlap_hours=overlap_hours
        )

    def test(self, endpoint_id: str, why: Why) -> int:
        """Queue a message that only tries an endpoint; return its delivery.

        Raises:
            UnknownWebhook: There is no such endpoint.
            WebhookDisabled: Nothing is sent to it.
            RequestReused: The request id names another act.
        """
        endpoint = self._store.endpoint(endpoint_id)
        webhook_id = f"tst_{uuid5(NAMESPACE, f'webhook-test:{why.request_id}').hex}"
        message = trial_message(
            webhook_id=webhook_id, endpoint_id=endpoint.endpoint_id, at=datetime.now(tz=UTC)
        )
        effect = _enabled(endpoint, trial_effect(endpoint.endpoint_id, message))
        act = self._take(endpoint.endpoint_id, ActKind.TESTED, {}, why, effect)
        return int(act.facts["delivery_id"])

    def replay(self, endpoint_id: str, replay: Replay, why: Why) -> int:
        """Send deliveries again, under the ids that they have; return how many.

        Args:
            endpoint_id: The endpoint.
            replay: Which ones.
            why: Who does it, and why.

        Raises:
            UnknownWebhook: There is no such endpoint, or no such delivery of it.
            InvalidInput: Nothing says which ones, or the range ends before it begins.
            WebhookDisabled: Nothing is sent to it.
            RequestReused: The request id names another act.
        """
        endpoint = self._store.endpoint(endpoint_id)
        _require_range(replay)
        if replay.delivery_id is not None:
            self._store.delivery(endpoint.endpoint_id, replay.delivery_id)
        facts = {
            "delivery_id": replay.delivery_id,
            "since": replay.since.isoformat() if replay.since else None,
            "until": replay.until.isoformat() if replay.until else None,
            "only_failed": replay.only_failed,
        }
        effect = _enabled(endpoint, replay_effect(endpoint.endpoint_id, replay))
        act = self._take(endpoint.endpoint_id, ActKind.REPLAYED, facts, why, effect)
        return int(act.facts["count"])

    def _checked(self, settings: EndpointSettings) -> EndpointSettings:
        if len(settings.organizations) > ORGANIZATIONS_MAX:
            raise InvalidInput(
                field="organizations",
                value=len(settings.organizations),
                allowed=f"at most {ORGANIZATIONS_MAX} organizations",
            )
        require_url(settings.url, self._networks)
        organizations = tuple(
            sorted({require_organization_id(each, field="organizations") for each in settings.organizations})
        )
        return replace(settings, event_types=require_types(settings.event_types), organizations=organizations)

    def _with_secret(
        self,
        endpoint_id: str,
        kind: ActKind,
        facts: ActFacts,
        why: Why,
        *,
        overlap_hours: int,
        effect: Effect | None = None,
    ) -> MadeSecret:
        """Record an act that makes a secret; a repeated request gets the one that it made."""
        until = datetime.now(tz=UTC) + require_overlap(overlap_hours)
        new = SigningSecret(key=secrets.token_bytes(SECRET_BYTES), previous_until=until)
        act = self._take(endpoint_id, kind, facts, why, effect, secret=new)
        made = self._store.secret_of_act(act) or new
        return MadeSecret(
            endpoint=self._store.endpoint(act.endpoint_id),
            secret=shown_secret(made.key),
            previous_until=made.previous_until,
        )

    def _take(
        self,
        endpoint_id: str,
        kind: ActKind,
        facts: ActFacts,
        why: Why,
        effect: Effect | None = None,
        *,
        secret: SigningSecret | None = None,
    ) -> WebhookAct:
        act = WebhookAct(
            endpoint_id=endpoint_id,
            kind=kind,
            actor=why.actor,
            reason=why.reason,
            request_id=why.request_id,
            facts=facts,
        )
        return self._store.take(act, effect=effect or _nothing_else, secret=secret)


def _nothing_else(_cursor: ActCursor) -> ActFacts:
    return {}


def _enabled(endpoint: Endpoint, effect: Effect) -> Effect:
    """Return an effect that is refused where the endpoint is disabled; a repeated request is not."""

    def guarded(cursor: ActCursor) -> ActFacts:
        if endpoint.state is not EndpointState.ENABLED:
            raise WebhookDisabled(
                f"The webhook {endpoint.endpoint_id} is disabled: {endpoint.state_act.reason}.",
                remedy=f"Enable it first: `planswitch webhook enable {endpoint.endpoint_id[:8]} --reason …`.",
            )
        return effect(cursor)

    return guarded


def _require_range(replay: Replay) -> None:
    if replay.delivery_id is None and replay.since is None:
        raise InvalidInput(
            field="since", value=None, allowed="a delivery_id, or an instant from which on is sent again"
        )
    if replay.delivery_id is not None and (replay.since or replay.until or replay.only_failed):
        raise InvalidInput(
            field="delivery_id",
            value=replay.delivery_id,
            allowed="one delivery, or a range of them; not both",
        )
    if replay.since and replay.until and replay.until <= replay.since:
        raise InvalidInput(field="until", value=replay.until.isoformat(), allowed="an instant after `since`")
