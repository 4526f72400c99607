"""Calls that the client library has none of its own for: sent to Temporal's service itself.

The library repeats its own calls. It repeats a raw call only with `retry=True`, and then waits up to ten
seconds for a server that is away. A check that says "Temporal does not answer" must not wait that long.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol, TypeVar

from temporalio.service import RPCError, RPCStatusCode

#: What the transport says of a call whose connection closed under it; a call that timed out has other words.
CONNECTION_CLOSED = "operation was canceled"
#: What the transport says when a connection breaks while a call is written or answered. The server itself
#: answers so only for a fault of its own, and a read may be repeated then too.
_BROKEN = frozenset({RPCStatusCode.UNKNOWN, RPCStatusCode.UNAVAILABLE, RPCStatusCode.INTERNAL})
#: A machine that stands still may lose the new connection as well.
_TRIES = 3

_RequestT_contra = TypeVar("_RequestT_contra", contravariant=True)
_AnswerT_co = TypeVar("_AnswerT_co", covariant=True)


class RawCall(Protocol[_RequestT_contra, _AnswerT_co]):
    """One call of Temporal's service, such as `client.workflow_service.describe_namespace`."""

    async def __call__(self, req: _RequestT_contra, /, *, timeout: timedelta | None = None) -> _AnswerT_co:  # noqa: ASYNC109 - the library's name
        """Send a request."""


async def read_raw(
    call: RawCall[_RequestT_contra, _AnswerT_co], request: _RequestT_contra, *, rpc_timeout: timedelta
) -> _AnswerT_co:
    """Send a read, and up to twice more if its connection breaks under it.

    The server closes each connection after five minutes (`frontend.keepAliveMaxConnectionAge`). A call that
    is sent at that instant fails, although the next one opens a new connection. A call that timed out is not
    repeated, so a server that is silent is reported after one time-out.

    Args:
        call: The call. It must change nothing.
        request: What it sends.
        rpc_timeout: Time for each try.

    Raises:
        RPCError: The server refuses the request, or does not answer.
    """
    for _ in range(_TRIES - 1):
        try:
            return await call(request, timeout=rpc_timeout)
        except RPCError as error:
            if not _is_broken_connection(error):
                raise
    return await call(request, timeout=rpc_timeout)


async def write_raw(
    call: RawCall[_RequestT_contra, _AnswerT_co], request: _RequestT_contra, *, rpc_timeout: timedelta
) -> _AnswerT_co:
    """Send a change once: whether one whose connection broke was carried out can't be known.

    Args:
        call: The call.
        request: What it sends.
        rpc_timeout: Time for the answer.

    Raises:
        RPCError: The server refuses the request, or does not answer.
    """
    return await call(request, timeout=rpc_timeout)


def _is_broken_connection(error: RPCError) -> bool:
    closed = (error.status, error.message) == (RPCStatusCode.CANCELLED, CONNECTION_CLOSED)
    return closed or error.status in _BROKEN
