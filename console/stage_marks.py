"""How a stage looks on the pages: meaning (its color), icon and word; no color tells anything alone."""

from __future__ import annotations

from projections.stages import PAGE_WORDS

#: Stage -> meaning, icon and word; the list of switches gets the same table.
MARKS: dict[str, tuple[str, str, str]] = {
    "completed": ("good", "✔", "completed"),
    "held": ("wait", "■", "held"),
    "paused": ("wait", "‖", "paused"),
    "stuck": ("wait", "‖", "stuck"),
    "credit_overdue": ("wait", "‖", PAGE_WORDS["credit_overdue"]),
    "provisioning_overdue": ("wait", "‖", PAGE_WORDS["provisioning_overdue"]),
    "credit_check": ("wait", "⧖", "credit check"),
    "waiting_eligible": ("wait", "⧖", PAGE_WORDS["waiting_eligible"]),
    "never": ("bad", "✖", PAGE_WORDS["never"]),
    "price_changed": ("plain", "⊘", "price changed"),
    "failed": ("bad", "✖", "failed"),
    "declined": ("plain", "⊘", "declined"),
    "expired": ("plain", "⊘", "expired"),
    "cancelled": ("plain", "⊘", "cancelled"),
    "rolled_back": ("plain", "↩", "rolled back"),
}


def mark_of(stage: str) -> tuple[str, str, str]:
    """Return meaning, icon and word of a stage; one without a line of its own goes on by itself."""
    return MARKS.get(stage, ("busy", "▶", stage.replace("_", " ")))
