"""Checks of words: one name for one thing, links that lead somewhere, no trace of the machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from tools.tidy_citations import anchors_of
from tools.tidy_sources import KEPT_AS_WRITTEN, PACKAGES, ROOT, Finding, Source

GLOSSARY = "docs/glossary.md"
#: Headings of the glossary's tables that these checks read.
BANNED_NAMES_HEADING = "Words that are no names here"
BANNED_SPELLINGS_HEADING = "Spelling"
#: Adapters of the vendor's protocol hold the vendor's own words.
VENDOR_PARTS = ("providers/", "sandbox/", "tests/contract/", "tests/support/access/", "tests/support/clouds/")
#: Word -> what the name of a file holds in which it is right.
ALLOWED_IN = {"migration": "migrate"}
#: Participles: a name is a noun that says what the thing is, such as `preflight` and not `found`.
PARTICIPLES = frozenset({"asked", "found", "given", "said", "seen", "taken", "told"})
#: File -> names in it that are stored or on the wire.
STORED_PARTICIPLES = {
    "console/models/switches.py": frozenset({"found", "told"}),
    "console/models/quotes.py": frozenset({"told"}),
    "domain/requests/checkout_events.py": frozenset({"asked"}),
    "domain/switch/recovery_events.py": frozenset({"found"}),
    "services/answers.py": frozenset({"found"}),
    "services/recovery/reconciler.py": frozenset({"found"}),
}
#: Marks a fallback that names a folder of every POSIX system (ruff's rule for it, with its reason).
SYSTEM_FOLDER_MARK = "noqa: S108"

#: Where the product's files begin.
PRODUCT = (*(f"{package}/" for package in PACKAGES), "worker.py")
_ROW = re.compile(r"^\|\s*`?([A-Za-z_]+)`?\s*\|\s*(.+?)\s*\|", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE_PATH = re.compile(rf"`((?:{'|'.join((*PACKAGES, 'tests', 'tools', 'docs', 'locks'))})/[\w./-]*)`")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_UNOWNED = re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK)\b(?!\(#\d+\))")
_MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|root|home)/|(?<![\w.])[\"']/tmp[\"']")
_REGISTRY = re.compile(
    r"(?:pypi|files\.python"
    r"hosted|registry\.npm"
    r"js|test\.pypi|crates|gh"
    r"cr|quay|docker)"
    r"\.(?:org|io|com)\b"
)
_LOCK_URL = re.compile(r"https?://|file:|\s@\s|--(?:extra-)?index-url|--find-links")


def banned_words(glossary: str, heading: str) -> dict[str, str]:
    """Return word -> what to say instead, from a table of the glossary."""
    _, _, rest = glossary.partition(f"## {heading}\n")
    table = rest.partition("\n## ")[0]
    rows = {match[1].lower(): match[2] for match in _ROW.finditer(table)}
    return {word: instead for word, instead in rows.items() if word != "not"}


def names(source: Source, banned: Mapping[str, str]) -> Iterator[Finding]:
    """Find names that use another word for a thing that has one (docs/glossary.md)."""
    if source.path.startswith(VENDOR_PARTS):
        return
    wrong = {word for word in banned if ALLOWED_IN.get(word, "/") not in source.path.rpartition("/")[2]}
    for line, name in _names_in(source):
        for word in _words(name) & wrong:
            yield source.finding(line, f"{name}: say {banned[word]}, not {word} ({GLOSSARY})")


def participles(source: Source) -> Iterator[Finding]:
    """Find names of the product that are participles (contributing#style)."""
    if not source.path.startswith(PRODUCT):
        return
    wrong = PARTICIPLES - STORED_PARTICIPLES.get(source.path, frozenset())
    for line, name in _names_in(source):
        if name.strip("_") in wrong:
            yield source.finding(line, f"{name}: a name is a noun that says what the thing is")


def spelling(source: Source, banned: Mapping[str, str]) -> Iterator[Finding]:
    """Find British spelling: customers and interfaces spell American."""
    if source.path == GLOSSARY or source.path.startswith("locks/"):
        return
    for number, line in enumerate(source.lines, start=1):
        for word in _words(line) & set(banned):
            yield source.finding(number, f"write {banned[word]}, not {word}")


def unowned_marks(source: Source) -> Iterator[Finding]:
    """Find marks of unfinished work that name no issue."""
    for number, line in enumerate(source.lines, start=1):
        if match := _UNOWNED.search(line):
            yield source.finding(number, f"{match[0]} without its issue: write {match[0]}(#NUMBER)")


def machine_traces(source: Source) -> Iterator[Finding]:
    """Find folders of the machine it was made on, and hosts of package registries."""
    for number, line in enumerate(source.lines, start=1):
        if _MACHINE.search(line) and SYSTEM_FOLDER_MARK not in line:
            yield source.finding(number, "a path of one machine: compute it or let a setting name it")
        if _REGISTRY.search(line):
            yield source.finding(number, "a registry's host: any mirror must do")


def lock_addresses(source: Source) -> Iterator[Finding]:
    """Find addresses in a lock: it names versions and hashes, and installs from any mirror."""
    if not source.path.startswith("locks/"):
        return
    for number, line in enumerate(source.lines, start=1):
        if _LOCK_URL.search(line.partition(" #")[0]):
            yield source.finding(number, "an address in a lock: write it with tools/lock.sh")


def links(sources: Iterable[Source]) -> Iterator[Finding]:
    """Find links between documents, and paths of code named in them, that lead nowhere."""
    by_path = {source.path: source for source in sources}
    for source in by_path.values():
        if not source.path.endswith(".md"):
            continue
        for number, line in enumerate(source.lines, start=1):
            for target in _LINK.findall(line):
                if text := _broken_link(source, target, by_path):
                    yield source.finding(number, text)
            for path in _CODE_PATH.findall(line):
                if not _exists(path, by_path):
                    yield source.finding(number, f"{path} does not exist")


def _broken_link(source: Source, target: str, by_path: Mapping[str, Source]) -> str:
    if target.startswith(("http://", "https://", "mailto:")):
        return ""
    file, _, anchor = target.partition("#")
    path = _resolved(PurePosixPath(source.path).parent / file) if file else source.path
    if not _exists(path, by_path):
        return f"link to {target}: there is no {path}"
    if anchor and path in by_path and anchor not in anchors_of(by_path[path].text):
        return f"link to {target}: {path} has no such heading"
    return ""


def _exists(path: str, by_path: Mapping[str, Source]) -> bool:
    folder = path.rstrip("/") + "/"
    is_known = path in by_path or any(known.startswith(folder) for known in by_path)
    if path.endswith(".png"):
        # A picture is no text, so it is not among the sources.
        return (ROOT / path).is_file()
    return is_known or folder.startswith(KEPT_AS_WRITTEN)


def _resolved(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


def _names_in(source: Source) -> Iterator[tuple[int, str]]:
    yield 1, source.path.rpartition("/")[2].removesuffix(".py")
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
