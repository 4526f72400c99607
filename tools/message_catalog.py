"""The catalog of messages: every template of a text that is made when it is read, by its key (ADR 30).

English stands beside its codes, in tables of the domain. Babel gets it by `extract`, in place of the calls
that it would look for in sources; a translation is a `.po` file of what that gives:
`pybabel extract -F tools/babel.cfg -o planswitch.pot tools`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from domain.licenses.license_failures import LICENSE_FAILURES, OTHER
from domain.licenses.preflight import NO_FAILURES
from domain.notices.wordings import notice_templates
from domain.reasons.findings import ACKNOWLEDGED, FINDING_WORDINGS, FINDINGS
from domain.reasons.phrases import PHRASES
from domain.reasons.reasons import REASONS, SELLER_SAYS
from domain.reasons.wordings import SELLER_WORDS, WORDINGS

COUNT, MONEY, DAY, INSTANT, NAME, NAMES, PHRASE, OUTSIDE = (
    *("a number", "an amount of money", "a day", "an instant", "a name, an id or a word of the vendor"),
    *("names in a row", "words of this catalog", "words from outside, as they came"),
)
_NAMES = (
    *("addon", "contract_type", "kind", "needs", "plan", "role", "rule_set", "segment", "service", "setting"),
    *("source", "status", "subscription_id", "switch_id", "target", "vendor_code", "billed", "stated"),
    "held_code",
    "location",
    *("code", "organization", "page"),
)
#: Figure -> what it is, for translators, and for whoever spells it in another language.
KINDS: Mapping[str, str] = {
    **dict.fromkeys(_NAMES, NAME),
    **dict.fromkeys(("allowed", "addons", "domains", "names", "services", "terms"), NAMES),
    **dict.fromkeys(("assigned", "cap", "changed", "count", "joined", "limit"), COUNT),
    **dict.fromkeys(("moved", "purchased", "quantity", "skipped", "users"), COUNT),
    **dict.fromkeys(("amount", "balance_due", "minimum", "order_total"), MONEY),
    **dict.fromkeys(("begins_on", "computed", "ends_on", "paid_until"), DAY),
    **dict.fromkeys(
        ("answer_by", "cancellable_until", "promised_at", "promised_end", "refundable_until", "since"),
        INSTANT,
    ),
    **dict.fromkeys(("act", "outcome", "promise", "verdict", "wait", "waits_for", "wanted", "why"), PHRASE),
    **dict.fromkeys(("contact", "vendor_text"), OUTSIDE),
}
_PARTS = ("message", "remedy")


def templates() -> dict[str, str]:
    """Return key -> English of every message; a part without words has none."""
    rows: dict[str, tuple[str, str]] = {
        **{f"reason.{code}": (row.message, row.remedy) for code, row in REASONS.items()},
        **{f"reason.{code}.{name}": (row.message, row.remedy) for (code, name), row in WORDINGS.items()},
        f"reason.{SELLER_WORDS}": (SELLER_SAYS, ""),
        **{f"finding.{code}": (row.message, row.remedy) for code, row in FINDINGS.items()},
        **{
            f"finding.{code}.{name}": (row.message, row.remedy)
            for (code, name), row in FINDING_WORDINGS.items()
        },
        **{f"license_failure.{code}": (row.message, row.remedy) for code, row in LICENSE_FAILURES.items()},
        "license_failure.OTHER": (OTHER.message, OTHER.remedy),
        **{f"preflight.{code}": words for code, words in NO_FAILURES.items()},
    }
    parts = {
        f"{key}.{part}": text for key, row in rows.items() for part, text in zip(_PARTS, row, strict=True)
    }
    parts |= {f"phrase.{code}": text for code, text in PHRASES.items()}
    parts |= notice_templates()
    parts |= {f"acknowledgment.{code}": text for code, text in ACKNOWLEDGED.items()}
    return {key: text for key, text in parts.items() if text}


def figures_of(template: str) -> tuple[str, ...]:
    """Return the names of a template's figures, each of them once."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(template) if name))


def extract(
    fileobj: Any,  # noqa: ARG001 - Babel hands over the file that it has open
    keywords: Any,  # noqa: ARG001 - names of calls
    comment_tags: Any,  # noqa: ARG001 - the comments that it would take over
    options: Any,  # noqa: ARG001 - of tools/babel.cfg
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Give Babel every message as a call of `pgettext`, with what its figures are.

    Args:
        fileobj: This file; the tables that it names are read in its place.
        keywords: Babel's.
        comment_tags: Babel's.
        options: Babel's.
    """
    for key, text in templates().items():
        yield 1, "pgettext", (key, text), [f"{name}: {KINDS[name]}" for name in figures_of(text)]
