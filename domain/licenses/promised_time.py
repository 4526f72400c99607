"""How long the license part of a switch is promised to take (rules#promises)."""

from __future__ import annotations

from domain.licenses.write_quota import Allowance

LICENSE_SECONDS_MIN = 60
#: Writes that a promise counts on: of this installation at one organization, and of everybody there.
PROMISED_PACE = (
    Allowance(writes=3_000, window_seconds=150.0),
    Allowance(writes=18_000, window_seconds=300.0),
)


def license_move_seconds(users: int) -> int:
    """Return the promise for the license part: one minute, or what the quota needs for more users."""
    # One write for each user; the move uses the directory's quota to the full
    # (activities/base/write_quotas.py).
    return LICENSE_SECONDS_MIN + int(max(allowance.seconds_for(users) for allowance in PROMISED_PACE))
