from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money
    from ..models.open_effect import OpenEffect
    from ..models.time_of_wait import TimeOfWait


T = TypeVar("T", bound="Cost")


@_attrs_define
class Cost:
    """Time and money of a switch; None is what did not happen.

    Attributes:
        seconds (float): From the first event to the end, or to now.
        waited (list[TimeOfWait]):
        attempts_lost (int): Attempts that got nothing done, and calls to providers that failed.
        calls_failed (int):
        charged (Money | None):
        credited (Money | None):
        forfeited (Money | None):
        order_id (str): Order that was placed, and whether it was taken back.
        is_order_voided (bool):
        open_effects (list[OpenEffect]): Effects that no provider ever answered: they may have happened.
        licenses_only (bool | Unset): Both plans are owned: nothing was ordered, and no money moved. Default: False.
    """

    seconds: float
    waited: list[TimeOfWait]
    attempts_lost: int
    calls_failed: int
    charged: Money | None
    credited: Money | None
    forfeited: Money | None
    order_id: str
    is_order_voided: bool
    open_effects: list[OpenEffect]
    licenses_only: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        seconds = self.seconds

        waited = []
        for waited_item_data in self.waited:
            waited_item = waited_item_data.to_dict()
            waited.append(waited_item)

        attempts_lost = self.attempts_lost

        calls_failed = self.calls_failed

        charged: dict[str, Any] | None
        if isinstance(self.charged, Money):
            charged = self.charged.to_dict()
        else:
            charged = self.charged

        credited: dict[str, Any] | None
        if isinstance(self.credited, Money):
            credited = self.credited.to_dict()
        else:
            credited = self.credited

        forfeited: dict[str, Any] | None
        if isinstance(self.forfeited, Money):
            forfeited = self.forfeited.to_dict()
        else:
            forfeited = self.forfeited

        order_id = self.order_id

        is_order_voided = self.is_order_voided

        open_effects = []
        for open_effects_item_data in self.open_effects:
            open_effects_item = open_effects_item_data.to_dict()
            open_effects.append(open_effects_item)

        licenses_only = self.licenses_only

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "seconds": seconds,
                "waited": waited,
                "attempts_lost": attempts_lost,
                "calls_failed": calls_failed,
                "charged": charged,
                "credited": credited,
                "forfeited": forfeited,
                "order_id": order_id,
                "is_order_voided": is_order_voided,
                "open_effects": open_effects,
            }
        )
        if licenses_only is not UNSET:
            field_dict["licenses_only"] = licenses_only

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415
        from ..models.open_effect import OpenEffect  # noqa: PLC0415
        from ..models.time_of_wait import TimeOfWait  # noqa: PLC0415

        d = dict(src_dict)
        seconds = d.pop("seconds")

        waited = []
        _waited = d.pop("waited")
        for waited_item_data in _waited:
            waited_item = TimeOfWait.from_dict(waited_item_data)

            waited.append(waited_item)

        attempts_lost = d.pop("attempts_lost")

        calls_failed = d.pop("calls_failed")

        def _parse_charged(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                charged_type_0 = Money.from_dict(data)

                return charged_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        charged = _parse_charged(d.pop("charged"))

        def _parse_credited(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                credited_type_0 = Money.from_dict(data)

                return credited_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        credited = _parse_credited(d.pop("credited"))

        def _parse_forfeited(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                forfeited_type_0 = Money.from_dict(data)

                return forfeited_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        forfeited = _parse_forfeited(d.pop("forfeited"))

        order_id = d.pop("order_id")

        is_order_voided = d.pop("is_order_voided")

        open_effects = []
        _open_effects = d.pop("open_effects")
        for open_effects_item_data in _open_effects:
            open_effects_item = OpenEffect.from_dict(open_effects_item_data)

            open_effects.append(open_effects_item)

        licenses_only = d.pop("licenses_only", UNSET)

        cost = cls(
            seconds=seconds,
            waited=waited,
            attempts_lost=attempts_lost,
            calls_failed=calls_failed,
            charged=charged,
            credited=credited,
            forfeited=forfeited,
            order_id=order_id,
            is_order_voided=is_order_voided,
            open_effects=open_effects,
            licenses_only=licenses_only,
        )

        cost.additional_properties = d
        return cost

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
