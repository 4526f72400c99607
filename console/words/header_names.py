"""Names of the headers by which writes are repeated and read back (api-data#writes)."""

from __future__ import annotations

#: A key of the caller's choice: the same request with it is carried out once.
KEY_HEADER = "Idempotency-Key"
KEY_PATTERN = r"[!#-\[\]-~]{1,255}"
#: Says that an answer was given before.
REPLAYED_HEADER = "Idempotency-Replayed"
#: Answered by a write: everything that it recorded stands in the log up to here.
POSITION_HEADER = "Planswitch-Position"
#: Sent by a read: it shows at least everything up to here.
AFTER_HEADER = "Planswitch-After"
