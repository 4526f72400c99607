"""Answers to requests with an idempotency key: claimed, kept sealed, given again, and forgotten (ADR 49).

A claim ends by itself unless it is renewed: a console that dies locks nobody out of a key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor
from psycopg.rows import DictRow

from store.core.application import SwitchApplication
from store.core.base import StorePart
from store.vault.keys import KEY_BYTES, KeyProvider, seal, unseal

#: Rows that one answer forgets at most.
_FORGOTTEN_MAX = 100
#: The key counts as used no more.
_EXPIRED = "known.first_used_at < clock_timestamp() - make_interval(secs => %(kept_seconds)s)"
_CLAIM = f"""
INSERT INTO planswitch.idempotency_key AS known
    (caller, key, request_digest, request_id, claim_id, claimed_until)
VALUES (%(caller)s, %(key)s, %(request_digest)s, %(request_id)s, %(claim_id)s,
    clock_timestamp() + make_interval(secs => %(lease_seconds)s))
ON CONFLICT (caller, key) DO UPDATE SET
    request_digest = excluded.request_digest, claim_id = excluded.claim_id,
    claimed_until = excluded.claimed_until,
    request_id = CASE WHEN {_EXPIRED}
        THEN excluded.request_id ELSE known.request_id END,
    first_used_at = CASE WHEN {_EXPIRED}
        THEN clock_timestamp() ELSE known.first_used_at END,
    status = NULL, wrapped_key = NULL, key_provider = NULL, sealed = NULL
WHERE (known.status IS NOT NULL OR known.claimed_until < clock_timestamp())
    AND ({_EXPIRED}
        OR (known.status IS NULL AND known.request_digest = excluded.request_digest))
RETURNING request_id
"""  # noqa: S608  # a constant
_READ = """
SELECT request_digest, status, wrapped_key, sealed,
       greatest(extract(epoch FROM claimed_until - clock_timestamp()), 0)::double precision AS seconds
FROM planswitch.idempotency_key WHERE caller = %(caller)s AND key = %(key)s
"""
_MINE = "caller = %(caller)s AND key = %(key)s AND claim_id = %(claim_id)s AND status IS NULL"
_RENEW = f"""
UPDATE planswitch.idempotency_key
SET claimed_until = clock_timestamp() + make_interval(secs => %(lease_seconds)s) WHERE {_MINE}
"""  # noqa: S608  # a constant
_RELEASE = f"UPDATE planswitch.idempotency_key SET claimed_until = '-infinity' WHERE {_MINE}"  # noqa: S608
_KEEP = f"""
UPDATE planswitch.idempotency_key
SET status = %(status)s, wrapped_key = %(wrapped_key)s, key_provider = %(key_provider)s, sealed = %(sealed)s
WHERE {_MINE}
"""  # noqa: S608  # a constant
_FORGET = """
DELETE FROM planswitch.idempotency_key WHERE (caller, key) IN (
    SELECT caller, key FROM planswitch.idempotency_key
    WHERE first_used_at < clock_timestamp() - make_interval(secs => %(kept_seconds)s)
        AND (status IS NOT NULL OR claimed_until < clock_timestamp())
    ORDER BY first_used_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedRequest:
    """A request with an idempotency key.

    Args:
        caller: Who sends it; each caller has keys of their own.
        key: The key.
        request_digest: SHA-256 of what is asked, as hexadecimal digits.
    """

    caller: str
    key: str
    request_digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right to carry a request out, as long as it is renewed."""

    request: KeyedRequest
    claim_id: UUID
    #: Id under which the request acts where its body names none; every try has the same one.
    request_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswer:
    """The answer that the request got."""

    status: int
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyBusy:
    """Another try works on the request; its claim ends after so many seconds unless it is renewed."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyReused:
    """The key was used for another request."""


class AnswerStore(StorePart):
    """Claims and kept answers; every write is one transaction, by the database's clock."""

    def __init__(self, application: SwitchApplication, key_provider: KeyProvider) -> None:
        super().__init__(application)
        self._key_provider = key_provider

    def claim(
        self, request: KeyedRequest, *, lease_seconds: float, kept_seconds: float
    ) -> Claim | KeptAnswer | KeyBusy | KeyReused:
        """Claim a request, or return why that is not needed or not allowed.

        Of several who try at once, one gets the claim.

        Args:
            request: What is to be carried out.
            lease_seconds: How long the claim lasts unless it is renewed.
            kept_seconds: How long after its first use a key counts as used.

        Raises:
            VaultLocked: The master key does not open the kept answer.
        """
        claim_id = uuid4()
        facts = _facts(request) | {
            "request_digest": request.request_digest,
            "request_id": uuid4(),
            "claim_id": claim_id,
            "lease_seconds": lease_seconds,
            "kept_seconds": kept_seconds,
        }

        def write(cursor: Cursor[DictRow]) -> tuple[DictRow | None, DictRow | None]:
            mine = cursor.execute(_CLAIM, facts).fetchone()
            return mine, None if mine else cursor.execute(_READ, _facts(request)).fetchone()

        mine, known = self._written(write)
        if mine is not None:
            return Claim(request=request, claim_id=claim_id, request_id=mine["request_id"])
        # The row was forgotten between the two statements: the next try begins anew.
        return self._known(request, known) if known else KeyBusy(seconds=0)

    def renew(self, claim: Claim, *, lease_seconds: float) -> None:
        """Say that the try is alive; a claim that somebody else has taken over stays theirs."""
        self._written(lambda cursor: cursor.execute(_RENEW, _own(claim) | {"lease_seconds": lease_seconds}))

    def release(self, claim: Claim) -> None:
        """Let the next try carry the request out: this one has no answer that lasts."""
        self._written(lambda cursor: cursor.execute(_RELEASE, _own(claim)))

    def keep(self, claim: Claim, answer: KeptAnswer, *, kept_seconds: float) -> None:
        """Keep the answer of a request, and forget keys whose time is over.

        Args:
            claim: The right that the try holds; where somebody else holds it by now, nothing is kept.
            answer: The answer.
            kept_seconds: How long after its first use a key counts as used.
        """
        key, context = secrets.token_bytes(KEY_BYTES), _context(claim.request)
        facts = _own(claim) | {
            "status": answer.status,
            "wrapped_key": self._key_provider.wrap(key, context),
            "key_provider": self._key_provider.name,
            "sealed": seal(AESGCM(key), answer.content, context),
        }

        def write(cursor: Cursor[DictRow]) -> None:
            cursor.execute(_KEEP, facts)
            cursor.execute(_FORGET, {"kept_seconds": kept_seconds, "limit": _FORGOTTEN_MAX})

        self._written(write)

    def _known(self, request: KeyedRequest, row: DictRow) -> KeptAnswer | KeyBusy | KeyReused:
        if row["request_digest"] != request.request_digest:
            return KeyReused()
        if row["status"] is None:
            return KeyBusy(seconds=float(row["seconds"]))
        context = _context(request)
        key = self._key_provider.unwrap(bytes(row["wrapped_key"]), context)
        return KeptAnswer(
            status=int(row["status"]), content=unseal(AESGCM(key), bytes(row["sealed"]), context)
        )


def _facts(request: KeyedRequest) -> dict[str, Any]:
    return {"caller": request.caller, "key": request.key}


def _own(claim: Claim) -> dict[str, Any]:
    return _facts(claim.request) | {"claim_id": claim.claim_id}


def _context(request: KeyedRequest) -> bytes:
    return wrapping_context(request.caller, request.key, request.request_digest)


def wrapping_context(caller: str, key: str, request_digest: str) -> bytes:
    """Return what a kept answer is bound to, so that no row opens in the place of another."""
    return f"kept answer\0{caller}\0{key}\0{request_digest}".encode()
