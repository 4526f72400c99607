"""The code base keeps its own rules; each check is proved able to fail (message: `path:line: error: ...`)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from tools import code_index, tidy_citations, tidy_code, tidy_rooms, tidy_types, tidy_vendor, tidy_words
from tools.pages import configuration
from tools.tidy_sources import ROOT, Finding, Source, project_sources
from tools.tidy_words import (
    BANNED_NAMES_HEADING,
    BANNED_SPELLINGS_HEADING,
    GLOSSARY,
    banned_words,
)

FileCheck = Callable[[Source], Iterator[Finding]]
TreeCheck = Callable[[Iterable[Source]], Iterator[Finding]]

SOURCES = project_sources()
PYTHON = [source for source in SOURCES if source.is_python]
GLOSSARY_TEXT = (ROOT / GLOSSARY).read_text(encoding="utf-8")
BANNED_NAMES = banned_words(GLOSSARY_TEXT, BANNED_NAMES_HEADING)
BANNED_SPELLINGS = banned_words(GLOSSARY_TEXT, BANNED_SPELLINGS_HEADING)

PYTHON_CHECKS: dict[str, FileCheck] = {
    "sizes": tidy_code.sizes,
    "impure_calls": tidy_code.impure_calls,
    "prints": tidy_code.prints,
    "raw_calls": tidy_code.raw_calls,
    "docstrings": tidy_code.docstrings,
    "signatures": tidy_code.signatures,
    "patch_ids": tidy_code.patch_ids,
    "repeated_keys": tidy_code.repeated_keys,
    "loose_types": tidy_types.loose_types,
    "names": partial(tidy_words.names, banned=BANNED_NAMES),
    "vendor_words": tidy_vendor.vendor_words,
    "participles": tidy_words.participles,
}
TEXT_CHECKS: dict[str, FileCheck] = {
    "spelling": partial(tidy_words.spelling, banned=BANNED_SPELLINGS),
    "unowned_marks": tidy_words.unowned_marks,
    "machine_traces": tidy_words.machine_traces,
    "lock_addresses": tidy_words.lock_addresses,
}
TREE_CHECKS: dict[str, TreeCheck] = {
    "typical_sizes": tidy_code.typical_sizes,
    "dead_modules": tidy_code.dead_modules,
    "full_rooms": tidy_rooms.full_rooms,
    "circles": tidy_rooms.circles,
    "code_index": code_index.code_index,
    "configuration": configuration.configuration,
    "links": tidy_words.links,
    "citations": tidy_citations.citations,
}
FILE_CHECKS = PYTHON_CHECKS | TEXT_CHECKS
#: Documents that the examples of citations name; what looks like a heading in an example is none.
CITED = [
    Source(path="docs/rules.md", text="# Rules\n\n## Pilot group\n\n```sh\n# Not a heading\n```\n"),
    Source(path="docs/adr/0007-x.md", text="# 7. X\n"),
    Source(path="README.md", text="# Start\n"),
]
LONG_FUNCTION = "def wait() -> None:\n" + "    go()\n" * 50
UNFINISHED = "TO" + "DO"
CODE = '"""Do."""\n'

#: Check, path, text, and the line and words of what it must find.
BAD_FILES = [
    ("sizes", "domain/x.py", LONG_FUNCTION, 1, "function wait has 51 lines, allowed 50"),
    ("sizes", "domain/x.py", "x = 1\n" * 600, 600, "file has 600 lines"),
    ("sizes", "domain/x.py", "x = '" + "y" * 110 + "'\n", 1, "line has 116 columns"),
    ("impure_calls", "domain/x.py", "now = datetime.now(UTC)\n", 1, "datetime.now() in a pure part"),
    ("impure_calls", "domain/x.py", "now = datetime.datetime.utcnow()\n", 1, "datetime.datetime.utcnow()"),
    ("impure_calls", "workflows/x.py", "\nday = date.today()\n", 2, "date.today()"),
    ("impure_calls", "workflows/x.py", "at = time.time()\n", 1, "time.time()"),
    ("impure_calls", "domain/x.py", "key = uuid4()\n", 1, "uuid4()"),
    ("impure_calls", "domain/x.py", "from random import choice\n", 1, "module random"),
    ("prints", "store/x.py", "print('moved')\n", 1, "print()"),
    ("raw_calls", "ops/x.py", "a = self._client.workflow_service.describe_x(b)\n", 1, "by read_raw()"),
    ("docstrings", "store/x.py", "x = 1\n", 1, "module has no docstring"),
    ("docstrings", "store/x.py", CODE + "def go() -> None: ...\n", 2, "go has no docstring"),
    ("docstrings", "store/x.py", CODE + "class Go: ...\n", 2, "Go has no docstring"),
    ("docstrings", "tests/test_x.py", CODE + "def test_go() -> None: ...\n", 2, "test_go has no docstring"),
    ("signatures", "store/x.py", "def _go(self): ...\n", 1, "_go has no return annotation"),
    ("signatures", "store/x.py", "def _go(x) -> None: ...\n", 1, "no annotation on x"),
    ("patch_ids", "workflows/x.py", "if workflow.patched('new'):\n    go()\n", 1, "patch 'new' is not in"),
    (
        "repeated_keys",
        "store/x.py",
        "x = {\n    Go.A: 1,\n    Go.B: 2,\n    Go.A: 3,\n}\n",
        4,
        "key Go.A stands",
    ),
    ("repeated_keys", "tests/x.py", "x = [{**y, a[0]: 1, a[0]: 2}]\n", 1, "key a[0] stands"),
    ("loose_types", "cli/x.py", "\ndef go(row: dict[str, Any]) -> None: ...\n", 2, "Any: give it a type"),
    ("loose_types", "console/words/readers.py", "x = 1\n", 1, "take it off the lists"),
    ("names", "store/x.py", "def tenant_of() -> None: ...\n", 1, "say organization, not tenant"),
    ("names", "store/x.py", "class OldSku: ...\n", 1, "say plan, not sku"),
    ("names", "store/utils.py", "", 1, "utils"),
    ("names", "store/x.py", "def go(licen" + "ce: int) -> None: ...\n", 1, "say license"),
    ("vendor_words", "domain/ports/x.py", 'x = "CountViolation"\n', 1, "CountViolation is a vendor's word"),
    ("vendor_words", "domain/x.py", "x = y\nsku_id = x\n", 2, "sku_id is a vendor's word"),
    ("vendor_words", "domain/x.py", "# The Graph says no.\n", 1, "Graph is a vendor's word"),
    ("participles", "store/x.py", "def go(found: int) -> None: ...\n", 1, "found: a name is a noun"),
    ("participles", "console/pages/x.py", "\n_told = 1\n", 2, "_told: a name is a noun"),
    ("spelling", "docs/x.md", "\nThe organi" + "sation.\n", 2, "write organization"),
    ("unowned_marks", "store/x.py", f"# {UNFINISHED}: later\n", 1, "without its issue"),
    ("machine_traces", "docs/x.md", "see /wo" + "rk/x\n", 1, "a path of one machine"),
    ("machine_traces", "ops/x.py", 'x = "/t' + 'mp"\n', 1, "a path of one machine"),
    ("machine_traces", "docs/x.md", "from pypi" + ".org\n", 1, "a registry's host"),
    ("lock_addresses", "locks/x.txt", "a==1\nb @ https://x/b.whl\n", 2, "an address in a lock"),
    ("lock_addresses", "locks/x.txt", "--index-url x\n", 1, "an address in a lock"),
]
#: Check, path and text that it must not find anything in.
GOOD_FILES = [
    ("sizes", "domain/x.py", LONG_FUNCTION.removesuffix("    go()\n")),
    ("impure_calls", "activities/x.py", "now = datetime.now(UTC)\n"),
    ("impure_calls", "workflows/x.py", "now = workflow.now()\n"),
    ("prints", "cli/x.py", "print('moved')\n"),
    ("raw_calls", "ops/x.py", "a = read_raw(client.workflow_service.describe_x, b)\n"),
    ("docstrings", "store/x.py", CODE + "def _go() -> None: ...\n"),
    ("repeated_keys", "store/x.py", "x = {Go.A: {Go.A: 1}, Go.B: {Go.A: 1}}\n"),
    ("vendor_words", "providers/x.py", 'x = "CountViolation"\n'),
    ("vendor_words", "domain/x.py", "paragraphs = streams_of(risks)\n"),
    ("loose_types", "console/models/base.py", "x: Any = 1\n"),
    ("loose_types", "store/x.py", "x: Any = 1\n"),
    ("names", "providers/x.py", "def tenant_of() -> None: ...\n"),
    ("names", "store/migrate.py", "def check_migration() -> None: ...\n"),
    ("participles", "tests/x.py", "found = 1\n"),
    ("participles", "domain/switch/recovery_events.py", "class Restarted:\n    found: str\n"),
    ("unowned_marks", "store/x.py", f"# {UNFINISHED}(#12): later\n"),
    ("lock_addresses", "locks/x.txt", "a==1 ; python_version < '4'\n    # via b\n"),
    ("lock_addresses", "docs/x.md", "https://example.com\n"),
]


def report(findings: Iterable[Finding]) -> None:
    """Fail with one line for each finding."""
    lines = [str(finding) for finding in findings]
    assert not lines, "\n" + "\n".join(lines)


@pytest.fixture(scope="module", autouse=True)
def _trees_without_collections() -> Iterator[None]:
    """Let no collection of garbage walk through the trees of all files: each is kept."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", FILE_CHECKS)
def test_files_are_tidy(name: str) -> None:
    """Every file of the project passes the check."""
    sources = PYTHON if name in PYTHON_CHECKS else SOURCES

    report(finding for source in sources for finding in FILE_CHECKS[name](source))


@pytest.mark.parametrize("name", TREE_CHECKS)
def test_project_is_tidy(name: str) -> None:
    """The project as a whole passes the check."""
    report(TREE_CHECKS[name](SOURCES))


def test_the_page_of_the_code_can_be_out_of_date() -> None:
    """A limit that the code changes, and the page does not, is found."""
    path = "providers/microsoft/directory/batches.py"
    (batches,) = (each for each in SOURCES if each.path == path)
    changed = replace(batches, text=batches.text.replace("BATCH_SIZE = 20\n", "BATCH_SIZE = 30\n"))
    overtaken = [each for each in SOURCES if each.path != path] + [changed]

    assert [each.path for each in code_index.code_index(overtaken)] == [code_index.PAGE]


@pytest.mark.parametrize(("check", "path", "text", "line", "words"), BAD_FILES)
def test_check_finds_what_it_is_for(check: str, path: str, text: str, line: int, words: str) -> None:
    """A check that can't fail proves nothing: each finds its fault, with path and line."""
    findings = [str(each) for each in FILE_CHECKS[check](Source(path=path, text=text))]

    assert any(each.startswith(f"{path}:{line}: error: ") and words in each for each in findings), findings


@pytest.mark.parametrize(("check", "path", "text"), GOOD_FILES)
def test_check_leaves_good_files_alone(check: str, path: str, text: str) -> None:
    """A check finds nothing where there is nothing to find."""
    assert [str(each) for each in FILE_CHECKS[check](Source(path=path, text=text))] == []


def test_dead_module_is_found() -> None:
    """A module that only a test imports is dead; one that the product imports is alive."""
    sources = [
        Source(path="store/used.py", text=""),
        Source(path="store/dead.py", text=""),
        Source(path="worker.py", text="from store import used\n"),
        Source(path="tests/test_x.py", text="import store.dead\n"),
    ]

    (finding,) = tidy_code.dead_modules(sources)
    assert str(finding) == "store/dead.py:1: error: no other module imports store.dead: use it or remove it"


@pytest.mark.parametrize("room", ["store", "store/core", "tests/unit", "tests/unit/store"])
def test_room_that_is_too_full_is_found(room: str) -> None:
    """Kind: a folder that nobody looks through; its `__init__.py` and data files don't count."""
    names = [*(f"x{number}.py" for number in range(15)), "__init__.py", "x.json"]
    allowed = [Source(path=f"{room}/{name}", text="") for name in names]
    one_more = Source(path=f"{room}/more.py", text="")

    (finding,) = tidy_rooms.full_rooms([*allowed, one_more])
    assert str(finding).startswith(f"{room}:1: error: 16 modules in a room, allowed 15")
    assert not list(tidy_rooms.full_rooms([*allowed, Source(path=f"{room}/y/more.py", text="")]))


@pytest.mark.parametrize(
    "text",
    [
        "\nimport store.low\n",
        "\nfrom store import low\n",
        "\nfrom store.low import go\n",
        "\nfrom . import low\n",
        "\nfrom .low import go\n",
        "if TYPE_CHECKING:\n    from store.low import Go\n",
        "def go() -> None:\n    from store.low import stop\n",
    ],
)
def test_modules_that_import_each_other_are_found(text: str) -> None:
    """Kind: a circle of modules, however the import is written: for types alone and inside a function too."""
    high, low = "store.high", "store.low"
    sources = [
        Source(path="store/low.py", text="from store.middle import go\n"),
        Source(path="store/middle.py", text="import store.high\n"),
        Source(path="store/high.py", text=text),
    ]
    alone = [*sources[:2], Source(path="store/high.py", text="import store.other\nfrom os import low\n")]

    (finding,) = tidy_rooms.circles(sources)
    circle = finding.text.removeprefix("modules import each other in a circle: ").split(" -> ")
    assert circle[0] == circle[-1]
    assert {*circle} == {high, low, "store.middle"}
    assert (high, low) in pairwise(circle), "in the order of the imports"
    assert finding.line == (2 if finding.path == "store/high.py" else 1)
    assert not list(tidy_rooms.circles(alone))


def test_rooms_that_import_each_other_are_found() -> None:
    """Kind: two subjects that know each other, though no two of their modules do."""
    sources = [
        Source(path="store/core/a.py", text="from store.record import b\n"),
        Source(path="store/record/b.py", text=""),
        Source(path="store/record/c.py", text="import os\nfrom store.core.d import go\n"),
        Source(path="store/core/d.py", text="import store.core.e\n"),
        Source(path="store/core/e.py", text=""),
    ]

    (finding,) = tidy_rooms.circles(sources)
    assert "rooms import each other in a circle: " in finding.text
    assert {"store/core", "store/record"} == {*finding.text.rpartition(": ")[2].split(" -> ")}
    assert not list(tidy_rooms.circles(sources[1:]))


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("[x](gone.md)", "there is no docs/gone.md"),
        ("[x](../README.md#gone)", "README.md has no such heading"),
        ("![x](images/gone.png)", "there is no docs/images/gone.png"),
        ("`store/gone.py`", "store/gone.py does not exist"),
    ],
)
def test_broken_link_is_found(link: str, words: str) -> None:
    """A link to a missing file or heading, and a path of code that is gone, are found."""
    readme = Source(path="README.md", text="# Plan switch: start\n")
    good = "[x](../README.md#plan-switch-start) [y](https://example.com) ![z](images/switch.png) `store/` "
    page = Source(path="docs/x.md", text=good + link)
    code = Source(path="store/a.py", text="")

    (finding,) = tidy_words.links([readme, page, code])
    assert words in str(finding)
    assert str(finding).startswith("docs/x.md:1: error: ")


@pytest.mark.parametrize(
    ("path", "text", "line", "words"),
    [
        ("store/x.py", "#: One place (rules sec" + "tion 4).\n", 1, "cite an anchor"),
        ("store/x.py", '"""Do (rules\nsec' + 'tions\n4 and 5)."""\n', 2, "tions 4: cite an anchor"),
        ("docs/x.md", "As the partner " + "notes say.\n", 1, "cite an anchor"),
        ("store/x.py", '"""Do.\n\nSee rules#gone.\n"""\n', 3, "docs/rules.md has no such heading"),
        ("tests/unit/x.py", "# Why (rule#pilot-group).\n", 1, "there is no docs/rule.md"),
        ("docs/x.md", "As rules#gone says.\n", 1, "docs/rules.md has no such heading"),
        ("docs/x.md", "As rules#not-a-heading says.\n", 1, "docs/rules.md has no such heading"),
        ("docs/x.md", "See docs/gone.md#pilot-group.\n", 1, "there is no docs/gone.md"),
        ("store/x.py", '"""Do (ADR 99)."""\n', 1, "ADR 99: no such record"),
        ("store/x.py", 'raise Held("see rules#pilot-group")\n', 1, "write docs/rules.md#pilot-group"),
        ("store/x.py", 'raise Held("see docs/rules.md#gone")\n', 1, "docs/rules.md has no such heading"),
        ("store/x.py", 'raise Held("see README.md#start")\n', 1, "the console serves docs/ alone"),
        ("console/x.html", "<p>See rules#pilot-group.</p>\n", 1, "write docs/rules.md#pilot-group"),
        (
            "console/x.py",
            '@router.get("/x")\ndef show() -> None:\n    """Show (rules#pilot-group)."""\n',
            3,
            "write docs/rules.md#pilot-group",
        ),
    ],
)
def test_citation_that_leads_nowhere_is_found(path: str, text: str, line: int, words: str) -> None:
    """Kind: a citation that nobody can follow, because it has a number, no document, or no heading."""
    findings = [str(each) for each in tidy_citations.citations([*CITED, Source(path=path, text=text)])]

    assert any(each.startswith(f"{path}:{line}: error: ") and words in each for each in findings), findings


def test_citation_that_resolves_is_left_alone() -> None:
    """Short in comments and docstrings, with its path where a user reads it; a value of a test is none."""
    sources = [
        Source(
            path="store/x.py", text='"""Do (rules#pilot-group, ADR 7, readme#start)."""\n# As rules#rules.\n'
        ),
        Source(path="cli/x.py", text='raise Held("see docs/rules.md#pilot-group")\n'),
        Source(path="tests/x.py", text='assert get("a#b") and get("rules#gone")\n'),
        Source(path="console/x.css", text="a#gone { color: red }\n"),
    ]

    assert [str(each) for each in tidy_citations.citations([*CITED, *sources])] == []


def test_heavy_code_base_is_found() -> None:
    """A product of long functions misses its targets, whatever each single function's length."""
    body = "    go()\n" * 39
    heavy = "".join(f"def go{number}() -> None:\n{body}" for number in range(9))
    sources = [Source(path=path, text=heavy) for path in ("store/x.py", "tests/test_x.py")]

    texts = [each.text for each in tidy_code.typical_sizes(sources)]
    assert len(texts) == 4
    assert texts[0] == "median function of the product (allowed 10) is 30 lines too long"


def test_glossary_has_its_tables() -> None:
    """The glossary's tables are read: the words that must never come back are in them."""
    assert BANNED_NAMES["tenant"] == "organization"
    assert BANNED_SPELLINGS["organi" + "sation"] == "organization"
