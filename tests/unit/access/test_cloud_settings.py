"""Which cloud a process works with: a named file, else a named sandbox, else the file in its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput
from ops.base.settings import load_settings

FIELDS = (
    'tenant_id = "11111111-1111-4111-8111-111111111111"\n'
    'client_id = "22222222-2222-4222-8222-222222222222"\n'
    'certificate_file = "app.pem"\n'
)
CONTOSO = 'tenants = ["33333333-3333-4333-8333-333333333333"]\n'
SANDBOX = "http://127.0.0.1:8534"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with a file of two profiles, and no setting of it in the environment."""
    for name in ("FILE", "URL", "PROFILE"):
        monkeypatch.delenv(f"PLANSWITCH_CLOUD_{name}", raising=False)
    text = f"[profiles.one]\n{FIELDS}{CONTOSO}[profiles.two]\n{FIELDS}"
    (tmp_path / "cloud.toml").write_text(text, encoding="utf-8")
    return tmp_path


def _names(folder: Path) -> tuple[str, ...] | None:
    profiles = load_settings(data_dir=folder).cloud_profiles()
    return None if profiles is None else profiles.names


def test_the_file_of_the_data_folder_is_used_if_nothing_is_named(folder: Path, tmp_path: Path) -> None:
    """Whoever lays the file there names nothing else; without it there is the sandbox."""
    assert _names(folder) == ("one", "two")
    (folder / "cloud.toml").unlink()
    assert _names(folder) is None


def test_a_named_sandbox_is_meant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names the sandbox's address works with it, whatever lies in the folder."""
    monkeypatch.setenv("PLANSWITCH_CLOUD_URL", SANDBOX)

    assert _names(folder) is None


def test_a_running_stack_with_a_sandbox_leads_nobody_to_a_real_cloud(folder: Path) -> None:
    """A command that joins the stack works with what the stack works with."""
    environment = {"PLANSWITCH_CLOUD_URL": SANDBOX, "PLANSWITCH_CLOUD_FILE": ""}
    (folder / "stack.json").write_text(json.dumps({"environment": environment}))

    assert _names(folder) is None


def test_a_named_file_goes_before_a_sandbox(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are named only by somebody who means the file; one that can't be read is refused."""
    monkeypatch.setenv("PLANSWITCH_CLOUD_URL", SANDBOX)
    monkeypatch.setenv("PLANSWITCH_CLOUD_FILE", str(folder / "cloud.toml"))
    assert _names(folder) == ("one", "two")

    monkeypatch.setenv("PLANSWITCH_CLOUD_FILE", str(folder / "absent.toml"))
    with pytest.raises(InvalidInput, match="PLANSWITCH_CLOUD_FILE"):
        _names(folder)


def test_some_profiles_of_a_file_can_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may work with a part of the file, and a name that is none is refused."""
    monkeypatch.setenv("PLANSWITCH_CLOUD_PROFILE", "two, two")
    assert _names(folder) == ("two",)

    for names in ("three", ",", "one,"):
        monkeypatch.setenv("PLANSWITCH_CLOUD_PROFILE", names)
        with pytest.raises(InvalidInput, match="allowed: one, two"):
            _names(folder)
