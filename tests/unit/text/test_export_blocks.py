"""How the lines of a file leave the console (api-data#exports)."""

from __future__ import annotations

from console.lists.exports import BLOCK_BYTES, in_blocks


def test_lines_leave_in_blocks_and_stay_as_they_are() -> None:
    """Every line arrives once and in order; blocks have their size, and none is empty."""
    lines = [f"{number},Ämter\r\n" for number in range(20_000)]
    blocks = list(in_blocks(lines))

    assert b"".join(blocks) == "".join(lines).encode()
    assert [len(each) >= BLOCK_BYTES for each in blocks[:-1]] == [True] * (len(blocks) - 1)
    assert max(map(len, blocks)) < BLOCK_BYTES + 100
    assert blocks[-1]
    assert list(in_blocks([])) == []


def test_a_line_is_not_read_before_the_block_before_it_was_taken() -> None:
    """Memory does not grow with the list: of a list without end one block can be taken."""
    blocks = in_blocks("x" * 1_000 for _ in iter(int, 1))

    assert len(next(blocks)) >= BLOCK_BYTES
    assert len(next(blocks)) >= BLOCK_BYTES
