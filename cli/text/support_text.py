"""What is printed where a remedy says support."""

from __future__ import annotations

from cli.text.output import wrapped


def contact_line(contact: str) -> str:
    """Return the support contact, or how to set one."""
    return f"support: {contact or 'nobody is named; set PLANSWITCH_SUPPORT_CONTACT for the console'}"


def support_lines(contact: str | None, indent: int) -> list[str]:
    """Return the support contact and how to collect the facts, if the remedy of a reason says support."""
    if contact is None:
        return []
    text = f"{contact_line(contact)}; `planswitch support bundle` collects the facts"
    return wrapped(text, indent)
