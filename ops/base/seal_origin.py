"""A new log of seals after the restore of an older database, on the machine of the sealer (ADR 58)."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from audit.seals.errors import OriginRefused
from audit.seals.folder import SealFolder
from audit.seals.places import SealPlaces
from audit.seals.successor import Declaration, NewLog, Succession
from domain.text.plain_text import require_plain_text
from store.core.application import SwitchApplication
from store.record.seals import SealStore

#: A sealer that can't go on leaves the folder once a second.
LOCK_SECONDS_MAX = 15.0
_LOCK_POLL_SECONDS = 0.02


def begin_new_log(places: SealPlaces, *, operator: str, reason: str) -> NewLog:
    """Begin a log that follows the published one; a running sealer goes on with it by itself.

    Args:
        places: Database as the sealer's role, folder of seals and key file.
        operator: Who does it.
        reason: Why.

    Raises:
        InvalidInput, UnacceptableText: The reason is empty or too long, or nobody could read it.
        OriginRefused: A sealer works, nothing was lost, or a restore does not explain the difference.
        SealKeyForeign, SealKeyUnusable: The keys at hand are not those of the published log.
        StoreUnavailable, SchemaOutdated: The database does not answer, or is of another version.
    """
    require_plain_text(reason, field="reason")
    folder = SealFolder(places.folder)
    deadline = time.monotonic() + LOCK_SECONDS_MAX
    with SwitchApplication(places.database_url, pool_size=1) as application:
        succession = Succession(SealStore(application), folder, places.key_file)
        while True:
            with folder.locked() as is_ours:
                if is_ours:
                    now = datetime.now(tz=UTC)
                    return succession.begin(Declaration(operator=operator, reason=reason, at=now))
            if time.monotonic() > deadline:
                raise OriginRefused(
                    f"A sealer works in {places.folder}: record and folder fit each other.",
                    remedy="Nothing is to be done; `planswitch seal show` tells how the seals stand.",
                )
            time.sleep(_LOCK_POLL_SECONDS)
