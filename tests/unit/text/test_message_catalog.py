"""The catalog of messages is whole, and Babel reads it (ADR 30)."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from io import BytesIO

from domain.reasons.findings import FINDINGS, FindingCode
from domain.reasons.phrases import PHRASES
from domain.reasons.reasons import REASONS
from domain.reasons.wordings import WORDINGS
from tools.message_catalog import KINDS, extract, figures_of, templates
from tools.tidy_sources import ROOT

#: Where a phrase stands by itself, and where it is stored in place of a text.
_PHRASE = re.compile(r"\bphrase\(\s*\"(\w+)\"|^WHAT_TO_DO = \"(\w+)\"", re.MULTILINE)


def test_every_code_has_its_messages() -> None:
    """Reasons, other words of them, findings and words in sentences: a translator gets all of it."""
    messages = templates()

    assert {f"reason.{code}.remedy" for code in REASONS} <= set(messages)
    assert {f"reason.{code}.{name}.remedy" for code, name in WORDINGS} <= set(messages)
    assert {f"finding.{code}.message" for code in FindingCode} <= set(messages)
    assert set(FINDINGS) == set(FindingCode)
    assert all(messages.values())


def test_every_figure_has_a_kind() -> None:
    """Whoever translates or spells a figure knows what it is, and no kind is left over."""
    named = {name for text in templates().values() for name in figures_of(text)}

    assert named == set(KINDS)


def test_every_phrase_is_used_and_has_words() -> None:
    """A phrase that the rules name is in the table, and the other way round."""
    rooms = ("domain", "activities")
    sources = [path.read_text("utf-8") for room in rooms for path in (ROOT / room).rglob("*.py")]
    codes = {"".join(each) for text in sources for each in _PHRASE.findall(text)}

    assert codes == set(PHRASES)


def test_a_translation_is_compiled_by_babel_and_read_by_its_key() -> None:
    """Babel extracts the catalog, and what it compiles tells the same English apart by its key."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract as extracted
    from babel.messages.mofile import write_mo

    catalog = Catalog(locale="da")
    # The declared types of a method have another order than the documents, which this follows.
    for _, message, comments, context in extracted(extract, BytesIO()):  # type: ignore[arg-type]
        catalog.add(message, context=context, auto_comments=comments)
    key, english = "reason.TRIAL.message", REASONS["TRIAL"].message
    trial = catalog.get(english, context=key)
    assert trial is not None
    trial.string = "Abonnementet er en prøve."
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    danish = GNUTranslations(compiled)

    assert len(catalog) == len(templates())
    assert danish.pgettext(key, english) == "Abonnementet er en prøve."
    assert danish.pgettext("reason.TRIAL.remedy", REASONS["TRIAL"].remedy) == REASONS["TRIAL"].remedy
    balance = catalog.get(REASONS["UNPAID_BALANCE"].message, context="reason.UNPAID_BALANCE.message")
    assert balance is not None
    assert balance.auto_comments == ["balance_due: an amount of money"]
