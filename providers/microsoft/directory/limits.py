"""What the vendor's directory takes (vendor#batches, vendor#quota)."""

from __future__ import annotations

from domain.licenses.write_quota import Allowance

#: Users in one batch.
BATCH_SIZE = 20
#: Writes of one application at one organization, and of all applications there.
WRITE_ALLOWANCES = (
    Allowance(writes=3_000, window_seconds=150.0),
    Allowance(writes=18_000, window_seconds=300.0),
)
