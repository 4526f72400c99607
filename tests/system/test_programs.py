"""What a test of a whole installation says where the machine lacks a part."""

from __future__ import annotations

import pytest

from tests.support.system import programs

pytestmark = pytest.mark.system


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """CONTRIBUTING, the level `system`: a test that lacks its part is skipped and names the package."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(programs, "_FOLDERS", ())
    with pytest.raises(pytest.skip.Exception, match="apt-get install prometheus"):
        programs.system_program("promtool")
