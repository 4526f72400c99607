from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_state import DeliveryState, check_delivery_state

if TYPE_CHECKING:
    from ..models.attempt_answer import AttemptAnswer


T = TypeVar("T", bound="DeliveryAnswer")


@_attrs_define
class DeliveryAnswer:
    """One event for one endpoint.

    Attributes:
        delivery_id (int):
        message_id (str): Header `webhook-id`: the same for each attempt and endpoint.
        event_type (str):
        position (int | None): Place of the event in the log; null for a test.
        organization_id (str):
        switch_id (str):
        made_at (datetime.datetime):
        state (DeliveryState): How a delivery stands.
        attempts (int):
        next_at (datetime.datetime | None): When it is tried next; null where it is not.
        last (AttemptAnswer | None): The newest attempt; null before the first.
    """

    delivery_id: int
    message_id: str
    event_type: str
    position: int | None
    organization_id: str
    switch_id: str
    made_at: datetime.datetime
    state: DeliveryState
    attempts: int
    next_at: datetime.datetime | None
    last: AttemptAnswer | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.attempt_answer import AttemptAnswer  # noqa: PLC0415

        delivery_id = self.delivery_id

        message_id = self.message_id

        event_type = self.event_type

        position: int | None
        position = self.position

        organization_id = self.organization_id

        switch_id = self.switch_id

        made_at = self.made_at.isoformat()

        state: str = self.state

        attempts = self.attempts

        next_at: None | str
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        last: dict[str, Any] | None
        if isinstance(self.last, AttemptAnswer):
            last = self.last.to_dict()
        else:
            last = self.last

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "delivery_id": delivery_id,
                "message_id": message_id,
                "event_type": event_type,
                "position": position,
                "organization_id": organization_id,
                "switch_id": switch_id,
                "made_at": made_at,
                "state": state,
                "attempts": attempts,
                "next_at": next_at,
                "last": last,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attempt_answer import AttemptAnswer  # noqa: PLC0415

        d = dict(src_dict)
        delivery_id = d.pop("delivery_id")

        message_id = d.pop("message_id")

        event_type = d.pop("event_type")

        def _parse_position(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        position = _parse_position(d.pop("position"))

        organization_id = d.pop("organization_id")

        switch_id = d.pop("switch_id")

        made_at = datetime.datetime.fromisoformat(d.pop("made_at"))

        state = check_delivery_state(d.pop("state"))

        attempts = d.pop("attempts")

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_at = _parse_next_at(d.pop("next_at"))

        def _parse_last(data: object) -> AttemptAnswer | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_type_0 = AttemptAnswer.from_dict(data)

                return last_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AttemptAnswer | None, data)

        last = _parse_last(d.pop("last"))

        delivery_answer = cls(
            delivery_id=delivery_id,
            message_id=message_id,
            event_type=event_type,
            position=position,
            organization_id=organization_id,
            switch_id=switch_id,
            made_at=made_at,
            state=state,
            attempts=attempts,
            next_at=next_at,
            last=last,
        )

        delivery_answer.additional_properties = d
        return delivery_answer

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
