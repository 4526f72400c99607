"""What continuous integration checks of the locks and of advisories (SECURITY.md, dependencies)."""

from __future__ import annotations

import sys
from importlib.metadata import PathDistribution
from pathlib import Path

from tools.locks.audit import NOT_AUDITED, judged, main
from tools.locks.checks import LOCKS, faults, license_of, locked, pinned, without_hash


def test_every_locked_package_has_a_hash_and_an_allowed_license() -> None:
    """SECURITY.md: nothing is installed that was not locked, and nothing under terms that were not read."""
    assert faults() == []
    assert len(locked((LOCKS / "run.txt").read_text(encoding="utf-8"))) > len(("a lock", "is no stub"))


def test_a_package_without_a_hash_is_named() -> None:
    """The check can fail: a line without a hash lets anything be installed under the name."""
    text = "good==1.0 \\\n    --hash=sha256:00\nbad==2.0 ; sys_platform == 'win32'\n"
    assert locked(text) == {"good": "1.0", "bad": "2.0"}
    assert without_hash(text) == ("bad",)
    assert pinned(text) == ("good==1.0", "bad==2.0 ; sys_platform == 'win32'")


def test_a_license_is_read_from_what_the_package_says(tmp_path: Path) -> None:
    """The expression comes before classifiers, and those before free text."""
    folder = tmp_path / "some-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: some\nLicense: free words\nClassifier: License :: A\n")
    assert license_of(PathDistribution(folder)) == "License :: A"
    (folder / "METADATA").write_text("Name: some\nLicense-Expression: MIT\nClassifier: License :: A\n")
    assert license_of(PathDistribution(folder)) == "MIT"


def test_an_audit_without_an_answer_is_no_clean_audit() -> None:
    """SECURITY.md: exit code 3 says "not audited", also where one package alone was left out."""
    flaw = {"id": "PYSEC-1", "fix_versions": ["2.1"]}
    good = {"name": "a", "version": "1", "vulns": []}
    assert judged([])[1] == NOT_AUDITED
    assert judged([good, {"name": "b", "skip_reason": "not there"}])[1] == NOT_AUDITED
    assert judged([good]) == (["no known vulnerability in 1 packages"], 0)
    assert judged([good, {"name": "b", "version": "2", "vulns": [flaw]}]) == (
        ["b 2: PYSEC-1, mended in 2.1"],
        1,
    )
    assert main(sys.executable) == NOT_AUDITED
