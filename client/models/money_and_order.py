from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money
    from ..models.open_effect import OpenEffect


T = TypeVar("T", bound="MoneyAndOrder")


@_attrs_define
class MoneyAndOrder:
    """The order and the money, as the events tell them; None is what did not happen.

    Attributes:
        order_id (None | str | Unset):
        licenses_ordered (int | None | Unset):
        ordered_at (datetime.datetime | None | Unset):
        voidable_until (datetime.datetime | None | Unset): Until when the order can be voided for nothing, and when the
            organization was warned.
        void_warned_at (datetime.datetime | None | Unset):
        voided_at (datetime.datetime | None | Unset):
        source_cancelled_at (datetime.datetime | None | Unset):
        billing_stopped_on (datetime.date | None | Unset): null as well where the stop was taken back.
        credited (Money | None | Unset):
        forfeited (Money | None | Unset):
        invoice_number (None | str | Unset):
        charged (Money | None | Unset): With tax, taken or invoiced.
        open_effects (list[OpenEffect] | Unset):
        licenses_only (bool | Unset): Both plans are owned: there is no order, and no money moves (rules#licenses-only).
            Default: False.
    """

    order_id: None | str | Unset = UNSET
    licenses_ordered: int | None | Unset = UNSET
    ordered_at: datetime.datetime | None | Unset = UNSET
    voidable_until: datetime.datetime | None | Unset = UNSET
    void_warned_at: datetime.datetime | None | Unset = UNSET
    voided_at: datetime.datetime | None | Unset = UNSET
    source_cancelled_at: datetime.datetime | None | Unset = UNSET
    billing_stopped_on: datetime.date | None | Unset = UNSET
    credited: Money | None | Unset = UNSET
    forfeited: Money | None | Unset = UNSET
    invoice_number: None | str | Unset = UNSET
    charged: Money | None | Unset = UNSET
    open_effects: list[OpenEffect] | Unset = UNSET
    licenses_only: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        order_id: None | str | Unset
        if isinstance(self.order_id, Unset):
            order_id = UNSET
        else:
            order_id = self.order_id

        licenses_ordered: int | None | Unset
        if isinstance(self.licenses_ordered, Unset):
            licenses_ordered = UNSET
        else:
            licenses_ordered = self.licenses_ordered

        ordered_at: None | str | Unset
        if isinstance(self.ordered_at, Unset):
            ordered_at = UNSET
        elif isinstance(self.ordered_at, datetime.datetime):
            ordered_at = self.ordered_at.isoformat()
        else:
            ordered_at = self.ordered_at

        voidable_until: None | str | Unset
        if isinstance(self.voidable_until, Unset):
            voidable_until = UNSET
        elif isinstance(self.voidable_until, datetime.datetime):
            voidable_until = self.voidable_until.isoformat()
        else:
            voidable_until = self.voidable_until

        void_warned_at: None | str | Unset
        if isinstance(self.void_warned_at, Unset):
            void_warned_at = UNSET
        elif isinstance(self.void_warned_at, datetime.datetime):
            void_warned_at = self.void_warned_at.isoformat()
        else:
            void_warned_at = self.void_warned_at

        voided_at: None | str | Unset
        if isinstance(self.voided_at, Unset):
            voided_at = UNSET
        elif isinstance(self.voided_at, datetime.datetime):
            voided_at = self.voided_at.isoformat()
        else:
            voided_at = self.voided_at

        source_cancelled_at: None | str | Unset
        if isinstance(self.source_cancelled_at, Unset):
            source_cancelled_at = UNSET
        elif isinstance(self.source_cancelled_at, datetime.datetime):
            source_cancelled_at = self.source_cancelled_at.isoformat()
        else:
            source_cancelled_at = self.source_cancelled_at

        billing_stopped_on: None | str | Unset
        if isinstance(self.billing_stopped_on, Unset):
            billing_stopped_on = UNSET
        elif isinstance(self.billing_stopped_on, datetime.date):
            billing_stopped_on = self.billing_stopped_on.isoformat()
        else:
            billing_stopped_on = self.billing_stopped_on

        credited: dict[str, Any] | None | Unset
        if isinstance(self.credited, Unset):
            credited = UNSET
        elif isinstance(self.credited, Money):
            credited = self.credited.to_dict()
        else:
            credited = self.credited

        forfeited: dict[str, Any] | None | Unset
        if isinstance(self.forfeited, Unset):
            forfeited = UNSET
        elif isinstance(self.forfeited, Money):
            forfeited = self.forfeited.to_dict()
        else:
            forfeited = self.forfeited

        invoice_number: None | str | Unset
        if isinstance(self.invoice_number, Unset):
            invoice_number = UNSET
        else:
            invoice_number = self.invoice_number

        charged: dict[str, Any] | None | Unset
        if isinstance(self.charged, Unset):
            charged = UNSET
        elif isinstance(self.charged, Money):
            charged = self.charged.to_dict()
        else:
            charged = self.charged

        open_effects: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.open_effects, Unset):
            open_effects = []
            for open_effects_item_data in self.open_effects:
                open_effects_item = open_effects_item_data.to_dict()
                open_effects.append(open_effects_item)

        licenses_only = self.licenses_only

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if order_id is not UNSET:
            field_dict["order_id"] = order_id
        if licenses_ordered is not UNSET:
            field_dict["licenses_ordered"] = licenses_ordered
        if ordered_at is not UNSET:
            field_dict["ordered_at"] = ordered_at
        if voidable_until is not UNSET:
            field_dict["voidable_until"] = voidable_until
        if void_warned_at is not UNSET:
            field_dict["void_warned_at"] = void_warned_at
        if voided_at is not UNSET:
            field_dict["voided_at"] = voided_at
        if source_cancelled_at is not UNSET:
            field_dict["source_cancelled_at"] = source_cancelled_at
        if billing_stopped_on is not UNSET:
            field_dict["billing_stopped_on"] = billing_stopped_on
        if credited is not UNSET:
            field_dict["credited"] = credited
        if forfeited is not UNSET:
            field_dict["forfeited"] = forfeited
        if invoice_number is not UNSET:
            field_dict["invoice_number"] = invoice_number
        if charged is not UNSET:
            field_dict["charged"] = charged
        if open_effects is not UNSET:
            field_dict["open_effects"] = open_effects
        if licenses_only is not UNSET:
            field_dict["licenses_only"] = licenses_only

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415
        from ..models.open_effect import OpenEffect  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_order_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        order_id = _parse_order_id(d.pop("order_id", UNSET))

        def _parse_licenses_ordered(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        licenses_ordered = _parse_licenses_ordered(d.pop("licenses_ordered", UNSET))

        def _parse_ordered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ordered_at_type_0 = datetime.datetime.fromisoformat(data)

                return ordered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ordered_at = _parse_ordered_at(d.pop("ordered_at", UNSET))

        def _parse_voidable_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                voidable_until_type_0 = datetime.datetime.fromisoformat(data)

                return voidable_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        voidable_until = _parse_voidable_until(d.pop("voidable_until", UNSET))

        def _parse_void_warned_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                void_warned_at_type_0 = datetime.datetime.fromisoformat(data)

                return void_warned_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        void_warned_at = _parse_void_warned_at(d.pop("void_warned_at", UNSET))

        def _parse_voided_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                voided_at_type_0 = datetime.datetime.fromisoformat(data)

                return voided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        voided_at = _parse_voided_at(d.pop("voided_at", UNSET))

        def _parse_source_cancelled_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                source_cancelled_at_type_0 = datetime.datetime.fromisoformat(data)

                return source_cancelled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        source_cancelled_at = _parse_source_cancelled_at(d.pop("source_cancelled_at", UNSET))

        def _parse_billing_stopped_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                billing_stopped_on_type_0 = datetime.date.fromisoformat(data)

                return billing_stopped_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        billing_stopped_on = _parse_billing_stopped_on(d.pop("billing_stopped_on", UNSET))

        def _parse_credited(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                credited_type_0 = Money.from_dict(data)

                return credited_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        credited = _parse_credited(d.pop("credited", UNSET))

        def _parse_forfeited(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                forfeited_type_0 = Money.from_dict(data)

                return forfeited_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        forfeited = _parse_forfeited(d.pop("forfeited", UNSET))

        def _parse_invoice_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        invoice_number = _parse_invoice_number(d.pop("invoice_number", UNSET))

        def _parse_charged(data: object) -> Money | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                charged_type_0 = Money.from_dict(data)

                return charged_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None | Unset, data)

        charged = _parse_charged(d.pop("charged", UNSET))

        _open_effects = d.pop("open_effects", UNSET)
        open_effects: list[OpenEffect] | Unset = UNSET
        if _open_effects is not UNSET:
            open_effects = []
            for open_effects_item_data in _open_effects:
                open_effects_item = OpenEffect.from_dict(open_effects_item_data)

                open_effects.append(open_effects_item)

        licenses_only = d.pop("licenses_only", UNSET)

        money_and_order = cls(
            order_id=order_id,
            licenses_ordered=licenses_ordered,
            ordered_at=ordered_at,
            voidable_until=voidable_until,
            void_warned_at=void_warned_at,
            voided_at=voided_at,
            source_cancelled_at=source_cancelled_at,
            billing_stopped_on=billing_stopped_on,
            credited=credited,
            forfeited=forfeited,
            invoice_number=invoice_number,
            charged=charged,
            open_effects=open_effects,
            licenses_only=licenses_only,
        )

        money_and_order.additional_properties = d
        return money_and_order

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
