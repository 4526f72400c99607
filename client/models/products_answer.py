from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.act_answer import ActAnswer
    from ..models.billed_invoice import BilledInvoice
    from ..models.capability import Capability
    from ..models.lock_holder import LockHolder
    from ..models.product_answer import ProductAnswer
    from ..models.service_health import ServiceHealth


T = TypeVar("T", bound="ProductsAnswer")


@_attrs_define
class ProductsAnswer:
    """Everything that an organization owns, and what concerns all of it.

    Attributes:
        organization_id (str):
        organization (str):
        products (list[ProductAnswer]):
        health (list[ServiceHealth]):
        balance_due (str):
        balance_due_minor_units (int):
        invoices (list[BilledInvoice]):
        capabilities (list[Capability]): What the connected providers can do, and the vendor's place for the rest.
        locked_by (LockHolder | None): Who has license administration locked; null: nobody.
        acts (list[ActAnswer]):
        cleared (list[str]): Requests that still wait although their reason is gone; `look` lets them start.
        next_cursor (None | str | Unset): Where the next page of products begins; null: this is the last one.
    """

    organization_id: str
    organization: str
    products: list[ProductAnswer]
    health: list[ServiceHealth]
    balance_due: str
    balance_due_minor_units: int
    invoices: list[BilledInvoice]
    capabilities: list[Capability]
    locked_by: LockHolder | None
    acts: list[ActAnswer]
    cleared: list[str]
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.lock_holder import LockHolder  # noqa: PLC0415

        organization_id = self.organization_id

        organization = self.organization

        products = []
        for products_item_data in self.products:
            products_item = products_item_data.to_dict()
            products.append(products_item)

        health = []
        for health_item_data in self.health:
            health_item = health_item_data.to_dict()
            health.append(health_item)

        balance_due = self.balance_due

        balance_due_minor_units = self.balance_due_minor_units

        invoices = []
        for invoices_item_data in self.invoices:
            invoices_item = invoices_item_data.to_dict()
            invoices.append(invoices_item)

        capabilities = []
        for capabilities_item_data in self.capabilities:
            capabilities_item = capabilities_item_data.to_dict()
            capabilities.append(capabilities_item)

        locked_by: dict[str, Any] | None
        if isinstance(self.locked_by, LockHolder):
            locked_by = self.locked_by.to_dict()
        else:
            locked_by = self.locked_by

        acts = []
        for acts_item_data in self.acts:
            acts_item = acts_item_data.to_dict()
            acts.append(acts_item)

        cleared = self.cleared

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "organization": organization,
                "products": products,
                "health": health,
                "balance_due": balance_due,
                "balance_due_minor_units": balance_due_minor_units,
                "invoices": invoices,
                "capabilities": capabilities,
                "locked_by": locked_by,
                "acts": acts,
                "cleared": cleared,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_answer import ActAnswer  # noqa: PLC0415
        from ..models.billed_invoice import BilledInvoice  # noqa: PLC0415
        from ..models.capability import Capability  # noqa: PLC0415
        from ..models.lock_holder import LockHolder  # noqa: PLC0415
        from ..models.product_answer import ProductAnswer  # noqa: PLC0415
        from ..models.service_health import ServiceHealth  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        organization = d.pop("organization")

        products = []
        _products = d.pop("products")
        for products_item_data in _products:
            products_item = ProductAnswer.from_dict(products_item_data)

            products.append(products_item)

        health = []
        _health = d.pop("health")
        for health_item_data in _health:
            health_item = ServiceHealth.from_dict(health_item_data)

            health.append(health_item)

        balance_due = d.pop("balance_due")

        balance_due_minor_units = d.pop("balance_due_minor_units")

        invoices = []
        _invoices = d.pop("invoices")
        for invoices_item_data in _invoices:
            invoices_item = BilledInvoice.from_dict(invoices_item_data)

            invoices.append(invoices_item)

        capabilities = []
        _capabilities = d.pop("capabilities")
        for capabilities_item_data in _capabilities:
            capabilities_item = Capability.from_dict(capabilities_item_data)

            capabilities.append(capabilities_item)

        def _parse_locked_by(data: object) -> LockHolder | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                locked_by_type_0 = LockHolder.from_dict(data)

                return locked_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LockHolder | None, data)

        locked_by = _parse_locked_by(d.pop("locked_by"))

        acts = []
        _acts = d.pop("acts")
        for acts_item_data in _acts:
            acts_item = ActAnswer.from_dict(acts_item_data)

            acts.append(acts_item)

        cleared = cast(list[str], d.pop("cleared"))

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        products_answer = cls(
            organization_id=organization_id,
            organization=organization,
            products=products,
            health=health,
            balance_due=balance_due,
            balance_due_minor_units=balance_due_minor_units,
            invoices=invoices,
            capabilities=capabilities,
            locked_by=locked_by,
            acts=acts,
            cleared=cleared,
            next_cursor=next_cursor,
        )

        products_answer.additional_properties = d
        return products_answer

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
