"""The Temporal servers: the one of the tests, and the embedded one."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment

from ops.processes.errors import StackInUse, StackStartFailed
from ops.processes.processes import free_ports
from ops.stack.temporal_server import RETENTION, EmbeddedTemporal

_STAGE = SearchAttributeKey.for_keyword("SwitchStage")


@workflow.defn
class _Waits:
    """A workflow that nobody runs: it stays open on the server."""

    @workflow.run
    async def run(self) -> None:
        """Do nothing."""


async def test_the_test_server_lists_by_our_search_attributes(temporal_env: WorkflowEnvironment) -> None:
    """The server of the tests knows the search attributes of a switch."""
    found = [run async for run in temporal_env.client.list_workflows("SwitchStage = 'none'")]

    assert found == []


async def test_it_keeps_open_workflows_when_it_is_killed(tmp_path: Path) -> None:
    """A server killed with SIGKILL has its open workflow, attributes and retention after a restart."""
    server = EmbeddedTemporal(tmp_path / "temporal")
    server.start()
    client = await Client.connect(server.address)
    attributes = TypedSearchAttributes([SearchAttributePair(_STAGE, "credit")])
    await client.start_workflow(
        _Waits.run, id="switch:one", task_queue="nobody", search_attributes=attributes
    )
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert server.process is not None
    server.process.wait()

    server.start()

    client = await Client.connect(server.address)
    facts = await client.get_workflow_handle("switch:one").describe()
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    server.stop()
    assert facts.typed_search_attributes[_STAGE] == "credit"
    kept = answer.config.workflow_execution_retention_ttl.ToTimedelta()
    assert kept == RETENTION == timedelta(days=30)


def test_two_servers_on_one_file_are_refused(tmp_path: Path) -> None:
    """A second server on a folder in use is refused with the process id of the holder."""
    second = EmbeddedTemporal(tmp_path / "temporal")

    with EmbeddedTemporal(tmp_path / "temporal"), pytest.raises(StackInUse, match=str(os.getpid())):
        second.start()


def test_a_server_that_loses_its_port_to_another_program_starts_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port taken between the choice and the start costs another try, not the stack."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken, (first, second) = other.getsockname()[1], free_ports(2)
        choices = iter([taken, first, second, *free_ports(1)])
        monkeypatch.setattr("ops.stack.temporal_server.free_port", lambda: next(choices))

        with EmbeddedTemporal(tmp_path / "temporal") as server:
            assert server.port == second
            assert server.is_ready()


@pytest.mark.long
def test_a_start_that_fails_for_good_names_the_cause(tmp_path: Path) -> None:
    """A fixed port that stays taken fails after the last try, with the server's own words."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(StackStartFailed, match="in use"):
            EmbeddedTemporal(tmp_path / "temporal", other.getsockname()[1]).start()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "temporal.example", ""])
def test_its_http_answers_nobody_unless_its_page_is_asked_for(tmp_path: Path, host: str) -> None:
    """The page and HTTP let anybody act without any program: nothing of it is answered, whatever the name."""
    with EmbeddedTemporal(tmp_path / "temporal") as server:
        closed = {port: _status(port, host) for port in _listening(server.pid)}

    assert closed
    assert 200 not in closed.values()


def test_its_page_is_served_where_it_is_asked_for(tmp_path: Path) -> None:
    """`planswitch up --temporal-page` names a port for it."""
    (port,) = free_ports(1)
    with EmbeddedTemporal(tmp_path / "temporal", ui_port=port):
        status = _status(port, "127.0.0.1", path="/")

    assert status == 200


def _listening(pid: int | None) -> list[int]:
    """Return the ports on which a process listens."""
    links = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()]
    inodes = {
        link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")
    }
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return [int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and row[9] in inodes]


def _status(port: int, host: str, path: str = "/api/v1/namespaces/default") -> int:
    """Return the status of an answer, 0 where there is none in HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
