"""Which of the seller's subscriptions are licenses that users hold, and which are something else.

A customer buys consumption, software, reservations and other makers' services at the same seller. They stand
in the same list, in shapes of their own; nobody holds a license of them, so no switch has to do with them.
"""

from __future__ import annotations

from providers.transport.answers import JsonObject

#: Beginnings of the seller's product types of licenses that users hold.
_LICENSE_TYPES = ("onlineservices",)
#: Beginnings of the others that are known.
_OTHER_TYPES = ("azure", "microsoftazure", "software", "perpetual", "marketplace", "saas", "reservation")
_LICENSE = "license"
_LICENSE_UNITS = ("license", "licenses", "user", "users", "seat", "seats")


def is_license_based(record: JsonObject) -> bool:
    """Return whether a subscription is one of licenses that users hold.

    A product type that is not known counts as one where it is billed by licenses and counted in them. A
    record that says nothing of its kind is one: subscriptions of legacy terms have no product type.

    Args:
        record: A subscription as the seller shows it, of whatever shape.
    """
    billing, unit = _word(record.get("billingType")), _word(record.get("unitType"))
    if billing not in {"", _LICENSE}:
        return False
    product = _product_type(record)
    if product.startswith(_OTHER_TYPES):
        return False
    if not product or product.startswith(_LICENSE_TYPES):
        return True
    return billing == _LICENSE and unit in _LICENSE_UNITS and bool(record.get("offerId"))


def _product_type(record: JsonObject) -> str:
    """Return the seller's word for the kind of product in small letters; it has several shapes."""
    product = record.get("productType")
    if isinstance(product, dict):
        product = product.get("id") or product.get("displayName")
    return _word(product)


def _word(value: object) -> str:
    return value.strip().replace(" ", "").lower() if isinstance(value, str) else ""
