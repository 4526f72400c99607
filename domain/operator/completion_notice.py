"""The notice of a completed switch, which stands beside the new subscription until it is read.

See switch#completion-notice.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Command that marks it as read: in the API, on the pages and for the command line.
READ_NOTICE = "read-notice"
NOT_COMPLETED = "The switch has not completed: there is no notice to read."
_SHORT_ID = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionNotice:
    """What was done, as long as nobody has read it."""

    switch_id: str
    message: str
    #: How to mark it as read.
    remedy: str


def completion_notice(
    switch_id: str, *, moved: int, skipped: int, source_plan: str, target_plan: str
) -> CompletionNotice:
    """Return the notice of a switch.

    Args:
        switch_id: The switch.
        moved: Users who hold the new plan.
        skipped: Users who stayed behind.
        source_plan: Name of the plan that was left.
        target_plan: Name of the new plan.
    """
    users = f"{moved} user" if moved == 1 else f"{moved} users"
    behind = f", {skipped} stayed behind" if skipped else ""
    command = f"planswitch switch {READ_NOTICE} {switch_id[:_SHORT_ID]}"
    return CompletionNotice(
        switch_id=switch_id,
        message=f"The switch from {source_plan} to {target_plan} is complete: {users} moved{behind}.",
        remedy=f"Mark it as read: `{command}`.",
    )
