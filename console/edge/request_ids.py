"""The request id of a body that names none: the one of its idempotency key, or a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

_KEYED: ContextVar[UUID | None] = ContextVar("request_id_of_key", default=None)


def new_request_id() -> str:
    """Return the id under which a request acts that names none.

    Every try of a request with an idempotency key gets the same id, so that the record knows the second one.
    """
    return str(_KEYED.get() or uuid4())


@contextmanager
def keyed_request(request_id: UUID) -> Iterator[None]:
    """Let the request at hand act under the id of its idempotency key."""
    before = _KEYED.set(request_id)
    try:
        yield
    finally:
        _KEYED.reset(before)
