"""A sealed file opens with its passphrase alone, and only as the whole that was sealed."""

from __future__ import annotations

import io

import pytest

from ops.backup.backup_archive import MAGIC, PIECE_BYTES, SealBroken, SealingWriter, is_sealed, unsealed

_PASSPHRASE = "correct horse battery staple"
_COST_LOG2 = 14
_TAG_BYTES = 16
_HEADER_BYTES = len(MAGIC) + 17


def _sealed(content: bytes, step: int = 300_000) -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, _PASSPHRASE, cost_log2=_COST_LOG2)
    for start in range(0, len(content), step):
        writer.write(content[start : start + step])
    writer.finish()
    return target.getvalue()


def _opened(sealed: bytes, passphrase: str = _PASSPHRASE) -> bytes:
    return b"".join(unsealed(io.BytesIO(sealed), passphrase))


@pytest.mark.parametrize(
    "size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 7]
)
def test_what_was_sealed_comes_back(size: int) -> None:
    """Every length, at the edges of pieces too, comes back as it was."""
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    sealed = _sealed(content)

    assert is_sealed(io.BytesIO(sealed))
    assert _opened(sealed) == content


def test_two_files_of_one_content_have_nothing_in_common() -> None:
    """Each file has a salt of its own, and with it another key."""
    first, second = _sealed(b"x" * 1_000), _sealed(b"x" * 1_000)

    assert first[_HEADER_BYTES:] != second[_HEADER_BYTES:]


def test_another_passphrase_opens_nothing() -> None:
    """A wrong passphrase is refused and yields nothing."""
    with pytest.raises(SealBroken, match="another one"):
        _opened(_sealed(b"x"), "correct horse battery stable")


@pytest.mark.parametrize("at", [len(MAGIC) + 1, _HEADER_BYTES, _HEADER_BYTES + PIECE_BYTES + 30, -1])
def test_a_changed_byte_is_found(at: int) -> None:
    """Salt, first piece, a later piece and the last tag: a changed bit anywhere is refused."""
    sealed = bytearray(_sealed(bytes(2 * PIECE_BYTES)))
    sealed[at] ^= 1

    with pytest.raises(SealBroken):
        _opened(bytes(sealed))


def test_pieces_are_not_moved_dropped_or_added() -> None:
    """Pieces stand in their order, and the last one is the last."""
    sealed = _sealed(bytes(2 * PIECE_BYTES) + b"end")
    size = PIECE_BYTES + _TAG_BYTES
    header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
    first, second, last = body[:size], body[size : 2 * size], body[2 * size :]

    for pieces in ([second, first, last], [first, last], [first, second], [first, second, last, last], []):
        with pytest.raises(SealBroken):
            _opened(header + b"".join(pieces))
    assert _opened(header + first + second + last) == bytes(2 * PIECE_BYTES) + b"end"


def test_a_header_may_not_ask_for_all_memory() -> None:
    """Rounds beyond what a file may ask for are refused before any is made."""
    sealed = bytearray(_sealed(b"x"))
    sealed[len(MAGIC)] = 40

    with pytest.raises(SealBroken, match="rounds"):
        _opened(bytes(sealed))
