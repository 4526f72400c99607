"""Kind of fault: Temporal closes an old connection under a read, and the read fails."""

from __future__ import annotations

import asyncio
import re
import sysconfig
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeNamespaceResponse
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from services.temporal.raw_calls import CONNECTION_CLOSED, read_raw

#: Temporal's own are five minutes and 70 seconds, and 2,400 calls a second of a namespace.
SERVER_SETTINGS = {
    "frontend.keepAliveMaxConnectionAge": '"500ms"',
    "frontend.keepAliveMaxConnectionAgeGrace": '"100ms"',
    "frontend.namespaceRPS": "100000",
    "frontend.rps": "100000",
}
READERS = 8
READ_SECONDS = 4.0
TIMEOUT = timedelta(seconds=30)
REQUEST = DescribeNamespaceRequest(namespace="default")


@pytest_asyncio.fixture(name="client")
async def _client() -> AsyncIterator[Client]:
    """Yield a client of a server that closes each connection after half a second."""
    flags = [
        part
        for name, value in SERVER_SETTINGS.items()
        for part in ("--dynamic-config-value", f"{name}={value}")
    ]
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=flags,
    ) as environment:
        yield environment.client


async def test_a_read_survives_the_end_of_its_connection(client: Client) -> None:
    """Thousands of reads under connections that end again and again: none fails."""
    end = time.monotonic() + READ_SECONDS
    cut: list[RPCError] = []

    async def describe(
        request: DescribeNamespaceRequest, **options: timedelta | None
    ) -> DescribeNamespaceResponse:
        try:
            return await client.workflow_service.describe_namespace(request, timeout=options["timeout"])
        except RPCError as error:
            cut.append(error)
            raise

    async def read_on() -> None:
        while time.monotonic() < end:
            await read_raw(describe, REQUEST, rpc_timeout=TIMEOUT)

    await asyncio.gather(*(read_on() for _ in range(READERS)))

    assert cut, "no connection ended under a read: this test proves nothing"


@pytest.mark.parametrize(
    ("status", "message", "tries"),
    [
        (RPCStatusCode.CANCELLED, CONNECTION_CLOSED, 3),
        (RPCStatusCode.UNKNOWN, "transport error", 3),
        (RPCStatusCode.UNAVAILABLE, "tcp connect error", 3),
        (RPCStatusCode.INTERNAL, "h2 protocol error", 3),
        (RPCStatusCode.CANCELLED, "Timeout expired", 1),
        (RPCStatusCode.DEADLINE_EXCEEDED, "context deadline exceeded", 1),
        (RPCStatusCode.PERMISSION_DENIED, "Request unauthorized.", 1),
        (RPCStatusCode.NOT_FOUND, "Namespace default is not found.", 1),
    ],
)
async def test_only_a_broken_connection_is_tried_again(
    status: RPCStatusCode, message: str, tries: int
) -> None:
    """A server that is silent or refuses is reported at once; the third broken connection is an error."""
    requests: list[DescribeNamespaceRequest] = []

    async def fail(
        request: DescribeNamespaceRequest, **_options: timedelta | None
    ) -> DescribeNamespaceResponse:
        requests.append(request)
        raise RPCError(message, status, b"")

    with pytest.raises(RPCError, match=re.escape(message)):
        await read_raw(fail, REQUEST, rpc_timeout=TIMEOUT)

    assert len(requests) == tries
