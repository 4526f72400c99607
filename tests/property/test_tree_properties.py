"""A tree that grows piece by piece is the naive one, and its proofs hold for nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audit.transparency.hashes import leaf_hash, root_of
from audit.transparency.tree_edge import TreeEdge, widths_of
from audit.transparency.tree_proofs import consistency_proof, inclusion_proof, is_consistent, is_included
from tests.support.seals import entries_of, naive_root, subtree_of

SIZES = st.integers(1, 70)


@given(st.lists(st.integers(0, 700), max_size=4))
def test_a_tree_is_the_same_however_it_grows(steps: list[int]) -> None:
    """Appending piece by piece gives the root of the whole, across the borders of tiles."""
    hashes = [leaf_hash(each) for each in entries_of(sum(steps))]
    edge, start = TreeEdge(), 0
    for step in steps:
        edge.append(hashes[start : start + step])
        start += step

    assert (len(hashes), root_of(hashes)) == (edge.size, edge.root())
    assert widths_of(len(hashes)) == tuple(len(each) for each in edge._levels)[: len(widths_of(len(hashes)))]


@given(SIZES, st.data())
def test_inclusion_holds_for_its_leaf_alone(size: int, data: st.DataObject) -> None:
    """A path proves its own leaf at its own index in its own tree, and nothing else."""
    entries, index = entries_of(size), data.draw(st.integers(0, size - 1))
    path, root = inclusion_proof(index, size, subtree_of(entries)), naive_root(entries)
    leaf = leaf_hash(entries[index])

    assert is_included(leaf, index, size, path, root)
    assert not is_included(leaf_hash(b"another"), index, size, path, root)
    assert not is_included(leaf, index + size, size, path, root)
    assert not is_included(leaf, index, size, (*path, leaf), root)
    assert not path or not is_included(leaf, index, size, path[:-1], root)
    assert not any(is_included(leaf, each, size, path, root) for each in range(size) if each != index)


@given(SIZES, st.data())
def test_consistency_holds_for_its_trees_alone(size: int, data: st.DataObject) -> None:
    """A path proves that the old tree begins the new one; a changed old leaf is noticed."""
    entries, old_size = entries_of(size), data.draw(st.integers(0, size))
    path, root = consistency_proof(old_size, size, subtree_of(entries)), naive_root(entries)
    old_root = naive_root(entries[:old_size])

    assert is_consistent(old_size, size, path, old_root=old_root, root=root)
    assert not is_consistent(old_size, size, path, old_root=leaf_hash(b"another"), root=root)
    assert not old_size or not is_consistent(old_size, size, path, old_root=old_root, root=leaf_hash(b"x"))
    assert not is_consistent(old_size, size, (*path, root), old_root=old_root, root=root)
    assert not is_consistent(size + 1, size, path, old_root=old_root, root=root)
