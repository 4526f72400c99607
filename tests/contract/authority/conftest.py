"""One authority for the tests of a file, and an organization for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.access.authority import Authority, running_authority

_SEEDS = count(1)


@pytest.fixture(name="running", scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """Yield a running authority."""
    with running_authority(Path(tmp_path_factory.mktemp("authority"))) as authority:
        yield authority


@pytest.fixture(name="authority")
def _authority(running: Authority) -> Authority:
    """Return the authority with the usual application and person."""
    running.register()
    running.person()
    running.cloud.settings(is_refresh_single=False, is_mfa_enforced=True, is_user_wanted_by_seller=False)
    return running


@pytest.fixture(name="organization_id")
def _organization_id(authority: Authority) -> str:
    """Return the id of an organization of its own for each test."""
    made = authority.cloud.organization(seed=next(_SEEDS), users=3)
    return str(made["organization_id"])
