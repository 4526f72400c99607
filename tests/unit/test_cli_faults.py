"""The command line takes a fault program for the sandbox, or refuses it before anything starts."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from cli.main import app


def test_a_bad_file_ends_the_sandbox_before_it_starts(tmp_path: Path) -> None:
    """`sandbox --faults FILE` refuses a bad file with exit code 2, and makes no journal."""
    file = tmp_path / "faults.json"
    file.write_text('{"rules": [{"fault": "late", "rate": 3, "operation": "checkout"}]}', encoding="utf-8")
    state = tmp_path / "state"

    for named, said in ((file, "rules[0].rate is 3; allowed"), (tmp_path / "none.json", "No such file")):
        ran = CliRunner().invoke(app, ["sandbox", "--faults", str(named), "--state-dir", str(state)])
        assert ran.exit_code == 2
        assert said in " ".join(ran.output.split())
    assert not state.exists()
