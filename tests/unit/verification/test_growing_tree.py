"""The verifier's tree has the roots that RFC 6962 defines, at every size (ADR 33)."""

from __future__ import annotations

import pytest

from audit.transparency.hashes import leaf_hash
from audit.verification.growing_tree import BLOCK, GrowingTree
from tests.support.seals import entries_of, naive_root


def grown(size: int, steps: int) -> GrowingTree:
    """Return a tree that has grown by as many leaves at a time, and whose root was asked for each time."""
    tree, hashes = GrowingTree(), [leaf_hash(each) for each in entries_of(size)]
    while tree.size < size:
        count = min(steps, tree.room, size - tree.size)
        tree.add(hashes[tree.size : tree.size + count])
        tree.root()
        if not tree.room:
            tree.close_block()
    return tree


@pytest.mark.parametrize("steps", [1, 7, BLOCK])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1024, 1300])
def test_root_of_every_size(size: int, steps: int) -> None:
    """Whole blocks, an open one, and the edges between; however the leaves came."""
    tree = grown(size, steps)
    assert (tree.size, tree.root()) == (size, naive_root(entries_of(size)))
