from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.attempt_answer import AttemptAnswer
    from ..models.delivery_answer import DeliveryAnswer


T = TypeVar("T", bound="DeliveryShown")


@_attrs_define
class DeliveryShown:
    """One delivery with its body and every attempt, the oldest first.

    Attributes:
        delivery (DeliveryAnswer): One event for one endpoint.
        payload (str): As it is signed and sent.
        attempts (list[AttemptAnswer]):
    """

    delivery: DeliveryAnswer
    payload: str
    attempts: list[AttemptAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        delivery = self.delivery.to_dict()

        payload = self.payload

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "delivery": delivery,
                "payload": payload,
                "attempts": attempts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attempt_answer import AttemptAnswer  # noqa: PLC0415
        from ..models.delivery_answer import DeliveryAnswer  # noqa: PLC0415

        d = dict(src_dict)
        delivery = DeliveryAnswer.from_dict(d.pop("delivery"))

        payload = d.pop("payload")

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = AttemptAnswer.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        delivery_shown = cls(
            delivery=delivery,
            payload=payload,
            attempts=attempts,
        )

        delivery_shown.additional_properties = d
        return delivery_shown

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
