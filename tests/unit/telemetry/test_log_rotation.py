"""Log files of the embedded stack do not grow for ever (docs/logs.md#rotation)."""

from __future__ import annotations

from pathlib import Path

from ops.processes.log_rotation import rotate


def test_a_grown_log_is_copied_and_its_writer_goes_on(tmp_path: Path) -> None:
    """A writer that keeps the file open appends to the emptied one, and the copy has what was before."""
    file = tmp_path / "worker.log"
    with file.open("ab", buffering=0) as writer:
        writer.write(b"first\n")
        assert rotate(file, bytes_max=6)
        writer.write(b"second\n")

    assert file.read_bytes() == b"second\n"
    assert (tmp_path / "worker.log.1").read_bytes() == b"first\n"
    assert (tmp_path / "worker.log.1").stat().st_mode & 0o077 == 0


def test_only_some_earlier_logs_are_kept(tmp_path: Path) -> None:
    """The newest is number 1, and the oldest is removed."""
    file = tmp_path / "serve.log"
    for number in range(4):
        file.write_bytes(f"{number}\n".encode())
        assert rotate(file, bytes_max=1, kept=2)

    kept = {each.name: each.read_text() for each in tmp_path.iterdir() if each != file}
    assert kept == {"serve.log.1": "3\n", "serve.log.2": "2\n"}


def test_a_small_log_and_a_missing_one_are_left_alone(tmp_path: Path) -> None:
    """Nothing happens below the limit, and a part without a log is no error."""
    file = tmp_path / "sealer.log"
    file.write_bytes(b"x")

    assert not rotate(file, bytes_max=2)
    assert not rotate(tmp_path / "none.log", bytes_max=0)
    assert file.read_bytes() == b"x"
