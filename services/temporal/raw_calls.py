"""Reads that the client library has no call of its own for: sent to Temporal's service itself.

The library repeats its own calls. It repeats a raw call only with `retry=True`, and then waits up to ten
seconds for a server that is away. A check that says "Temporal does not answer" must not wait that long.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol, TypeVar

from temporalio.service import RPCError, RPCStatusCode

#: What the transport says of a call whose connection closed under it; a call that timed out has other words.
CONNECTION_CLOSED = "operation was canceled"

_RequestT_contra = TypeVar("_RequestT_contra", contravariant=True)
_AnswerT_co = TypeVar("_AnswerT_co", covariant=True)


class RawCall(Protocol[_RequestT_contra, _AnswerT_co]):
    """One call of Temporal's service, such as `client.workflow_service.describe_namespace`."""

    async def __call__(self, req: _RequestT_contra, /, *, timeout: timedelta | None = None) -> _AnswerT_co:  # noqa: ASYNC109 - the library's name
        """Send a request."""


async def read_raw(
    call: RawCall[_RequestT_contra, _AnswerT_co], request: _RequestT_contra, *, rpc_timeout: timedelta
) -> _AnswerT_co:
    """Send a read, and once more if its connection closes under it.

    The server closes each connection after five minutes (`frontend.keepAliveMaxConnectionAge`). A call that
    is sent at that instant fails, although the next one opens a new connection.

    Args:
        call: The call. It must change nothing.
        request: What it sends.
        rpc_timeout: Time for each of the two tries.

    Raises:
        RPCError: The server refuses the request, or does not answer.
    """
    try:
        return await call(request, timeout=rpc_timeout)
    except RPCError as error:
        if (error.status, error.message) != (RPCStatusCode.CANCELLED, CONNECTION_CLOSED):
            raise
    return await call(request, timeout=rpc_timeout)
