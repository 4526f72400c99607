"""The adapters that every test of a port runs against."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.support.clouds.cloud_server import SandboxCloud, running_sandbox
from tests.support.clouds.microsoft_port_cloud import MicrosoftPortCloud
from tests.support.clouds.port_cloud import PortCloud
from tests.support.clouds.quill.port_cloud import QuillPortCloud

_SEEDS = count(1)


@pytest.fixture(scope="session", name="port_sandbox")
def _port_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxCloud]:
    """Yield one sandbox for all tests of the ports; each of them makes organizations of its own."""
    with running_sandbox(tmp_path_factory.mktemp("ports")) as running:
        yield running


@pytest.fixture(params=["microsoft", "quill"], name="adapter")
def _adapter(request: pytest.FixtureRequest) -> Iterator[PortCloud]:
    """Yield a cloud with its adapters; one more adapter is one more parameter."""
    if request.param == "quill":
        yield QuillPortCloud()
        return
    sandbox: SandboxCloud = request.getfixturevalue("port_sandbox")
    sandbox.settings(faults=[], invoice_delivery_delay_seconds=3_600.0, credit_verdict="silent")
    cloud = MicrosoftPortCloud(sandbox, _SEEDS)
    yield cloud
    cloud.close()
