"""Proofs of a tree: made as RFC 6962 defines them, and checked by the steps of RFC 9162.

Making and checking share nothing, so that a fault of one is not believed by the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from audit.transparency.hashes import EMPTY_ROOT, folded, node_hash, perfect_sizes, split_of
from domain.kernel.errors import InvalidInput

#: Returns the root over the leaves from a first one up to the one before an end. Their number is a power of
#: two, and the first is a multiple of it.
PerfectSubtree = Callable[[int, int], bytes]


def range_root(start: int, end: int, subtree: PerfectSubtree) -> bytes:
    """Return the root over the leaves from `start` up to the one before `end`; `start` is that of a node."""
    hashes = []
    for size in perfect_sizes(end - start):
        hashes.append(subtree(start, start + size))
        start += size
    return folded(hashes)


def inclusion_proof(index: int, size: int, subtree: PerfectSubtree) -> tuple[bytes, ...]:
    """Return the hashes that lead from one leaf to the root, the leaf's neighbor first.

    Raises:
        InvalidInput: The tree has no such leaf.
    """
    if not 0 <= index < size:
        raise InvalidInput(field="index", value=index, allowed=f"0 to {size - 1}")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + split_of(end - start)
        if index < middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start = middle
    return tuple(reversed(path))


def consistency_proof(old_size: int, size: int, subtree: PerfectSubtree) -> tuple[bytes, ...]:
    """Return the hashes that prove that a tree was only added to; none where there is nothing to prove.

    Raises:
        InvalidInput: The old tree is the greater one.
    """
    if not 0 <= old_size <= size:
        raise InvalidInput(field="old size", value=old_size, allowed=f"0 to {size}")
    if old_size in {0, size}:
        return ()
    start, end = 0, size
    path: list[bytes] = []
    # Whether the part that is looked at begins where the tree does, so that its root is the old root.
    is_old_tree = True
    while old_size != end:
        middle = start + split_of(end - start)
        if old_size <= middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start, is_old_tree = middle, False
    if not is_old_tree:
        path.append(range_root(start, end, subtree))
    return tuple(reversed(path))


def is_included(entry_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether a path proves that a leaf stands at its index in the tree of a root."""
    if not 0 <= index < size:
        return False
    place, last, computed = index, size - 1, entry_hash
    for sibling in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            computed = node_hash(sibling, computed)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and computed == root


def is_consistent(old_size: int, size: int, path: Sequence[bytes], *, old_root: bytes, root: bytes) -> bool:
    """Return whether a path proves that the new tree begins with the old one."""
    if not 0 <= old_size <= size:
        return False
    if old_size == size:
        return not path and old_root == root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    # The root of an old tree of a power of two is a node of the new one; its path leaves it out.
    hashes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    place, last = old_size - 1, size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    return _leads_to_both(hashes, place, last, old_root=old_root, root=root)


def _leads_to_both(hashes: Sequence[bytes], place: int, last: int, *, old_root: bytes, root: bytes) -> bool:
    if not hashes:
        return False
    old_computed = computed = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            old_computed, computed = node_hash(each, old_computed), node_hash(each, computed)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            computed = node_hash(computed, each)
        place, last = place >> 1, last >> 1
    return last == 0 and old_computed == old_root and computed == root
