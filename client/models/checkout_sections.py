from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.acknowledgments_section import AcknowledgmentsSection
    from ..models.checkout_sections_billed_to_type_0 import CheckoutSectionsBilledToType0
    from ..models.checkout_sections_sold_to_type_0 import CheckoutSectionsSoldToType0
    from ..models.domains_section import DomainsSection
    from ..models.items_section import ItemsSection
    from ..models.payment_section import PaymentSection
    from ..models.term_section import TermSection


T = TypeVar("T", bound="CheckoutSections")


@_attrs_define
class CheckoutSections:
    """Every section as it would be ordered.

    Attributes:
        payment (PaymentSection): How the new plan is paid.
        items (ItemsSection): What is ordered.
        term (TermSection): How long the new plan runs, and how it is billed.
        domains (DomainsSection): The custom domains of the organization.
        acknowledgments (AcknowledgmentsSection): What is confirmed, and what must still be.
        sold_to (CheckoutSectionsSoldToType0 | None | Unset): Names and addresses as the seller shows them; absent where
            it could not be asked.
        billed_to (CheckoutSectionsBilledToType0 | None | Unset):
    """

    payment: PaymentSection
    items: ItemsSection
    term: TermSection
    domains: DomainsSection
    acknowledgments: AcknowledgmentsSection
    sold_to: CheckoutSectionsSoldToType0 | None | Unset = UNSET
    billed_to: CheckoutSectionsBilledToType0 | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.checkout_sections_billed_to_type_0 import (
            CheckoutSectionsBilledToType0,  # noqa: PLC0415
        )
        from ..models.checkout_sections_sold_to_type_0 import (
            CheckoutSectionsSoldToType0,  # noqa: PLC0415
        )

        payment = self.payment.to_dict()

        items = self.items.to_dict()

        term = self.term.to_dict()

        domains = self.domains.to_dict()

        acknowledgments = self.acknowledgments.to_dict()

        sold_to: dict[str, Any] | None | Unset
        if isinstance(self.sold_to, Unset):
            sold_to = UNSET
        elif isinstance(self.sold_to, CheckoutSectionsSoldToType0):
            sold_to = self.sold_to.to_dict()
        else:
            sold_to = self.sold_to

        billed_to: dict[str, Any] | None | Unset
        if isinstance(self.billed_to, Unset):
            billed_to = UNSET
        elif isinstance(self.billed_to, CheckoutSectionsBilledToType0):
            billed_to = self.billed_to.to_dict()
        else:
            billed_to = self.billed_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "payment": payment,
                "items": items,
                "term": term,
                "domains": domains,
                "acknowledgments": acknowledgments,
            }
        )
        if sold_to is not UNSET:
            field_dict["sold_to"] = sold_to
        if billed_to is not UNSET:
            field_dict["billed_to"] = billed_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.acknowledgments_section import AcknowledgmentsSection  # noqa: PLC0415
        from ..models.checkout_sections_billed_to_type_0 import (
            CheckoutSectionsBilledToType0,  # noqa: PLC0415
        )
        from ..models.checkout_sections_sold_to_type_0 import (
            CheckoutSectionsSoldToType0,  # noqa: PLC0415
        )
        from ..models.domains_section import DomainsSection  # noqa: PLC0415
        from ..models.items_section import ItemsSection  # noqa: PLC0415
        from ..models.payment_section import PaymentSection  # noqa: PLC0415
        from ..models.term_section import TermSection  # noqa: PLC0415

        d = dict(src_dict)
        payment = PaymentSection.from_dict(d.pop("payment"))

        items = ItemsSection.from_dict(d.pop("items"))

        term = TermSection.from_dict(d.pop("term"))

        domains = DomainsSection.from_dict(d.pop("domains"))

        acknowledgments = AcknowledgmentsSection.from_dict(d.pop("acknowledgments"))

        def _parse_sold_to(data: object) -> CheckoutSectionsSoldToType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                sold_to_type_0 = CheckoutSectionsSoldToType0.from_dict(data)

                return sold_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CheckoutSectionsSoldToType0 | None | Unset, data)

        sold_to = _parse_sold_to(d.pop("sold_to", UNSET))

        def _parse_billed_to(data: object) -> CheckoutSectionsBilledToType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                billed_to_type_0 = CheckoutSectionsBilledToType0.from_dict(data)

                return billed_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CheckoutSectionsBilledToType0 | None | Unset, data)

        billed_to = _parse_billed_to(d.pop("billed_to", UNSET))

        checkout_sections = cls(
            payment=payment,
            items=items,
            term=term,
            domains=domains,
            acknowledgments=acknowledgments,
            sold_to=sold_to,
            billed_to=billed_to,
        )

        checkout_sections.additional_properties = d
        return checkout_sections

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
