"""Errors of bundles: what can't be read, and what can't be made yet."""

from __future__ import annotations

from domain.kernel.errors import PlanSwitchError


class BundleRefused(PlanSwitchError):
    """A bundle, or a member of it, is not as bundles are; nothing of that member is believed."""

    code = "CORRUPT_FILE"

    def __init__(self, member: str, fault: str) -> None:
        """Say what is wrong.

        Args:
            member: Name of the member; "" is the file itself.
            fault: What is wrong with it, as the rest of the sentence.
        """
        about = f"Member {member!r} of the bundle" if member else "The file of the bundle"
        super().__init__(
            f"{about} {fault}.",
            remedy="Get the bundle anew from who made it; if that is no better, it was altered.",
            member=member,
        )
        self.member = member
        self.fault = fault


class NotSealedYet(PlanSwitchError):
    """What a bundle would hold is not sealed: nobody could check it against a checkpoint."""

    code = "NOT_SEALED_YET"
