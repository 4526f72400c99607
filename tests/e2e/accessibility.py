"""What axe-core finds on a page that hinders people seriously."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

#: The package that brings axe-core.
PACKAGE = "axe_playwright_python"
_SERIOUS = ("serious", "critical")
#: Rule, and the elements that break it.
_RUN = """serious => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
  .filter(each => serious.includes(each.impact))
  .map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 120)).join(' | ')}`))"""


def axe_script() -> str:
    """Return axe-core; without its package the test skips, saying so."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip(f"no axe-core: install {PACKAGE}, as locks/dev.txt has it")
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def serious_violations(page: Page) -> list[str]:
    """Return each rule that a page breaks seriously or critically, with the elements that break it.

    Args:
        page: As it is shown now, in its width and its colors.
    """
    # The page's own policy admits no script; what a debugger evaluates is not the page's.
    page.evaluate(axe_script())
    found: list[Any] = page.evaluate(_RUN, list(_SERIOUS))
    return [str(each) for each in found]
