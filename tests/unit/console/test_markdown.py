"""Documents as pages: nothing of a document can run, every table is one, every link leads somewhere."""

from __future__ import annotations

import re

import pytest

from console.pages.docs_pages import address_of, document_of, names
from console.pages.markdown import rendered

RAW = re.compile(r"<p>\||\|---|\]\(|<p>#|\*\*|style=")
HREF = re.compile(r'href="([^"]*)"')
ELSEWHERE = ("http://", "https://")
BAD = "# Bad\n\n<script>go()</script> [run](javascript:go()) <b onclick=go()>b</b> [up](../../etc/passwd)\n"


@pytest.mark.parametrize("name", names())
def test_every_document_is_shown_without_its_marks(name: str) -> None:
    """Kind: a document that shows raw tables and links (fault 18); every one of docs/ is looked at."""
    shown = document_of(name)

    assert shown.title
    assert shown.html.startswith("<h1 id=")
    assert RAW.findall(shown.html) == []


@pytest.mark.parametrize("name", names())
def test_every_link_of_a_document_leads_to_a_heading_that_is_there(name: str) -> None:
    """A link inside the console leads to a document and an anchor of it; another is an address or text."""
    for link in HREF.findall(document_of(name).html):
        if link.startswith(ELSEWHERE):
            continue
        path, _, anchor = link.partition("#")
        target = path.removeprefix("/docs/") or name
        assert target in names()
        assert not anchor or anchor in document_of(target).anchors, link


def test_html_and_script_of_a_document_are_text() -> None:
    """What stands in a document is shown and never run (security)."""
    html = rendered(BAD, lambda link: address_of("cli.md", link)).html

    assert "<script" not in html
    assert "<b " not in html
    assert "href" not in html
    assert "&lt;script&gt;" in html


def test_links_are_resolved_from_the_folder_of_the_document() -> None:
    """A record of a decision links to documents beside and above it; what is no document is text."""
    assert address_of("adr/0001-x.md", "../rules.md#no_path") == "/docs/rules.md#no_path"
    assert address_of("rules.md", "cli.md#support") == "/docs/cli.md#support"
    assert address_of("rules.md", "#no_path") == "#no_path"
    assert address_of("cli.md", "../README.md") == ""
    assert address_of("cli.md", "../../etc/passwd") == ""


def test_figures_stand_to_the_right_without_a_style_of_their_own() -> None:
    """The policy of pages allows no inline style; alignment is a class."""
    html = rendered("# A\n\n| a | b |\n|---|---:|\n| 1 | 2 |\n", lambda link: link).html

    assert '<td class="amount">2</td>' in html
    assert "style" not in html
