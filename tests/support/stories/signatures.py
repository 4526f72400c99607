"""A signed command."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.signed_command import SignedCommand
from activities.signing.signatures import CommandKeys, arguments_of, sign
from tests.support.stories.samples import SWITCH_ID
from workflows.base.messages import SkipUser

KEYS = CommandKeys(signing=b"the-key-of-now-0")
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SKIP = SkipUser(request_id="r-1", actor="olga", reason="left", user_key="u-1")


def signed(keys: CommandKeys = KEYS, *, at: datetime = AT) -> SignedCommand:
    """Return the envelope of a command."""
    return sign(
        keys,
        switch_id=SWITCH_ID,
        command="skip_user",
        actor=SKIP.actor,
        reason=SKIP.reason,
        request_id=SKIP.request_id,
        at=at,
        arguments=arguments_of(SKIP),
    )
