"""Pages of checkouts and their forms."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx2

from tests.support.consoles.console_world import ConsoleWorld


async def send(console: ConsoleWorld, path: str, fields: Mapping[str, Any]) -> httpx2.Response:
    """Post a form."""
    return await asyncio.to_thread(console.http.post, path, data=dict(fields))


async def shown(console: ConsoleWorld, path: str, **query: str) -> str:
    """Return the text of a page, which must be one of ours."""
    answer = await console.get(path, **query)
    assert answer.status_code == 200, answer.text
    assert "style=" not in answer.text
    assert "<script" not in answer.text
    return answer.text


def form_of(page: str, path: str, section: str) -> dict[str, Any]:
    """Return what a browser would post for the form of a section, nothing changed."""
    form = page.partition(f'action="{path}/{section}#{section}"')[2].partition("</form>")[0]
    assert form, f"no form of {section}"
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = (re.search(rf'{attribute}="([^"]*)"', tag) for attribute in ("name", "type"))
        value = re.search(r'value="([^"]*)"', tag)
        if kind and kind[1] in {"radio", "checkbox"} and " checked" not in tag:
            continue
        assert name is not None
        fields.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name_, options in re.findall(r'<select[^>]*name="([^"]*)">(.*?)</select>', form, re.DOTALL):
        selected = re.search(r'value="([^"]*)" selected', options)
        fields[name_] = [selected[1] if selected else ""]
    return fields
