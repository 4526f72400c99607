"""The right edge of a tree that grows: all that a sealer must know to add leaves and to name the new root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import HASH_BYTES, folded, perfect_sizes, root_of

#: Hashes of a full tile.
TILE_WIDTH = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """Neighboring hashes of one level; above level 0 each is the root of a full tile below."""

    level: int
    #: Place among the tiles of its level, from 0.
    number: int
    hashes: tuple[bytes, ...]

    def content(self) -> bytes:
        """Return the tile as it is published."""
        return b"".join(self.hashes)


def widths_of(size: int) -> tuple[int, ...]:
    """Return how many hashes fill no tile yet, for each level of the tiles of a tree, from level 0."""
    widths = []
    while size:
        widths.append(size % TILE_WIDTH)
        size //= TILE_WIDTH
    return tuple(widths)


class TreeEdge:
    """The hashes of each level that fill no tile yet: at most 255, whatever the size of the tree."""

    def __init__(self, levels: Iterable[Sequence[bytes]] = ()) -> None:
        """Take up a tree where it stands.

        Args:
            levels: The hashes of its partial tiles, from level 0; none for an empty tree.

        Raises:
            MalformedSeal: A level is too wide, or holds something that is no hash.
        """
        self._levels = [list(level) for level in levels]
        for level in self._levels:
            if len(level) >= TILE_WIDTH or any(len(each) != HASH_BYTES for each in level):
                raise MalformedSeal("edge of a tree", "has a level that is no partial tile")

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._entries(0)

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        subtrees: list[bytes] = []
        for hashes in reversed(self._levels):
            start = 0
            for size in perfect_sizes(len(hashes)):
                subtrees.append(root_of(hashes[start : start + size]))
                start += size
        return folded(subtrees)

    def append(self, leaf_hashes: Iterable[bytes]) -> list[Tile]:
        """Add leaves; return the tiles that became full, a tile before those that count on it."""
        return list(self._filled(0, leaf_hashes))

    def partial_tiles(self) -> list[Tile]:
        """Return the tiles that are not full, from level 0."""
        return [
            Tile(level=level, number=self._entries(level) // TILE_WIDTH, hashes=tuple(hashes))
            for level, hashes in enumerate(self._levels)
            if hashes
        ]

    def _filled(self, level: int, hashes: Iterable[bytes]) -> Iterator[Tile]:
        if level == len(self._levels):
            self._levels.append([])
        number = self._entries(level) // TILE_WIDTH
        waiting = self._levels[level]
        waiting.extend(hashes)
        full = len(waiting) // TILE_WIDTH
        tiles = [tuple(waiting[i * TILE_WIDTH : (i + 1) * TILE_WIDTH]) for i in range(full)]
        del waiting[: full * TILE_WIDTH]
        for place, each in enumerate(tiles):
            yield Tile(level=level, number=number + place, hashes=each)
        if tiles:
            yield from self._filled(level + 1, [root_of(each) for each in tiles])

    def _entries(self, level: int) -> int:
        """Return how many hashes a level has, with those of its full tiles."""
        return sum(len(each) * TILE_WIDTH**place for place, each in enumerate(self._levels[level:]))
