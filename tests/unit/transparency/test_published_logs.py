"""Tiles, bundles and proof files: where they lie, what they hold, and what is refused."""

from __future__ import annotations

import pytest

from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.hashes import leaf_hash
from audit.transparency.proof_files import ProofFile, parse_proof_file
from audit.transparency.tiles import PublishedTree, bundle_path, parse_bundle, parse_tile, tile_path
from audit.transparency.tree_edge import TreeEdge
from audit.transparency.tree_proofs import inclusion_proof
from tests.support.seals import checkpoint_of, log_signers, published, signed, subtree_of

ENTRIES = [f"entry {each}".encode() for each in range(600)]
FILES = published(ENTRIES, *log_signers())
NOTE = signed(checkpoint_of(ENTRIES), *log_signers())
PROOF = ProofFile(index=599, path=inclusion_proof(599, 600, subtree_of(ENTRIES)), note=NOTE)
CONTENT = PROOF.content()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(1, 1_234_067), "tile/1/x001/x234/067"),
        (tile_path(2, 1000, 17), "tile/2/x001/000.p/17"),
        (bundle_path(273, 112), "tile/entries/273.p/112"),
    ],
)
def test_tiles_lie_where_the_format_says(path: str, shown: str) -> None:
    """Numbers are spelled in groups of three digits, and the width of a partial tile is in its name."""
    assert shown == path


def test_a_log_of_70000_leaves_has_the_tiles_of_the_example() -> None:
    """The example of the specification: 273 full tiles and widths 112, 17 and 1."""
    edge = TreeEdge()
    full = edge.append([bytes(32)] * 70_000)

    assert tuple(sum(each.level == level for each in full) for level in (0, 1)) == (273, 1)
    assert [(each.level, each.number, len(each.hashes)) for each in edge.partial_tiles()] == [
        (0, 273, 112),
        (1, 1, 17),
        (2, 0, 1),
    ]


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, 599])
def test_proofs_are_made_of_tiles_alone(index: int) -> None:
    """Tiles give the paths that the leaves give."""
    tree = PublishedTree(FILES.get, 600)

    assert inclusion_proof(index, 600, subtree_of(ENTRIES)) == inclusion_proof(index, 600, tree.subtree)


def test_a_tree_goes_on_from_its_tiles() -> None:
    """The edge that is read from a folder grows like one that was never put aside, by full tiles as well."""
    edge = PublishedTree(FILES.get, 600).edge()
    files = published(ENTRIES[:500]) | FILES
    earlier = PublishedTree(files.get, 500).edge()
    earlier.append(leaf_hash(each) for each in ENTRIES[500:])

    assert checkpoint_of(ENTRIES).root == edge.root() == earlier.root()
    assert (edge.size, earlier.size) == (600, 600)


def test_a_missing_or_short_tile_is_named() -> None:
    """A tree whose tiles are not whole is not read."""
    with pytest.raises(MalformedSeal, match=r"tile/0/002\.p/88 is missing"):
        PublishedTree(lambda _: None, 600).edge()
    with pytest.raises(MalformedSeal, match="31 bytes"):
        parse_tile(bytes(31), 0, 0, 1)


def test_bundles_hold_the_entries() -> None:
    """Entries are read as they were published; a bundle that is cut off or has others is refused."""
    content = FILES[bundle_path(2, 88)]

    assert ENTRIES[512:] == parse_bundle(content, 88)
    for wrong in (content[:-1], content + b"\x00", content + b"\x00\x00"):
        with pytest.raises(MalformedSeal):
            parse_bundle(wrong, 88)


def test_a_proof_file_is_read_as_it_was_written() -> None:
    """A proof proves its entry, with and without what an application adds."""
    for proof in (PROOF, ProofFile(index=0, path=(), note=NOTE, extra=b"more")):
        assert proof == parse_proof_file(proof.content())
    PROOF.require_entry(ENTRIES[599])


def test_another_entry_is_refused() -> None:
    """A proof does not hold for an entry that was altered."""
    with pytest.raises(SealRefused, match="leaf 599"):
        PROOF.require_entry(b"entry 598")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"tlog-proof@v1", b"tlog-proof@v2"),
        (b"index 599\n", b""),
        (b"index 599", b"index 0599"),
        (b"index 599", b"extra ?\nindex 599"),
        (b"index 599\n", b"index 599\nAAAA\n"),
        (b"\n\n", b"\n"),
    ],
)
def test_what_is_no_proof_file_is_refused(old: bytes, new: bytes) -> None:
    """A file in another format, or with a line that does not belong there, proves nothing."""
    with pytest.raises(MalformedSeal):
        parse_proof_file(CONTENT.replace(old, new, 1) if old != b"\n\n" else CONTENT.replace(old, new))
