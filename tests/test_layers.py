"""The layers of ARCHITECTURE.md are executed: a lower package never imports an upper one."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

from tools.tidy_sources import PACKAGES, ROOT

LINT_IMPORTS = Path(sysconfig.get_path("scripts")) / "lint-imports"
#: A package below and the one above that it must not reach, with the contract that forbids it.
FORBIDDEN_IMPORTS = [
    ("domain", "store", "Layers"),
    ("store", "activities", "Layers"),
    ("projections", "console", "Layers"),
    ("services", "console", "Layers"),
    ("workflows", "services", "Layers"),
    ("services", "typer", "use cases know no edge"),
    ("workflows", "domain.kernel.money", "workflows never reach the aggregates"),
    ("domain", "psycopg", "domain is pure"),
    ("providers", "domain.subscriptions.subscription", "providers know nothing of the aggregates"),
    ("client", "domain", "the client of the API knows nothing of the product"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml in a folder."""
    command = [str(LINT_IMPORTS), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_layers_hold() -> None:
    """Every contract of pyproject.toml is kept by the project's imports."""
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize(("lower", "upper", "contract"), FORBIDDEN_IMPORTS)
def test_contract_finds_a_forbidden_import(tmp_path: Path, lower: str, upper: str, contract: str) -> None:
    """A contract that can't fail proves nothing: each finds an import that it forbids."""
    for name in [
        *PACKAGES,
        "client",
        "domain.kernel.money",
        "domain.subscriptions.subscription",
        "domain.organizations.organization",
    ]:
        package = tmp_path
        for part in name.split("."):
            package /= part
            package.mkdir(exist_ok=True)
            (package / "__init__.py").touch()
    (tmp_path / lower / "bad.py").write_text(f"import {upper}\n")

    result = lint(tmp_path)

    broken = result.stdout.partition("Broken contracts")[2]
    assert result.returncode == 1, result.stdout + result.stderr
    assert contract in broken
    assert f"{lower}.bad -> {upper}" in broken
