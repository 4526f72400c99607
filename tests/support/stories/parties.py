"""A billing profile as the vendor's seller has it."""

from __future__ import annotations

BILLING = {
    "id": "profile-1",
    "companyName": "Contoso",
    "firstName": None,
    "culture": "de-DE",
    "defaultAddress": {"country": "DE", "city": "Berlin", "addressLine1": "Weg 1", "postalCode": "10115"},
    "attributes": {"etag": "one", "objectType": "CustomerBillingProfile"},
}
