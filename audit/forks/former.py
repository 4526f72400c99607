"""Where a folder of seals keeps the logs that another one follows, and what lies there."""

from __future__ import annotations

from hashlib import sha256

#: Folder of the logs before, inside of the folder of seals.
FORMER = "former"
#: The checkpoint of the next log's first leaf, signed by the keys of both.
SUCCESSOR = "successor"
_DIGITS = 16


def former_path(origin: str) -> str:
    """Return where the files of a log lie that another one follows."""
    return f"{FORMER}/{sha256(origin.encode()).hexdigest()[:_DIGITS]}"
