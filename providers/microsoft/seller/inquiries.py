"""What eligibility asks the vendor: the seller's verdicts, all purchases, and who has which role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.kernel.errors import (
    PlanSwitchError,
    ProviderRefused,
    ProviderThrottled,
    UnknownOrganization,
    UnknownSubscription,
)
from domain.ports.seller_port import Caller, Purchase, SellerRefusal, SellerSubscription, SellerVerdict
from providers.microsoft.directory.users import UnknownUser
from providers.microsoft.lists import directory_rows, seller_rows
from providers.microsoft.seller.refusals import ORDERS, THROTTLED, TRANSITIONS, UPGRADES, reason_of
from providers.microsoft.seller.seller_calls import tracing
from providers.transport.answers import JsonObject, instant, redact, understood
from providers.transport.http import UNREADABLE, ProviderHttp, ProviderRequest, segment

#: A seller that asks to wait at least so long is switching a high volume of plans; less is an usual throttle.
HIGH_VOLUME_SECONDS = 300.0
#: The kind of transition that we ask for: licenses are moved by us.
TRANSITION_ONLY = "transition_only"
#: The directory lists only one kind of a user's memberships as an advanced query, with `$count=true` beside
#: it (vendor#roles).
ADVANCED_QUERY = {"ConsistencyLevel": "eventual"}
#: The directory's word for a purchase, in lower case -> the port's, where that is another.
_STATUSES = {"enabled": "active", "warning": "suspended", "lockedout": "disabled"}


class MicrosoftInquiries:
    """Questions to the vendor's seller and directory; nothing here changes anything."""

    def __init__(
        self,
        *,
        directory: ProviderHttp,
        seller: ProviderHttp,
        caller: Callable[[str], Caller | None] = lambda _organization_id: None,
    ) -> None:
        self._directory = directory
        self._seller = seller
        self._caller = caller

    def caller(self, organization_id: str) -> Caller | None:
        """Return on whose behalf the directory is asked; None where its credentials tell nothing."""
        return self._caller(organization_id)

    def seller_verdicts(self, organization_id: str, source: SellerSubscription) -> tuple[SellerVerdict, ...]:
        """Return what the seller says on each plan to which the subscription could be switched.

        Legacy terms, which may be cancelled at any time, are asked for upgrades, new-commerce terms for
        transitions (vendor#moves-to-another-plan). A refusal of the question is a refusal of every plan; so
        is a throttle for minutes.
        """
        is_new_commerce = source.cancellable_until is not None
        interface = TRANSITIONS if is_new_commerce else UPGRADES
        resource = "transitionEligibilities" if is_new_commerce else "upgrades"
        customer, subscription = segment(organization_id), segment(source.subscription_id)
        path = f"/customers/{customer}/subscriptions/{subscription}/{resource}"
        operation = f"seller_{interface}"
        request = ProviderRequest(
            operation=operation,
            method="GET",
            path=path,
            headers=tracing(),
            unknown=UnknownSubscription,
        )
        try:
            rows = seller_rows(
                lambda page: self._seller.send(organization_id, page).body,
                self._seller,
                organization_id,
                request,
            )
        except ProviderRefused as error:
            if error.details.get("provider_code") == UNREADABLE:
                raise
            return (_refused(error),)
        except ProviderThrottled as error:
            if error.retry_after_seconds < HIGH_VOLUME_SECONDS:
                raise
            return (_refused(error),)
        read = _transition if is_new_commerce else _upgrade
        with understood(self._seller.provider, operation):
            return tuple(read(each) for each in rows)

    def purchases(self, organization_id: str) -> tuple[Purchase, ...]:
        """Return every subscription of licenses that the directory lists."""
        path, named = "/directory/subscriptions", "id"
        rows = self._listed(organization_id, "purchases", path, named, UnknownOrganization)
        with understood(self._directory.provider, "purchases"):
            return tuple(purchase_of(each) for each in rows if is_of_licenses(each))

    def roles(self, organization_id: str, user_id: str) -> tuple[str, ...]:
        """Return the names of the roles that a user has; none for a user whom the directory lacks."""
        path = f"/users/{segment(user_id)}/transitiveMemberOf/microsoft.graph.directoryRole"
        request = ProviderRequest(
            operation="roles",
            method="GET",
            path=path,
            query="$count=true",
            headers=ADVANCED_QUERY,
            unknown=UnknownUser,
        )
        try:
            rows = self._rows(organization_id, request, "displayName")
        except UnknownUser:
            return ()
        with understood(self._directory.provider, "roles"):
            return tuple(str(each["displayName"]) for each in rows)

    def _listed(
        self, organization_id: str, operation: str, path: str, named: str, unknown: type[PlanSwitchError]
    ) -> list[JsonObject]:
        """Return the rows of a list; those without an id are told apart by `named`."""
        request = ProviderRequest(operation=operation, method="GET", path=path, unknown=unknown)
        return self._rows(organization_id, request, named)

    def _rows(self, organization_id: str, request: ProviderRequest, named: str) -> list[JsonObject]:
        return directory_rows(
            self._directory, organization_id, request, lambda row: str(row.get("id") or row[named])
        )


def _refused(error: ProviderRefused | ProviderThrottled) -> SellerVerdict:
    is_throttled = isinstance(error, ProviderThrottled)
    code = THROTTLED if is_throttled else str(error.details.get("provider_code") or "")
    refusal = _refusal(ORDERS, code, str(error.details.get("provider_text") or ""))
    return SellerVerdict(target_plan_id="", is_eligible=False, refusals=(refusal,))


def _upgrade(item: JsonObject) -> SellerVerdict:
    offer = item["targetOffer"]
    return SellerVerdict(
        target_plan_id=str((offer.get("product") or offer)["id"]).strip().lower(),
        is_eligible=bool(item["isEligible"]),
        refusals=_refusals(UPGRADES, item.get("upgradeErrors")),
    )


def _transition(item: JsonObject) -> SellerVerdict:
    eligibilities = [each for each in item["eligibilities"] if each.get("transitionType") == TRANSITION_ONLY]
    return SellerVerdict(
        target_plan_id=str(item["catalogItemId"]).split(":")[0].strip().lower(),
        is_eligible=any(bool(each["isEligible"]) for each in eligibilities),
        refusals=tuple(
            refusal for each in eligibilities for refusal in _refusals(TRANSITIONS, each.get("errors"))
        ),
    )


def _refusals(interface: str, errors: Any) -> tuple[SellerRefusal, ...]:
    return tuple(
        _refusal(interface, str(each.get("code", "")), redact(str(each.get("description") or "")))
        for each in errors or ()
    )


def _refusal(interface: str, code: str, text: str) -> SellerRefusal:
    return SellerRefusal(reason=reason_of(interface, code, text), code=code, text=text)


def is_of_licenses(row: JsonObject) -> bool:
    """Return whether a row is a purchase of licenses: other products have no plan."""
    return bool(row.get("skuId"))


def purchase_of(row: JsonObject) -> Purchase:
    """Return a purchase of licenses; one that no seller gave an id has that of the directory alone."""
    return Purchase(
        subscription_id=str(row.get("commerceSubscriptionId") or row["id"]).lower(),
        plan_id=str(row["skuId"]).strip().lower(),
        plan_name=str(row["skuPartNumber"]).strip(),
        quantity=int(row["totalLicenses"]),
        status=_STATUSES.get(str(row["status"]).lower(), str(row["status"]).lower()),
        vendor_status=str(row["status"]),
        is_trial=bool(row.get("isTrial")),
        created_at=instant(row["createdDateTime"]),
        directory_id=str(row.get("id") or "").lower(),
    )
