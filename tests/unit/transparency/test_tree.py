"""The tree is the one of RFC 6962, however it grows; proofs hold for their leaf and tree alone."""

from __future__ import annotations

import pytest

from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import EMPTY_ROOT, leaf_hash, node_hash
from audit.transparency.tree_edge import TreeEdge
from audit.transparency.tree_proofs import consistency_proof, inclusion_proof, is_consistent
from domain.kernel.errors import InvalidInput
from tests.support.seals import entries_of, naive_root, subtree_of

#: The entries of Certificate Transparency's own tests, and the roots of the trees over the first n of them.
KNOWN_ENTRIES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(len(KNOWN_ROOTS)))
def test_known_trees_have_their_roots(size: int) -> None:
    """The trees of Certificate Transparency's tests have the roots that stand there."""
    edge = TreeEdge()
    edge.append(map(leaf_hash, KNOWN_ENTRIES[:size]))

    assert KNOWN_ROOTS[size] == edge.root().hex() == naive_root(KNOWN_ENTRIES[:size]).hex()


def test_known_proofs_are_made() -> None:
    """The paths of Certificate Transparency's tests: leaf 0 of 8, and from 6 to 8 leaves."""
    subtree = subtree_of(KNOWN_ENTRIES)
    inclusion = [each.hex()[:8] for each in inclusion_proof(0, 8, subtree)]
    consistency = [each.hex()[:8] for each in consistency_proof(6, 8, subtree)]

    assert inclusion == ["96a296d2", "5f083f0a", "6b47aaf2"]
    assert consistency == ["0ebc5d34", "ca854ea1", "d37ee418"]


@pytest.mark.parametrize(("old_size", "size"), [(1, 2), (3, 7), (4, 7), (6, 8)])
def test_a_consistency_path_without_hashes_proves_nothing(old_size: int, size: int) -> None:
    """Where something is to be proved, an empty path is refused."""
    roots = [naive_root(entries_of(each)) for each in (old_size, size)]

    assert not is_consistent(old_size, size, (), old_root=roots[0], root=roots[1])


def test_an_empty_tree_begins_every_tree() -> None:
    """The empty tree has one root, and a wrong one is refused."""
    root = naive_root(entries_of(3))

    assert is_consistent(0, 3, (), old_root=EMPTY_ROOT, root=root)
    assert not is_consistent(0, 3, (), old_root=root, root=root)


def test_a_proof_outside_of_the_tree_is_refused() -> None:
    """No proof is made for a leaf or an old tree that is not there."""
    subtree = subtree_of(entries_of(2))

    with pytest.raises(InvalidInput):
        inclusion_proof(2, 2, subtree)
    with pytest.raises(InvalidInput):
        consistency_proof(3, 2, subtree)


@pytest.mark.parametrize("levels", [[[b"short"]], [[bytes(32)] * 256]])
def test_an_edge_that_is_none_is_refused(levels: list[list[bytes]]) -> None:
    """An edge takes hashes alone, and no full tile."""
    with pytest.raises(MalformedSeal):
        TreeEdge(levels)


def test_a_node_is_never_a_leaf() -> None:
    """The hash of two children is not that of an entry with their bytes."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert node_hash(left, right) != leaf_hash(left + right)
