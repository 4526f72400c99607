"""What a person who does not see a page, or sees it badly, would miss: axe looks for it."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import Page

#: Package that has the script, and its name there.
_AXE = ("axe_playwright_python", "axe.min.js")
_SERIOUS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 120)).join(' | ')}`)"""


def serious_violations(page: Page) -> list[str]:
    """Return the serious and critical violations that axe finds on a page, each with its parts."""
    package, script = _AXE
    page.evaluate((files(package) / script).read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_SERIOUS)
    return found
