"""The folder of seals as a verifier reads it: file by file, so that memory does not grow with the tree."""

from __future__ import annotations

from pathlib import Path

from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import HASH_BYTES, leaf_hash
from audit.transparency.tiles import CHECKPOINT_PATH, PublishedTree, bundle_path, parse_bundle, tile_path
from audit.transparency.tree_edge import TILE_WIDTH
from audit.transparency.tree_proofs import consistency_proof, inclusion_proof, is_included
from audit.verification.findings import Deviates, Deviation, Fault, Subject

#: Where the folder has the policy with its own keys.
POLICY_PATH = "policy"


class SealFolder:
    """The published tree at one size."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; whether it is there is found out when it is read."""
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """Return a file of the folder, or None where there is none."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def checkpoint(self) -> bytes | None:
        """Return the newest checkpoint."""
        return self.read(CHECKPOINT_PATH)

    def leaf_tile(self, number: int, size: int) -> bytes | None:
        """Return the hashes of the leaves of a tile, of a tree of `size` leaves; None: there are not all."""
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        for each in dict.fromkeys((width, TILE_WIDTH)):
            content = self.read(tile_path(0, number, each))
            if content is not None and len(content) == each * HASH_BYTES:
                return content[: width * HASH_BYTES]
        return None

    def is_proved(self, leaf: int, leaf_hash_: bytes, *, size: int, root: bytes) -> bool:
        """Return whether the upper tiles prove that a hash is that of a leaf of a tree."""
        try:
            path = inclusion_proof(leaf, size, PublishedTree(self.read, size).subtree)
        except MalformedSeal:
            return False
        return is_included(leaf_hash_, leaf, size, path, root)

    def consistency_proof(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """Return what proves that the tree begins with an older one.

        Raises:
            Deviates: A tile is missing or not whole.
        """
        try:
            return consistency_proof(old_size, size, PublishedTree(self.read, size).subtree)
        except MalformedSeal as error:
            raise Deviates(
                Deviation(
                    fault=Fault.REMOVED,
                    subject=Subject.SEAL_FILE,
                    ids={"folder": str(self.folder)},
                    sentence=f"The folder of seals is not whole: {error.message}",
                )
            ) from error

    def entry(self, leaf: int, size: int, sealed_hash: bytes) -> bytes | None:
        """Return what a leaf says; None: the folder has no entry of it that has the sealed hash."""
        number, place = divmod(leaf, TILE_WIDTH)
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        for each in dict.fromkeys((width, TILE_WIDTH)):
            content = self.read(bundle_path(number, each))
            try:
                entries = parse_bundle(content, each) if content is not None else []
            except MalformedSeal:
                continue
            if entries and leaf_hash(entries[place]) == sealed_hash:
                return entries[place]
        return None
