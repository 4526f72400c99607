"""What to do in the words of a page: its links and buttons, in place of commands of a shell."""

from __future__ import annotations

import re

from console.words.readers import QUOTED_COMMAND

#: A command of a shell -> where a page has the same.
_PLACES = (
    (r"switch list", "the [list of switches](/)"),
    (r"checkout list", "the [list of checkouts](/checkouts)"),
    (r"switch show.*", "the page of the switch"),
    (r"switch users.*", "the page of the switch"),
    (r"switch wait look.*", "“Look now”"),
    (r"switch retry.*", "“Try again”"),
    (r"switch cancel.*", "“Cancel the switch”"),
    (r"switch rollback.*", "“Roll the switch back”"),
    (r"switch pause.*", "“Pause”"),
    (r"switch resume.*", "“Resume”"),
    (r"switch restart.*", "“Start it again from the record”"),
    (r"switch skip.*", "“Skip”"),
    (r"switch amend.*", "“Amend”"),
    (r"credit \S*\|.*", "“Approve”, “Decline”, “Extend” or “Cancel the switch”"),
    (r"credit approve.*", "“Approve”"),
    (r"credit decline.*", "“Decline”"),
    (r"credit extend.*", "“Extend”"),
    (r"credit void.*", "“Cancel the switch”"),
    (r"checkout edit.*", "the page of the checkout"),
    (r"checkout start.*", "the form of the [list of checkouts](/checkouts)"),
    (r"switch (?:start|quote).*", "a new [checkout](/checkouts)"),
    (r"audit show.*", "the audit of the switch"),
)
_BEGINS_A_SENTENCE = re.compile(r"(?:^|[.!?:] )$")


def in_page_words(text: str) -> str:
    """Return a text with links and buttons in place of commands; what no page has stays a command."""
    return QUOTED_COMMAND.sub(lambda match: _place(text, match), text)


def _place(text: str, match: re.Match[str]) -> str:
    for pattern, place in _PLACES:
        if re.fullmatch(pattern, match[1]):
            begins = _BEGINS_A_SENTENCE.search(text[: match.start()])
            return place[0].upper() + place[1:] if begins else place
    return match[0]
