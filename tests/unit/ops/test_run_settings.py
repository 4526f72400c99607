"""Settings come from the environment, then the running stack, then defaults; secrets stay hidden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput
from ops.base.settings import load_settings
from ops.processes.private_files import write_private
from store.roles.role import DatabaseRole

_URL = "postgresql://planswitch:hush@127.0.0.1:5999/planswitch"
_OWNER_URL = "postgresql://planswitch_owner:hushed@127.0.0.1:5999/planswitch"
_KEY = "open-sesame-of-the-tests"


def _state(folder: Path) -> None:
    """Write the state file of a stack that runs on a folder."""
    environment = {
        "DATABASE_URL": _URL,
        "DATABASE_OWNER_URL": _OWNER_URL,
        "PLANSWITCH_API_URL": "http://127.0.0.1:9001",
    }
    (folder / "stack.json").write_text(json.dumps({"environment": environment}))


def test_defaults_point_at_this_machine(tmp_path: Path) -> None:
    """Without anything set the client looks for the console on its default port."""
    settings = load_settings(data_dir=tmp_path)

    assert settings.api_url == "http://127.0.0.1:8533"
    assert (settings.license_slice_size, settings.license_lanes) == (2000, 4)
    assert settings.operator_key() is None


def test_the_running_stack_is_found_by_its_folder(tmp_path: Path) -> None:
    """A stack's state file says where it runs."""
    _state(tmp_path)
    settings = load_settings(data_dir=tmp_path)

    assert _address(settings.required_database_url()) == _URL
    assert settings.api_url == "http://127.0.0.1:9001"


def test_the_environment_wins_over_the_running_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set is believed before the state file."""
    _state(tmp_path)
    monkeypatch.setenv("PLANSWITCH_API_URL", "http://127.0.0.1:9002")
    monkeypatch.setenv("PLANSWITCH_DATA_DIR", str(tmp_path))

    assert load_settings().api_url == "http://127.0.0.1:9002"
    assert _address(load_settings().required_database_url()) == _URL


def test_what_only_the_owner_may_do_takes_the_owners_database(tmp_path: Path) -> None:
    """A running stack names each role's address; a role without one has that of all."""
    _state(tmp_path)
    settings = load_settings(data_dir=tmp_path)

    assert settings.required_database_url_of(DatabaseRole.OWNER) == _OWNER_URL
    assert _address(settings.required_database_url_of(DatabaseRole.PROJECTOR)) == _URL


def test_who_names_a_database_means_that_one_for_every_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`migrate` never reaches a running stack's database where DATABASE_URL names another one."""
    _state(tmp_path)
    other = "postgresql://app:hush@127.0.0.1:5998/other"
    monkeypatch.setenv("DATABASE_URL", other)
    assert load_settings(data_dir=tmp_path).required_database_url_of(DatabaseRole.OWNER) == other

    own = "postgresql://planswitch_owner:hush@127.0.0.1:5998/other"
    monkeypatch.setenv("DATABASE_OWNER_URL", own)
    settings = load_settings(data_dir=tmp_path)
    assert settings.required_database_url_of(DatabaseRole.OWNER) == own
    assert _address(settings.required_database_url()) == other


def test_a_torn_state_file_is_not_believed(tmp_path: Path) -> None:
    """A state file that is not JSON counts as none."""
    (tmp_path / "stack.json").write_text('{"environment": {"DATAB')

    assert load_settings(data_dir=tmp_path).api_url == "http://127.0.0.1:8533"


def test_a_missing_database_is_named_with_its_remedy(tmp_path: Path) -> None:
    """A process that needs the database says which variable is missing and what to start."""
    with pytest.raises(InvalidInput, match="DATABASE_URL") as caught:
        load_settings(data_dir=tmp_path).required_database_url()

    assert "planswitch up" in caught.value.remedy


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("PLANSWITCH_LICENSE_LANES", "many", "a whole number of 1 to 64"),
        ("PLANSWITCH_LICENSE_LANES", "65", "a whole number of 1 to 64"),
        ("PLANSWITCH_API_PORT", "0", "a whole number of 1 to 65,535"),
        ("PLANSWITCH_DIRECTORY_WRITES_WINDOW_SECONDS", "0", "a number above 0"),
        ("PLANSWITCH_LOG_LEVEL", "LOUD", "DEBUG or INFO or WARNING or ERROR"),
        ("PLANSWITCH_LOG_JSON", "maybe", "true or false"),
    ],
)
def test_a_bad_value_names_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    """A value that is not allowed is refused with its variable, the value, and what is allowed."""
    monkeypatch.setenv(variable, value)

    with pytest.raises(InvalidInput, match=f"{variable} is '{value}'; allowed: {allowed}"):
        load_settings(data_dir=tmp_path)


def test_secrets_are_masked(tmp_path: Path) -> None:
    """The settings for people hold no password and no key."""
    settings = load_settings(
        data_dir=tmp_path, database_url=_URL, database_owner_url=_OWNER_URL, api_key=_KEY
    )
    shown = settings.masked()

    assert shown["database_url"] == shown["database_owner_url"] == shown["api_key"] == "********"
    assert shown["database_reader_url"] == "(not set)"
    assert shown["temporal_address"] == "127.0.0.1:7233"
    assert "hush" not in f"{shown} {settings!r}"


def test_the_operator_key_is_read_from_its_file(tmp_path: Path) -> None:
    """The key comes from the named file, without the line end."""
    write_private(tmp_path / "api.key", f"{_KEY}\n".encode())

    assert load_settings(data_dir=tmp_path, api_key_file=tmp_path / "api.key").operator_key() == _KEY


def _address(url: str) -> str:
    """Return a database's URL without the time-outs, which the settings add."""
    return url.partition("?")[0]
