"""How long the license part of a switch is promised to take (rules#promises)."""

from __future__ import annotations

from domain.licenses.write_quota import PUBLISHED

LICENSE_SECONDS_MIN = 60


def license_move_seconds(users: int) -> int:
    """Return the promise for the license part: one minute, or what the quota needs for more users."""
    # One write for each user; the move uses the published quota to the full
    # (activities/base/write_quotas.py).
    return LICENSE_SECONDS_MIN + int(max(allowance.seconds_for(users) for allowance in PUBLISHED))
