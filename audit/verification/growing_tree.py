"""A tree that grows by the hashes of its leaves and knows its root at any size (RFC 6962).

It is written apart from the tree of the sealer, whose faults it would else repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

#: Leaves of a block: as many as a tile of the folder has hashes.
BLOCK = 256
_LEVELS = BLOCK.bit_length()


class GrowingTree:
    """Roots of whole blocks, joined as far as they can be, and the nodes of the block that is open."""

    def __init__(self) -> None:
        #: Roots of perfect subtrees, each with its number of blocks, a power of two.
        self._subtrees: list[tuple[int, bytes]] = []
        #: Nodes of the open block: its leaves, and above them what has both of its children.
        self._levels: list[list[bytes]] = [[] for _ in range(_LEVELS)]
        self._blocks = 0

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._blocks * BLOCK + len(self._levels[0])

    @property
    def room(self) -> int:
        """Return how many leaves the open block still takes."""
        return BLOCK - len(self._levels[0])

    @property
    def open_block(self) -> Sequence[bytes]:
        """Return the leaves of the block that is not closed yet."""
        return self._levels[0]

    @property
    def blocks(self) -> int:
        """Return the number of closed blocks."""
        return self._blocks

    def add(self, hashes: Sequence[bytes]) -> None:
        """Add leaves, as many as the open block takes at most."""
        self._levels[0] += hashes

    def close_block(self) -> None:
        """Join a full block to the subtrees before it."""
        self._raise_nodes()
        size, root = 1, self._levels[-1][0]
        while self._subtrees and self._subtrees[-1][0] == size:
            _, left = self._subtrees.pop()
            size, root = 2 * size, sha256(b"\x01" + left + root).digest()
        self._subtrees.append((size, root))
        self._levels = [[] for _ in range(_LEVELS)]
        self._blocks += 1

    def root(self) -> bytes:
        """Return the root as the tree stands."""
        self._raise_nodes()
        parts = [root for _, root in self._subtrees]
        # On each level a node without a neighbor is a subtree of its own; the highest level has the largest.
        parts += [nodes[-1] for nodes in reversed(self._levels) if len(nodes) % 2]
        root = parts.pop() if parts else sha256(b"").digest()
        while parts:
            root = sha256(b"\x01" + parts.pop() + root).digest()
        return root

    def _raise_nodes(self) -> None:
        """Make the nodes whose children came since the last time."""
        for below, nodes in zip(self._levels, self._levels[1:], strict=False):
            first = 2 * len(nodes)
            nodes += [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(below[first::2], below[first + 1 :: 2], strict=False)
            ]
