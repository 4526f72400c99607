"""A check of words: rules, steps and record know no vendor (docs/rules.md#license-failures).

What a vendor calls something stands in its adapter, which translates it. Data about products that a vendor
sells are data (`domain/catalog/data/`) and no Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.tidy_sources import Finding, Source

#: Where no vendor's word may stand, in names, texts and comments alike.
NEUTRAL_PARTS = ("domain/", "store/", "projections/", "audit/", "activities/", "workflows/")
#: One vendor's words, as patterns; a word inside of another one counts.
VENDOR_WORDS = (
    *("microsoft", "office ?365", "m365", "azure", r"\bentra\b", r"\bgraph\b", "partner ?center"),
    *("odata", r"\bms-", r"\bnce\b", "new-?commerce", r"\b0001\b", r"\betags?\b", r"\bskus?\b", "sku_?id"),
    *("sku_?part_?number", "part_?number", "service_?plan_?status", "disabled_?(?:service_?)?plans?_?ids"),
    *("capability_?status", "provisioning_?status", "usageLocation", "licenseAssignmentStates"),
    *("(?:count|exclusive|dependency|uniqueness|location)Violation", "GroupInherited", "UserDeleted"),
    *("ActiveWithError", "PendingProvisioning", "PendingActivation", "lockedout", "serviceOperational"),
    *("productKey", "redemptionCode", "assignLicense", "transitionEligibilities"),
)
#: File -> words that are right there, and why.
EXCEPTIONS = {
    # Versions of the catalog are stored in this format, under a digest.
    "domain/catalog/catalog.py": frozenset({"part_number"}),
    "domain/catalog/price_list.py": frozenset({"part_number"}),
    # Domains that come with an organization are known by their endings alone.
    "domain/organizations/custom_domains.py": frozenset({"microsoft"}),
}

_WORD = re.compile("|".join(VENDOR_WORDS), re.IGNORECASE)


def vendor_words(source: Source) -> Iterator[Finding]:
    """Find words of one vendor where rules, ports, steps and record speak for all."""
    if not source.path.startswith(NEUTRAL_PARTS):
        return
    allowed = EXCEPTIONS.get(source.path, frozenset())
    for number, line in enumerate(source.lines, start=1):
        for match in _WORD.finditer(line):
            if match[0].lower() not in allowed:
                yield source.finding(
                    number, f"{match[0]} is a vendor's word: say it in its adapter (providers/)"
                )
