"""Each process of the embedded stack works as its own role (security#in-the-embedded-stack)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from domain.kernel.errors import InvalidInput
from ops.backup.backup import backup, restore
from ops.processes.processes import Service
from ops.stack.embedded import Ports, embedded_stack, master_key_file
from ops.stack.supervisor import Stack
from projections.running.projector import Projector
from store.core.database_url import parse_database_url
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.store_parts import organization

_VARIABLE = "DATABASE_URL"
#: Part -> the user as whom it works.
USERS = {
    "sandbox": None,
    "migrate": "planswitch",
    "worker": "planswitch_worker",
    "serve": "planswitch_worker",
    "project": "planswitch_projector",
    "sealer": "planswitch_sealer",
}


def _user(url: str) -> str | None:
    return parse_database_url(url).user if url else None


@contextmanager
def _databases(folder: Path) -> Iterator[Mapping[str, str]]:
    """Run PostgreSQL and `migrate` of a stack, and yield what its state file names."""
    whole = embedded_stack(folder, Ports.free())
    stages = [
        [part for part in stage if part.name in {"PostgreSQL", "migrate"}] for stage in whole.stages[:2]
    ]
    with Stack(data_dir=folder, stages=stages, describe=lambda _: whole.state):
        yield json.loads((folder / "stack.json").read_text(encoding="utf-8"))["environment"]


def _save(environment: Mapping[str, str], folder: Path) -> int | None:
    """Save an event as a worker does, and fold it as a projector does."""
    keys = FileKeyProvider(master_key_file(folder))
    with SwitchStore.open(environment[_VARIABLE], keys, pool_size=1) as store:
        saved = store.save(organization(str(uuid4()))).notification_id
    assert Projector(environment["DATABASE_PROJECTOR_URL"]).catch_up() == saved
    return saved


def test_each_part_has_the_database_of_its_role(
    reachable_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No part has another's address, neither from the stack nor from who starts it; the sandbox has none."""
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://boss:hush@127.0.0.1:9/other")
    stack = embedded_stack(reachable_folder / "stack", Ports.free())
    services = [part for part in stack.parts if isinstance(part, Service)]
    assert {part.name: _user(part.environment[_VARIABLE]) for part in services} == USERS
    for part in services:
        assert {name for name in part.environment if name.startswith("DATABASE_")} == {_VARIABLE}
        assert not any("postgresql://" in word for word in map(str, part.command))


def test_a_stack_and_its_backup_work_as_roles(reachable_folder: Path) -> None:
    """The owner's address backs up, a restored stack has the same roles, and no log has a password."""
    folder, copy = reachable_folder / "stack", reachable_folder / "copy"
    with _databases(folder) as environment:
        users = {name: _user(url) for name, url in environment.items() if name.startswith("DATABASE_")}
        assert users == {
            "DATABASE_URL": "planswitch_worker",
            "DATABASE_OWNER_URL": "planswitch_owner",
            "DATABASE_PROJECTOR_URL": "planswitch_projector",
            "DATABASE_READER_URL": "planswitch_reader",
            "DATABASE_SEALER_URL": "planswitch_sealer",
            "DATABASE_DASHBOARD_URL": "planswitch_dashboard",
        }
        assert _save(environment, folder) == 1
        kept = backup(folder, reachable_folder / "kept.tar.gz").file
        passwords = [parse_database_url(environment[name]).password for name in users]
        log = (folder / "logs" / "postgres.log").read_text(encoding="utf-8")
    assert len(set(passwords)) == len(users)
    assert not any(password in log for password in passwords)

    restore(kept, copy, keys_from=folder / "keys")
    with _databases(copy) as environment:
        assert _save(environment, copy) == 2
        with psycopg.connect(environment[_VARIABLE]) as connection, pytest.raises(psycopg.Error) as refused:
            connection.execute("DELETE FROM planswitch.switch_events")
    assert "permission denied" in str(refused.value)


PROFILE = """
[profiles.contoso]
tenant_id = "11111111-1111-4111-8111-111111111111"
client_id = "22222222-2222-4222-8222-222222222222"
certificate_file = "app.pem"
"""


def test_a_stack_on_a_real_cloud_has_no_sandbox(
    reachable_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its parts work with the named profile; one with a sandbox is led to no real cloud (access#profiles)."""
    file = reachable_folder / "cloud.toml"
    file.write_text(PROFILE, encoding="utf-8")
    monkeypatch.setenv("PLANSWITCH_CLOUD_FILE", str(file))
    real = embedded_stack(reachable_folder / "real", Ports.free(), profiles=["contoso"])
    practice = embedded_stack(reachable_folder / "practice", Ports.free())

    assert "sandbox" not in {part.name for part in real.parts}
    assert "sandbox" not in real.state.urls
    for stack, cloud in ((real, (str(file), "contoso")), (practice, ("", ""))):
        for part in (each for each in stack.parts if isinstance(each, Service)):
            settings = tuple(part.environment[f"PLANSWITCH_CLOUD_{name}"] for name in ("FILE", "PROFILE"))
            assert settings == cloud, part.name
    with pytest.raises(InvalidInput, match="allowed: contoso"):
        embedded_stack(reachable_folder / "none", Ports.free(), profiles=["fabrikam"])
