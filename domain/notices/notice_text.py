"""The text of one message, as a mail server gets it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeText:
    """Subject, plain text and HTML of one message."""

    subject: str
    plain: str
    html: str
