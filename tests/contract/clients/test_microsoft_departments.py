"""The users of a department, as the client reads them from the sandbox's directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clouds.cloud_server import SOURCE_PLAN, SandboxCloud, running_sandbox


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def test_a_department_has_its_users_and_no_others(sandbox: SandboxCloud) -> None:
    """Each user is in one department; their licenses come with them."""
    organization_id = sandbox.organization(users=40)["organization_id"]
    answer = sandbox.control.get(f"/sandbox/organizations/{organization_id}/users").raise_for_status()
    people = {user["id"]: user["department"] for user in answer.json()["users"]}
    name = next(department for department in people.values() if department)

    page = sandbox.cloud.directory.department_page(organization_id, name, None)

    assert {user.directory_id for user in page.users} == {
        key for key, department in people.items() if department == name
    }
    assert any(user.has_direct(SOURCE_PLAN) for user in page.users)
    assert page.next_cursor is None


@pytest.mark.parametrize("name", ["No such department", "O'Brien & Sons", "a' or department ne 'b"])
def test_a_name_is_a_name_whatever_stands_in_it(sandbox: SandboxCloud, name: str) -> None:
    """An unknown department has nobody; a quotation mark in a name opens no condition."""
    organization_id = sandbox.organization(users=5)["organization_id"]

    assert sandbox.cloud.directory.department_page(organization_id, name, None).users == ()
