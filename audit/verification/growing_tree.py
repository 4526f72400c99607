"""A tree that grows by the hashes of its leaves and knows its root at any size (RFC 6962).

It is written apart from the tree of the sealer, whose faults it would else repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

#: Leaves of a block: as many as a tile of the folder has hashes.
BLOCK = 256


class GrowingTree:
    """Subtrees of whole blocks, the largest first, and the leaves that fill no block yet."""

    def __init__(self) -> None:
        #: Roots of perfect subtrees, each with its number of blocks, a power of two.
        self._subtrees: list[tuple[int, bytes]] = []
        self._leaves: list[bytes] = []
        self._blocks = 0

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._blocks * BLOCK + len(self._leaves)

    @property
    def room(self) -> int:
        """Return how many leaves the open block still takes."""
        return BLOCK - len(self._leaves)

    @property
    def open_block(self) -> Sequence[bytes]:
        """Return the leaves of the block that is not full, or of the one that is full and not closed."""
        return self._leaves

    @property
    def blocks(self) -> int:
        """Return the number of closed blocks."""
        return self._blocks

    def add(self, hashes: Sequence[bytes]) -> None:
        """Add leaves, as many as the open block takes at most."""
        self._leaves += hashes

    def close_block(self) -> None:
        """Join a full block to the subtrees before it."""
        size, root = 1, _root(self._leaves)
        while self._subtrees and self._subtrees[-1][0] == size:
            _, left = self._subtrees.pop()
            size, root = 2 * size, sha256(b"\x01" + left + root).digest()
        self._subtrees.append((size, root))
        self._leaves = []
        self._blocks += 1

    def root(self) -> bytes:
        """Return the root as the tree stands."""
        parts = [root for _, root in self._subtrees]
        if self._leaves or not parts:
            parts.append(_root(self._leaves))
        root = parts.pop()
        while parts:
            root = sha256(b"\x01" + parts.pop() + root).digest()
        return root


def _root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaves: pairs are joined, and a last one alone goes up as it is."""
    if not hashes:
        return sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        lone = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ] + lone
    return level[0]
