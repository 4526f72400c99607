"""The hashes of a tree, by RFC 6962: SHA-256, with a byte in front for leaf or node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
#: Root of the tree without leaves.
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry of the log."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root of the tree over hashes, which stand in the order of their leaves.

    A last hash without a neighbor goes up a level as it is: this is the tree of RFC 6962, which splits at the
    largest power of two.
    """
    level = hashes
    while len(level) > 1:
        pairs = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0] if level else EMPTY_ROOT


def split_of(size: int) -> int:
    """Return how many leaves are in the left part of a tree of two leaves or more."""
    return 1 << ((size - 1).bit_length() - 1)


def perfect_sizes(size: int) -> Iterator[int]:
    """Yield the powers of two that add up to `size`, the largest first."""
    for place in reversed(range(size.bit_length())):
        if size >> place & 1:
            yield 1 << place


def folded(hashes: Sequence[bytes]) -> bytes:
    """Return the root over neighboring perfect subtrees, each smaller than the one to its left."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root
