"""Errors of the formats: what can't be read, and what does not prove what it should."""

from __future__ import annotations

from domain.kernel.errors import PlanSwitchError


class MalformedSeal(PlanSwitchError):
    """A key, note, tile, proof, policy or leaf is not in its format; nothing of it is believed."""

    code = "CORRUPT_FILE"

    def __init__(self, what: str, fault: str, *, remedy: str = "") -> None:
        """Say what is wrong.

        Args:
            what: The thing that was read, such as "signed note".
            fault: What is wrong with it, as the rest of the sentence.
            remedy: What to do; "" says to get the thing anew.
        """
        super().__init__(
            f"The {what} {fault}.",
            remedy=remedy
            or f"Get the {what} anew from where it was published; if that is no better, it was altered.",
        )


class SealRefused(PlanSwitchError):
    """A signature, a proof or a tree does not hold: the record or its seal was altered."""

    code = "AUDIT_MISMATCH"
