"""Our own documents as pages: headings with anchors, tables, and links that lead where the console can go."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Where a link of a document leads on a page; "" where the console shows no such thing.
Resolve = Callable[[str], str]
_NO_ANCHOR = re.compile(r"[^a-z0-9_ -]")
_RIGHT = "text-align:right"
#: Parts of a paragraph that are words.
_WORDS = frozenset({"text", "code_inline", "softbreak"})
#: A table or an example may be wider than a window: it scrolls, also by the keyboard.
_TABLE = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n'
_EXAMPLE = '<pre tabindex="0"><code>'


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A document, ready to be shown."""

    title: str
    #: Its first sentence, as plain text.
    summary: str
    html: str
    anchors: frozenset[str]


def rendered(text: str, resolve: Resolve) -> Document:
    """Return a document as HTML; HTML that stands in it is shown as text.

    Args:
        text: Markdown that begins with a heading.
        resolve: Tells where each link leads.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    anchors = _with_anchors(tokens)
    for token in tokens:
        _without_style(token)
        token.children = _linked(token.children, resolve) if token.children else token.children
    html = str(reader.renderer.render(tokens, reader.options, {}))
    html = html.replace("<table>\n", _TABLE).replace("</table>", "</table></div>")
    html = re.sub(r"<pre><code[^>]*>", _EXAMPLE, html)
    first = _after(tokens, "paragraph_open").partition(". ")[0].rstrip(".")
    return Document(
        title=_after(tokens, "heading_open"),
        summary=f"{first}." if first else "",
        html=html,
        anchors=frozenset(anchors),
    )


def anchor_of(title: str) -> str:
    """Return the anchor of a heading: lower case, without punctuation, blanks as hyphens."""
    return _NO_ANCHOR.sub("", title.lower()).replace(" ", "-")


def _with_anchors(tokens: list[Token]) -> set[str]:
    anchors = set()
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            anchor = anchor_of(inline.content)
            token.attrSet("id", anchor)
            anchors.add(anchor)
    return anchors


def _without_style(token: Token) -> None:
    """Take styles out, which a page of ours does not allow; a column of figures has its class."""
    style = token.attrs.pop("style", None)
    if style == _RIGHT:
        token.attrSet("class", "amount")


def _linked(children: list[Token], resolve: Resolve) -> list[Token]:
    """Return the parts of a paragraph; of what the console can't show the text stays, and of an image too."""
    shown: list[Token] = []
    is_dropped = False
    for child in children:
        if child.type == "link_open":
            target = resolve(str(child.attrs["href"]))
            is_dropped = not target
            child.attrSet("href", target)
        if child.type in {"link_open", "link_close"} and is_dropped:
            continue
        shown.append(_text_of(child) if child.type == "image" else child)
    return shown


def _text_of(image: Token) -> Token:
    return Token("text", "", 0, content=image.content)


def _after(tokens: list[Token], kind: str) -> str:
    """Return the words of the first block of a kind, or ""."""
    return next((_plain(inline) for token, inline in pairwise(tokens) if token.type == kind), "")


def _plain(inline: Token) -> str:
    kept = (each.content for each in inline.children or () if each.type in _WORDS)
    return " ".join(" ".join(kept).split())
