"""Where a sealer works, and how often it seals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: While a switch works, seals have this distance if nothing else is set; each takes 4 kB.
SEAL_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SealPlaces:
    """Where the sealer of an installation works."""

    database_url: str
    folder: Path
    key_file: Path
    #: Between two seals while there is work.
    seal_seconds: float = SEAL_SECONDS
