"""Types that all models share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Literal


class Unset:
    """A field that is left out."""

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Unset = Unset()


@dataclass
class File:
    """A file that is sent or received."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None


__all__ = ["UNSET", "File", "Unset"]
