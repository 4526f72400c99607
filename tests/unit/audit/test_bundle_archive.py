"""The file of a bundle has one layout; tricks by which two programs see two files in a zip are refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.bundle import members as limits
from audit.bundle.archive import BundleArchive, BundleWriter
from audit.bundle.errors import BundleRefused
from audit.bundle.members import CHECKPOINT, INDEX, POLICY, ROSTER

CONTENT = b"a text that is packed\n" * 100


def _written(**members: bytes) -> bytes:
    """Return a file as we write it, with a checkpoint and some more members."""
    buffer = io.BytesIO()
    with BundleWriter(buffer) as writer:
        writer.add(CHECKPOINT, CONTENT)
        for name, content in members.items():
            writer.add(name, content)
        writer.finish({})
    return buffer.getvalue()


def _zipped(*names: str, comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with members of these names, as another program writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            archive.writestr(info, CONTENT, method)
    return buffer.getvalue()


def _refusal(content: bytes, path: Path) -> str:
    """Return why a file is refused, at its opening or when its members are read."""
    path.write_bytes(content)
    try:
        with BundleArchive(path) as archive:
            for name in archive.names:
                archive.content(name)
    except BundleRefused as error:
        return error.message
    pytest.fail("the file was read")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Members come back in their order, with digests and lines; a member that is not there is missing."""
    path = tmp_path / "b.zip"
    path.write_bytes(_written(**{ROSTER: b"one\ntwo\n"}))
    with BundleArchive(path) as archive:
        assert archive.names == (CHECKPOINT, ROSTER, INDEX)
        assert archive.content(CHECKPOINT) == CONTENT
        assert list(archive.lines(ROSTER)) == [b"one", b"two"]
        with pytest.raises(BundleRefused, match="is missing"):
            archive.content(POLICY)
    path.write_bytes(_written(**{ROSTER: b"one\ntw"}))
    with BundleArchive(path) as half, pytest.raises(BundleRefused, match="does not end with a whole line"):
        list(half.lines(ROSTER))


@pytest.mark.parametrize(
    "name",
    [
        "../checkpoint",
        "/etc/passwd",
        "events/../policy",
        "events\\1.json",
        "events/01.json",
        "CHECKPOINT",
        "a/",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is unpacked by name, and all the same no other name is taken."""
    assert "has a name that no member of a bundle has" in _refusal(_zipped(name), tmp_path / "x.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """One program takes the first, another the last."""
    assert "stands in it twice" in _refusal(_zipped(POLICY, POLICY), tmp_path / "x.zip")


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"#!/bin/sh\n" + content,
        lambda content: content + b"\0",
        lambda content: content.replace(b"checkpoint", b"checkpoinX", 1),
        lambda content: content[:-1],
    ],
)
def test_bytes_that_belong_to_no_member_are_refused(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """Before the first member, after the table, in another header, and where the end is cut off."""
    assert _refusal(change(_written()), tmp_path / "x.zip")


def test_a_comment_and_another_packing_are_refused(tmp_path: Path) -> None:
    """Room for other bytes, and what we never write."""
    assert "belong to no member" in _refusal(_zipped(POLICY, comment=b"x"), tmp_path / "x.zip")
    packed = _zipped(POLICY, method=zipfile.ZIP_BZIP2)
    assert "packed in a way that no bundle has" in _refusal(packed, tmp_path / "y.zip")


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    """A bomb whose members share their bytes: the second one begins where the first does."""
    content = bytearray(_zipped(POLICY, CHECKPOINT))
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)

    assert _refusal(bytes(content), tmp_path / "x.zip")


def test_a_member_has_a_bound_whatever_it_says_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb that is told, and one that tells a small size: no more is unpacked than is allowed."""
    content = _written()
    monkeypatch.setattr(limits, "MEMBER_BYTES_MAX", len(CONTENT) - 1)
    assert "are allowed" in _refusal(content, tmp_path / "x.zip")
    lying = bytearray(content)
    table = lying.index(b"PK\x01\x02")
    struct.pack_into("<I", lying, table + 24, 10)
    assert _refusal(bytes(lying), tmp_path / "y.zip")


def test_a_byte_that_was_changed_is_noticed(tmp_path: Path) -> None:
    """Each byte of a small file: what opens has its members as they were written, or is refused."""
    content = _written()
    for place in range(0, len(content), 7):
        path = tmp_path / "x.zip"
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            with BundleArchive(path) as archive:
                assert archive.content(CHECKPOINT) == CONTENT
        except BundleRefused:
            continue
