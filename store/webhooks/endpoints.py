"""Endpoints of webhooks: what was done with each, by whom, and the secrets that sign (webhooks#endpoints)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.errors import RequestReused
from domain.kernel.facts import digest_of_plain
from domain.webhooks.endpoints import (
    STATES,
    ActKind,
    Endpoint,
    EndpointSettings,
    EndpointState,
    UnknownWebhook,
    WebhookAct,
)
from domain.webhooks.signatures import SigningSecret
from store.core.application import SwitchApplication
from store.core.base import StorePart, checked_page_size
from store.vault.keys import KeyProvider, seal, unseal

#: What is recorded with an act.
ActFacts = Mapping[str, Any]
#: The transaction of an act.
ActCursor = Cursor[DictRow]
#: What an act changes beside its row, and returns to be recorded with it.
Effect = Callable[[ActCursor], ActFacts]
#: One act is recorded after the other: the number of endpoints, and the order of a request's repetition.
ACTS_LOCK = "SELECT pg_advisory_xact_lock(7306116262)"
_ACT_COLUMNS = "act_id, endpoint_id::text AS endpoint_id, kind, facts, actor, reason, request_id, acted_at"
_OF_REQUEST = f"""
SELECT {_ACT_COLUMNS}, request_digest FROM planswitch.webhook_act
WHERE request_id = %(request_id)s AND request_id <> ''
"""  # noqa: S608  # a constant
_ADD_ACT = f"""
INSERT INTO planswitch.webhook_act (endpoint_id, kind, facts, actor, reason, request_id, request_digest)
VALUES (%(endpoint_id)s, %(kind)s, %(facts)s, %(actor)s, %(reason)s, %(request_id)s, %(request_digest)s)
RETURNING {_ACT_COLUMNS}
"""  # noqa: S608  # a constant
_ACTS = f"""
SELECT {_ACT_COLUMNS} FROM planswitch.webhook_act
WHERE endpoint_id = %(endpoint_id)s::uuid ORDER BY act_id DESC LIMIT %(limit)s
"""  # noqa: S608  # a constant
_ENDPOINTS = """
SELECT begun.endpoint_id::text AS endpoint_id, begun.acted_at AS created_at, begun.facts AS begun,
    settings.facts AS settings, state.act_id, state.kind, state.facts, state.actor, state.reason,
    state.request_id, state.acted_at
FROM planswitch.webhook_act AS begun
JOIN LATERAL (
    SELECT facts FROM planswitch.webhook_act AS a
    WHERE a.endpoint_id = begun.endpoint_id AND a.kind IN ('created', 'changed')
    ORDER BY act_id DESC LIMIT 1
) AS settings ON true
JOIN LATERAL (
    SELECT * FROM planswitch.webhook_act AS a
    WHERE a.endpoint_id = begun.endpoint_id AND a.kind IN ('created', 'enabled', 'disabled', 'removed')
    ORDER BY act_id DESC LIMIT 1
) AS state ON true
WHERE begun.kind = 'created' ORDER BY begun.act_id
"""
_ADD_SEALED = """
INSERT INTO planswitch.webhook_secret
    (endpoint_id, act_id, wrapped_key, key_provider, sealed, previous_until)
VALUES (%(endpoint_id)s, %(act_id)s, %(wrapped_key)s, %(key_provider)s, %(sealed)s, %(previous_until)s)
"""
_SEALED = """
SELECT act_id, wrapped_key, sealed, previous_until FROM planswitch.webhook_secret
WHERE endpoint_id = %(endpoint_id)s::uuid ORDER BY act_id DESC LIMIT 20
"""
_SEALED_OF_ACT = """
SELECT act_id, wrapped_key, sealed, previous_until FROM planswitch.webhook_secret
WHERE endpoint_id = %(endpoint_id)s::uuid AND act_id = %(act_id)s
"""


def _nothing_else(_cursor: Cursor[DictRow]) -> Mapping[str, Any]:
    return {}


class EndpointStore(StorePart):
    """Endpoints and their secrets; every act is one transaction."""

    def __init__(self, application: SwitchApplication, key_provider: KeyProvider) -> None:
        super().__init__(application)
        self._key_provider = key_provider

    def take(
        self, act: WebhookAct, *, effect: Effect = _nothing_else, secret: SigningSecret | None = None
    ) -> WebhookAct:
        """Record an act and carry it out, once for each request id.

        Args:
            act: What is done, with what its request says as facts.
            effect: What it changes beside; what it returns is recorded with it.
            secret: What signs from now on; None: the secrets stay.

        Raises:
            RequestReused: The request id names another act.
        """
        digest = digest_of_plain(
            {"endpoint_id": act.endpoint_id, "kind": act.kind.value, "facts": dict(act.facts)}
        )

        def write(cursor: Cursor[DictRow]) -> WebhookAct:
            cursor.execute(ACTS_LOCK)
            earlier = cursor.execute(_OF_REQUEST.encode(), {"request_id": act.request_id}).fetchone()
            if earlier is not None:
                return _same_act(earlier, digest)
            whole = replace(act, facts={**act.facts, **effect(cursor)})
            (row,) = cursor.execute(_ADD_ACT.encode(), _act_facts(whole, digest)).fetchall()
            if secret is not None:
                cursor.execute(_ADD_SEALED, self._sealed(secret, act.endpoint_id, row["act_id"]))
            return _act(row)

        return self._written(write)

    def endpoints(self, *, with_removed: bool = False) -> tuple[Endpoint, ...]:
        """Return the endpoints in the order in which they were made."""
        every = _endpoints(self._rows(_ENDPOINTS, {}))
        return tuple(each for each in every if with_removed or each.state is not EndpointState.REMOVED)

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """Return one endpoint that is not removed, by its whole id or the beginning of it.

        Raises:
            UnknownWebhook: There is none, or several begin so.
        """
        known = [
            each for each in self.endpoints() if endpoint_id and each.endpoint_id.startswith(endpoint_id)
        ]
        if len(known) == 1:
            return known[0]
        what = "Several webhooks begin with" if known else "No webhook has the id"
        raise UnknownWebhook(f"{what} {endpoint_id!r}.", remedy="`planswitch webhook list` shows their ids.")

    def acts_of(self, endpoint_id: str, *, limit: int) -> tuple[WebhookAct, ...]:
        """Return what was done with an endpoint, the newest first."""
        facts = {"endpoint_id": endpoint_id, "limit": checked_page_size(limit)}
        return tuple(_act(row) for row in self._rows(_ACTS, facts))

    def secrets_of(self, endpoint_id: str) -> tuple[SigningSecret, ...]:
        """Return the secrets of an endpoint, the newest first.

        Raises:
            VaultLocked: The master key does not open them.
        """
        rows = self._rows(_SEALED, {"endpoint_id": endpoint_id})
        return tuple(self._opened(row, endpoint_id) for row in rows)

    def secret_of_act(self, act: WebhookAct) -> SigningSecret | None:
        """Return the secret that an act made, for a request that is repeated since its answer was lost.

        Raises:
            VaultLocked: The master key does not open it.
        """
        rows = self._rows(_SEALED_OF_ACT, {"endpoint_id": act.endpoint_id, "act_id": act.act_id})
        return self._opened(rows[0], act.endpoint_id) if rows else None

    def _sealed(self, secret: SigningSecret, endpoint_id: str, act_id: int) -> dict[str, Any]:
        key, context = AESGCM.generate_key(bit_length=256), wrapping_context(endpoint_id, act_id)
        return {
            "endpoint_id": endpoint_id,
            "act_id": act_id,
            "wrapped_key": self._key_provider.wrap(key, context),
            "key_provider": self._key_provider.name,
            "sealed": seal(AESGCM(key), secret.key, context),
            "previous_until": secret.previous_until,
        }

    def _opened(self, row: DictRow, endpoint_id: str) -> SigningSecret:
        context = wrapping_context(endpoint_id, row["act_id"])
        key = self._key_provider.unwrap(bytes(row["wrapped_key"]), context)
        return SigningSecret(
            key=unseal(AESGCM(key), bytes(row["sealed"]), context),
            previous_until=row["previous_until"].astimezone(UTC),
        )


def endpoints_within(cursor: Cursor[DictRow]) -> tuple[Endpoint, ...]:
    """Return the endpoints that are not removed, within a transaction."""
    every = _endpoints(cursor.execute(_ENDPOINTS).fetchall())
    return tuple(each for each in every if each.state is not EndpointState.REMOVED)


def add_own_act(cursor: Cursor[DictRow], act: WebhookAct) -> None:
    """Record an act of the product's own, within a transaction."""
    cursor.execute(_ADD_ACT.encode(), _act_facts(act, ""))


def wrapping_context(endpoint_id: str, act_id: int) -> bytes:
    """Return what a sealed secret is bound to, so that no row opens in the place of another."""
    return f"webhook secret\0{endpoint_id}\0{act_id}".encode()


def _act_facts(act: WebhookAct, digest: str) -> dict[str, Any]:
    return {
        "endpoint_id": act.endpoint_id,
        "kind": act.kind.value,
        "facts": json.dumps(dict(act.facts)),
        "actor": act.actor,
        "reason": act.reason,
        "request_id": act.request_id,
        "request_digest": digest,
    }


def _same_act(row: DictRow, digest: str) -> WebhookAct:
    """Return the act that a request id has named before.

    Raises:
        RequestReused: It was another one.
    """
    if row["request_digest"] != digest:
        raise RequestReused(
            f"Request id {row['request_id']!r} was used before for something else.",
            remedy="Use a new request id for a new request.",
        )
    return _act(row)


def _act(row: DictRow) -> WebhookAct:
    return WebhookAct(
        endpoint_id=row["endpoint_id"],
        kind=ActKind(row["kind"]),
        actor=row["actor"],
        reason=row["reason"],
        request_id=row["request_id"],
        facts=row["facts"],
        act_id=row["act_id"],
        acted_at=_utc(row["acted_at"]),
    )


def _endpoints(rows: Iterable[DictRow]) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(
            endpoint_id=row["endpoint_id"],
            settings=EndpointSettings.of_facts(row["settings"]),
            state=STATES[ActKind(row["kind"])],
            state_act=_act(row),
            created_at=_utc(row["created_at"]),
            from_position=row["begun"]["from_position"],
        )
        for row in rows
    )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
