"""Tiles: how a tree and its entries lie in a folder or on a web server (C2SP tlog-tiles 0.1).

A tile that is not full has its width in its name, so nothing that was published is written over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import HASH_BYTES, root_of
from audit.transparency.tree_edge import TILE_WIDTH, Tile, TreeEdge, widths_of

#: Where the newest checkpoint lies.
CHECKPOINT_PATH = "checkpoint"
#: Entries have their length in two bytes.
ENTRY_BYTES_MAX = 65_535
_LENGTH_BYTES = 2
_PLACES, _PLACE_DIGITS = 1000, 3
_TILE_BITS = 8
_TILE, _BUNDLE = "tile", "entry bundle"

#: Returns what is published under a path; None: nothing is.
ReadFile = Callable[[str], bytes | None]


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return where a tile of hashes lies.

    Args:
        level: 0 for the hashes of leaves.
        number: Place among the tiles of its level, from 0.
        width: Its hashes, 1 to 256.
    """
    return _path(f"tile/{level}", number, width)


def bundle_path(number: int, width: int = TILE_WIDTH) -> str:
    """Return where the entries lie whose hashes are the tile of level 0 of this number."""
    return _path("tile/entries", number, width)


def _path(folder: str, number: int, width: int) -> str:
    *upper, last = _digits(number)
    ending = "" if width == TILE_WIDTH else f".p/{width}"
    return str(PurePosixPath(folder, *(f"x{each}" for each in upper), f"{last}{ending}"))


def _digits(number: int) -> list[str]:
    parts = [f"{number % _PLACES:0{_PLACE_DIGITS}}"]
    while number >= _PLACES:
        number //= _PLACES
        parts.insert(0, f"{number % _PLACES:0{_PLACE_DIGITS}}")
    return parts


def bundle_of(entries: Sequence[bytes]) -> bytes:
    """Return entries as they are published, each with its length before it.

    Raises:
        MalformedSeal: An entry is too long.
    """
    if any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise MalformedSeal(_BUNDLE, f"has an entry of more than {ENTRY_BYTES_MAX} bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


def parse_bundle(content: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle, of which there must be `width`.

    Raises:
        MalformedSeal: It is cut off, or holds another number of entries.
    """
    entries: list[bytes] = []
    start = 0
    while start < len(content):
        end = start + _LENGTH_BYTES + int.from_bytes(content[start : start + _LENGTH_BYTES])
        if start + _LENGTH_BYTES > len(content) or end > len(content):
            raise MalformedSeal(_BUNDLE, "is cut off")
        entries.append(content[start + _LENGTH_BYTES : end])
        start = end
    if len(entries) != width:
        raise MalformedSeal(_BUNDLE, f"has {len(entries)} entries, and {width} belong into it")
    return entries


def parse_tile(content: bytes, level: int, number: int, width: int) -> Tile:
    """Return a tile of hashes, of which there must be `width`.

    Raises:
        MalformedSeal: It has another length.
    """
    if len(content) != width * HASH_BYTES:
        raise MalformedSeal(_TILE, f"has {len(content)} bytes, and {width * HASH_BYTES} belong into it")
    starts = range(0, len(content), HASH_BYTES)
    return Tile(level=level, number=number, hashes=tuple(content[at : at + HASH_BYTES] for at in starts))


class PublishedTree:
    """The tree of a published log at one size; its hashes come from tiles, which prove nothing by themselves.

    Tiles are kept in memory once they are read: a few for a proof, all of level 0 for a whole tree.
    """

    def __init__(self, read: ReadFile, size: int) -> None:
        """Take the tree of `size` leaves from what `read` finds."""
        self._read = read
        self._size = size
        self._tiles: dict[tuple[int, int], Tile] = {}

    def edge(self) -> TreeEdge:
        """Return the right edge, to which leaves can be added.

        Raises:
            MalformedSeal: A tile of the edge is missing or not whole.
        """
        levels = []
        for level, width in enumerate(widths_of(self._size)):
            number = self._entries(level) // TILE_WIDTH
            levels.append(self._tile(level, number).hashes[:width] if width else ())
        return TreeEdge(levels)

    def subtree(self, start: int, end: int) -> bytes:
        """Return the root over a perfect subtree: a `PerfectSubtree` of proofs.

        Raises:
            MalformedSeal: A tile is missing or not whole.
        """
        level = ((end - start).bit_length() - 1) // _TILE_BITS
        first, last = (place >> level * _TILE_BITS for place in (start, end))
        tile = self._tile(level, first // TILE_WIDTH)
        offset = first % TILE_WIDTH
        return root_of(tile.hashes[offset : offset + last - first])

    def _tile(self, level: int, number: int) -> Tile:
        key = (level, number)
        if key not in self._tiles:
            self._tiles[key] = self._read_tile(level, number)
        return self._tiles[key]

    def _read_tile(self, level: int, number: int) -> Tile:
        """Return a tile; where the partial one was removed, the full one has its hashes."""
        width = min(TILE_WIDTH, self._entries(level) - number * TILE_WIDTH)
        for each in dict.fromkeys((width, TILE_WIDTH)):
            content = self._read(tile_path(level, number, each))
            if content is not None:
                tile = parse_tile(content, level, number, each)
                return Tile(level=level, number=number, hashes=tile.hashes[:width])
        raise MalformedSeal(_TILE, f"{tile_path(level, number, width)} is missing")

    def _entries(self, level: int) -> int:
        return self._size >> level * _TILE_BITS
