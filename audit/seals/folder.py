"""The folder of published seals: tiles, entries, checkpoint and policy, as C2SP's tlog-tiles has them.

A file appears under its name only when it is whole and on the disk. The checkpoint is written last, so
whoever reads it finds all tiles of its tree. Nothing that a checkpoint covers is written over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from audit.forks.former import SUCCESSOR, former_path
from audit.seals.errors import SealDiverged
from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import leaf_hash
from audit.transparency.notes import Note, parse_note
from audit.transparency.tiles import (
    CHECKPOINT_PATH,
    PublishedTree,
    bundle_of,
    bundle_path,
    parse_bundle,
    tile_path,
)
from audit.transparency.tree_edge import TILE_WIDTH, Tile, TreeEdge

#: Where the policy lies that an auditor may take from here.
POLICY_PATH = "policy"
#: What a log publishes, in the order in which it is removed.
_PUBLISHED = (CHECKPOINT_PATH, POLICY_PATH, "tile")
_LOCK = ".lock"
_NEW = ".new"
_PARTIAL = ".p"


class SealFolder:
    """One folder of published seals; one process at a time writes into it.

    Args:
        path: The folder; it is made when something is published.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> bytes | None:
        """Return what is published under a path of tlog-tiles, or None."""
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def note(self) -> Note | None:
        """Return the newest checkpoint with its signatures, unchecked; None: nothing is published.

        Raises:
            MalformedSeal: It is no signed note.
        """
        content = self.read(CHECKPOINT_PATH)
        return None if content is None else parse_note(content)

    def edge(self, checkpoint: Checkpoint | None) -> TreeEdge:
        """Return the edge of the published tree, to which leaves can be added.

        Raises:
            SealDiverged: The tiles are missing, or have another root than the checkpoint.
        """
        if checkpoint is None:
            return TreeEdge()
        try:
            edge = PublishedTree(self.read, checkpoint.size).edge()
        except MalformedSeal as error:
            raise SealDiverged(f"The folder of seals {self.path} is not whole. {error.message}") from error
        if edge.root() != checkpoint.root:
            raise SealDiverged(f"The tiles in {self.path} have another root than its checkpoint.")
        return edge

    def partial_entries(self, size: int) -> list[bytes]:
        """Return the published entries of the bundle that is not full in a tree of `size` leaves.

        Raises:
            SealDiverged: They are missing, or not those of their tile.
        """
        number, width = divmod(size, TILE_WIDTH)
        if width == 0:
            return []
        for each in (width, TILE_WIDTH):
            content = self.read(bundle_path(number, each))
            if content is not None:
                return self._checked(number, parse_bundle(content, each)[:width])
        raise SealDiverged(f"The folder of seals {self.path} lacks {bundle_path(number, width)}.")

    def publish_tiles(self, first_leaf: int, tiles: Iterable[Tile], entries: Sequence[bytes]) -> None:
        """Publish tiles and entries; no checkpoint covers them yet.

        Args:
            first_leaf: Index of the first entry, where a bundle begins.
            tiles: The tiles that became full, and those that are not full.
            entries: The new entries in their order, after those of the bundle that was not full.
        """
        files = {tile_path(each.level, each.number, len(each.hashes)): each.content() for each in tiles}
        self._write(files | dict(_bundles(first_leaf, entries)))

    def publish_checkpoint(self, note: Note) -> None:
        """Publish a checkpoint whose tiles are there, and remove partial tiles that full ones replace."""
        before, after = self.note(), parse_checkpoint(note.text)
        self._write({CHECKPOINT_PATH: note.content()})
        if before is not None:
            self._remove_partial(parse_checkpoint(before.text).size, after.size)

    def publish_policy(self, policy: str) -> None:
        """Publish a policy, unless it is there already."""
        if self.read(POLICY_PATH) != policy.encode():
            self._write({POLICY_PATH: policy.encode()})

    def keep_former(self, origin: str, successor: Note) -> None:
        """Copy what is published to where a log lies that another one follows; nothing is removed yet.

        Args:
            origin: Name of the log that is published.
            successor: The checkpoint of the next log's first leaf, signed by the keys of both.
        """
        place = self.path / former_path(origin)
        if place.exists():
            return
        fresh = place.with_name(f"{place.name}{_NEW}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name in _PUBLISHED:
            source = self.path / name
            if source.is_dir():
                shutil.copytree(source, fresh / name)
            elif source.exists():
                shutil.copyfile(source, fresh / name)
        (fresh / SUCCESSOR).write_bytes(successor.content())
        for path in (*fresh.rglob("*"), fresh):
            _sync(path)
        fresh.rename(place)
        _sync(place.parent)

    def begin_log(self) -> None:
        """Remove what is published of a log that was kept as a former one, the checkpoint first."""
        for name in _PUBLISHED:
            path = self.path / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Yield whether this process alone writes into the folder; the lock ends with the process."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / _LOCK).open("a", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _checked(self, number: int, entries: list[bytes]) -> list[bytes]:
        """Return published entries if they have the hashes of their tile."""
        hashes = b"".join(leaf_hash(entry) for entry in entries)
        paths = (tile_path(0, number, len(entries)), tile_path(0, number))
        tile = next((content for content in map(self.read, paths) if content is not None), b"")
        if not tile.startswith(hashes):
            raise SealDiverged(
                f"The entries of {bundle_path(number)} in {self.path} are not those of its tile."
            )
        return entries

    def _write(self, files: Mapping[str, bytes]) -> None:
        """Write files, each of them whole or not at all."""
        folders = {(self.path / name).parent for name in files}
        for folder in sorted(folders):
            folder.mkdir(parents=True, exist_ok=True)
        temporary = {self.path / f"{name}{_NEW}": self.path / name for name in files}
        for path, content in zip(temporary, files.values(), strict=True):
            path.write_bytes(content)
        # One after another, once all are written: the first of these waits does the work of most others.
        for path in temporary:
            _sync(path)
        for path, place in temporary.items():
            path.replace(place)
        for folder in folders:
            _sync(folder)

    def _remove_partial(self, before: int, after: int) -> None:
        """Remove partial tiles of the tree before that are full in the tree of now."""
        level = 0
        while before:
            if before // TILE_WIDTH != after // TILE_WIDTH and before % TILE_WIDTH:
                number = before // TILE_WIDTH
                full = [tile_path(level, number), *([bundle_path(number)] if level == 0 else [])]
                for each in full:
                    shutil.rmtree(self.path / f"{each}{_PARTIAL}", ignore_errors=True)
            before, after, level = before // TILE_WIDTH, after // TILE_WIDTH, level + 1


def _bundles(first_leaf: int, entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each bundle."""
    for start in range(0, len(entries), TILE_WIDTH):
        bundle = entries[start : start + TILE_WIDTH]
        yield bundle_path((first_leaf + start) // TILE_WIDTH, len(bundle)), bundle_of(bundle)


def _sync(path: Path) -> None:
    """Put the content of a file, or the names of a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
