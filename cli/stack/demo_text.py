"""The demo's summary, for a person who sees the product for the first time."""

from __future__ import annotations

from pathlib import Path

from cli.stack.demo_plan import DemoResult
from cli.text.money import charged_amount
from cli.text.output import fields, wrapped

_WORDS = {
    "unlicensed_user_seconds": "seconds in which a user had no license",
    "data_service_gap_user_seconds": "seconds in which a user missed mail, files or chat",
    "double_charges": "days charged twice",
    "unbilled_days": "days not charged at all",
    "orphan_orders": "orders left behind",
    "wrong_amounts": "amounts that are not the price of their days",
    "renewal_differences": "new plans that renew otherwise than the old ones",
}


def summary(result: DemoResult, kept: Path | None) -> list[str]:
    """Return what happened, what it cost, and what proves it."""
    mark = "✔" if result.is_as_expected else "✖"
    lines = [
        "",
        f"{mark} {result.from_plan} -> {result.to_plan}: {result.status} in {result.seconds:.1f} s",
        "",
        *fields(
            {
                "users": f"{result.moved} of {result.users} moved, {result.failed} failed",
                "settings": f"{result.services_kept} switched-off services stayed off",
                "credit check": result.credit_check.replace("_", " "),
                "quoted": f"{charged_amount(result.quote_total, result.currency)} for the day of the cutover",
                "charged": f"{charged_amount(result.charged_total, result.currency)} by the seller's ledger",
                "record": f"{result.events} events; {result.history_events} in Temporal's history",
                "switch": result.switch_id,
            }
        ),
        "",
        "The sandbox cloud kept a journal of its own; it finds",
        *(f"{figure:>6}  {_WORDS[name]}" for name, figure in result.referee.items()),
    ]
    if result.faults:
        lines += ["", *_absorbed(result)]
    if kept is not None:
        lines += ["", "Look around in it:", f"  planswitch up --data-dir {kept}"]
    return lines


def _absorbed(result: DemoResult) -> list[str]:
    """Return what went wrong, in a sentence that fits the terminal."""
    met = result.absorbed
    return wrapped(
        f"The program {result.faults} throttled {_times(met['throttles'], 'call')} and made "
        f"{_times(met['failures'], 'call')} fail; the switch repeated {_times(met['retries'], 'attempt')} "
        "of steps, and absorbed all of it.",
        0,
    )


def _times(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
