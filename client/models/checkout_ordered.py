from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.named_switch import NamedSwitch


T = TypeVar("T", bound="CheckoutOrdered")


@_attrs_define
class CheckoutOrdered:
    """The switch that an order led to.

    Attributes:
        checkout_id (str):
        switch_id (str):
        request_id (str):
        repeated (bool): The draft was ordered before; this is the answer to it.
        switch (NamedSwitch | None): null: it is not shown yet.
    """

    checkout_id: str
    switch_id: str
    request_id: str
    repeated: bool
    switch: NamedSwitch | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.named_switch import NamedSwitch  # noqa: PLC0415

        checkout_id = self.checkout_id

        switch_id = self.switch_id

        request_id = self.request_id

        repeated = self.repeated

        switch: dict[str, Any] | None
        if isinstance(self.switch, NamedSwitch):
            switch = self.switch.to_dict()
        else:
            switch = self.switch

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "checkout_id": checkout_id,
                "switch_id": switch_id,
                "request_id": request_id,
                "repeated": repeated,
                "switch": switch,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.named_switch import NamedSwitch  # noqa: PLC0415

        d = dict(src_dict)
        checkout_id = d.pop("checkout_id")

        switch_id = d.pop("switch_id")

        request_id = d.pop("request_id")

        repeated = d.pop("repeated")

        def _parse_switch(data: object) -> NamedSwitch | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                switch_type_0 = NamedSwitch.from_dict(data)

                return switch_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NamedSwitch | None, data)

        switch = _parse_switch(d.pop("switch"))

        checkout_ordered = cls(
            checkout_id=checkout_id,
            switch_id=switch_id,
            request_id=request_id,
            repeated=repeated,
            switch=switch,
        )

        checkout_ordered.additional_properties = d
        return checkout_ordered

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
