"""The page docs/permissions.md and the list of calls in docs/vendor.md, from the tables in the code.

`python -m tools.pages.vendor_pages` writes both anew; a test compares them with the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from providers.access.profiles import Access
from providers.microsoft.tenancy.permissions import FEATURES, Feature
from providers.microsoft.tenancy.vendor_calls import CALLS, UNCHECKED, Party, Proof, VendorCall
from providers.transport.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
PERMISSIONS_PAGE = ROOT / "docs" / "permissions.md"
VENDOR_PAGE = ROOT / "docs" / "vendor.md"
_CALLS_HEADING = "## Calls"
_CALLS_SECTION = re.compile(rf"^{_CALLS_HEADING}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_INTRODUCTION = (
    "# Permissions at the vendor\n\n"
    "This page says what an administrator grants this installation, for which feature, and where the vendor "
    "says so.\n"
    "It is written by `python -m tools.pages.vendor_pages` from the table by which "
    "[`planswitch doctor --cloud`](first-look.md#check-the-access) judges the permissions in a token.\n"
    "“Unchecked” means that no document that we read says it; only a real tenant can.\n\n"
    "## Features\n\n"
    "Grant the narrowest permission of each feature that you use. Features that only read are enough for "
    '`access = "read"` ([read-only access](vendor.md#read-only-access)).\n'
    "If a permission is missing, `doctor --cloud` says `fault` where no switch works without it, and "
    "`warning` where it says here what else does not work.\n"
)
_FEATURE_HEAD = (
    "| to | needs write access | narrowest permissions at the directory | without it |\n|---|---|---|---|"
)
_CALL_HEAD = "| call | any one of these permissions lets it through | source |\n|---|---|---|"
_SELLER_TEXT = (
    "The seller's tokens name no permissions. What counts there is on whose behalf the token is, the "
    "partner's role of that person (such as admin agent), and the relationship with the customer.\n"
    "Every call on behalf of a person needs a second factor.\n"
)
_SELLER_HEAD = "| call | on behalf of | source |\n|---|---|---|"
_CALLS_INTRODUCTION = (
    "\nEach call of the adapters, and against what a test validates its requests. The answers are proved "
    "against the sandbox alone.\n"
    "The vendor's description of the directory is read strictly: path, query options, headers, members of "
    "the body and selected properties each have to be named by it, in every item of a batch too.\n"
    "What only a real tenant can prove: that the permissions are enough, which calls pass without a person, "
    "that the answers have the documented shape, and how long things take.\n\n"
    "| operation | call | reads or writes | requests are validated against |\n|---|---|---|---|\n"
)


def permissions_page() -> str:
    """Return the page of permissions as the code demands it."""
    return "\n".join(_permission_lines()) + "\n"


def vendor_page(written: str) -> str:
    """Return the page of the vendor's protocol with the list of calls that the code demands.

    Args:
        written: The page as it stands.
    """
    section = _CALLS_HEADING + "\n" + _CALLS_INTRODUCTION + "\n".join(_proof_rows()) + "\n"
    if not _CALLS_SECTION.search(written):
        return f"{written}\n{section}"
    return _CALLS_SECTION.sub(lambda match: section + ("\n" if match.end() < len(written) else ""), written)


def _permission_lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield _FEATURE_HEAD
    yield from (_feature_row(each) for each in FEATURES)
    yield "\n## Calls of the directory\n"
    yield _CALL_HEAD
    for operation, call in _calls(Party.DIRECTORY):
        names = ", ".join(f"`{each}`" for each in call.permissions)
        yield f"| {_address(operation, call)} | {names} | {_source(call)} |"
    yield "\n## Calls of the seller\n"
    yield _SELLER_TEXT
    yield _SELLER_HEAD
    for operation, call in _calls(Party.SELLER):
        yield f"| {_address(operation, call)} | {call.sign_in} | {_source(call)} |"


def _feature_row(feature: Feature) -> str:
    names = ", ".join(f"`{each}`" for each in feature.narrowest)
    where = "; in the partner's own tenant" if feature.is_of_partner else ""
    writes = "yes" if feature.access is Access.WRITE else "no"
    without = feature.without or ("No switch works." if feature.party is Party.DIRECTORY else "-")
    return f"| {feature.name} | {writes} | {names or 'none: it is asked of the seller'}{where} | {without} |"


def _calls(party: Party) -> list[tuple[str, VendorCall]]:
    """Return the calls of a party; those with one address and one permission once, under the first name."""
    shown: dict[VendorCall, str] = {}
    for operation, call in CALLS.items():
        if call.party is party:
            shown.setdefault(call, operation)
    return [(operation, call) for call, operation in shown.items()]


def _address(_operation: str, call: VendorCall) -> str:
    batch = " (in `$batch`)" if call.is_batched else ""
    return f"`{call.method} {call.path.replace('{}', '{id}')}`{batch}"


def _source(call: VendorCall) -> str:
    if call.source == UNCHECKED:
        return UNCHECKED
    return f"[{call.source.rpartition('/')[2]}]({call.source})"


def _proof_rows() -> Iterator[str]:
    for operation in sorted(CALLS, key=lambda each: (CALLS[each].party, each)):
        call = CALLS[operation]
        proof = call.proof if call.proof is not Proof.SANDBOX else "nothing: known from the sandbox alone"
        row = (f"`{operation}`", _address(operation, call), OPERATIONS[operation].value, proof)
        yield f"| {' | '.join(row)} |"


def main() -> None:
    """Write both pages."""
    PERMISSIONS_PAGE.write_text(permissions_page(), encoding="utf-8")
    written = VENDOR_PAGE.read_text(encoding="utf-8")
    VENDOR_PAGE.write_text(vendor_page(written), encoding="utf-8")


if __name__ == "__main__":
    main()
