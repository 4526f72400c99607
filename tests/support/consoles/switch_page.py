"""The page of one switch, as it is shown."""

from __future__ import annotations

import re

from tests.support.consoles.console_world import ConsoleWorld


async def shown(console: ConsoleWorld, path: str, **query: str) -> str:
    """Return the text of a page, which must be one of ours and load nothing of others."""
    answer = await console.get(path, **query)
    assert answer.status_code == 200, answer.text
    assert "style=" not in answer.text
    assert re.findall(r"<script[^>]*>", answer.text) == [
        '<script src="/static/live.js" defer>',
        '<script src="/static/switch.js" defer>',
    ]
    return answer.text
