from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.scheduled_change import ScheduledChange


T = TypeVar("T", bound="RenewalTerms")


@_attrs_define
class RenewalTerms:
    """What the seller states of the end of a subscription's term; a stated fact wins over a computed one.

    Attributes:
        ends_on (datetime.date | None | Unset): First day after the present term; null where the seller does not say.
        is_automatic (bool | None | Unset): False: it ends with its term; null where the seller does not say.
        refundable_until (datetime.datetime | None | Unset): Until when something is given back for a cancellation; null
            where the seller states no refund.
        scheduled (None | ScheduledChange | Unset): null: it renews as it is, or not at all.
    """

    ends_on: datetime.date | None | Unset = UNSET
    is_automatic: bool | None | Unset = UNSET
    refundable_until: datetime.datetime | None | Unset = UNSET
    scheduled: None | ScheduledChange | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.scheduled_change import ScheduledChange  # noqa: PLC0415

        ends_on: None | str | Unset
        if isinstance(self.ends_on, Unset):
            ends_on = UNSET
        elif isinstance(self.ends_on, datetime.date):
            ends_on = self.ends_on.isoformat()
        else:
            ends_on = self.ends_on

        is_automatic: bool | None | Unset
        if isinstance(self.is_automatic, Unset):
            is_automatic = UNSET
        else:
            is_automatic = self.is_automatic

        refundable_until: None | str | Unset
        if isinstance(self.refundable_until, Unset):
            refundable_until = UNSET
        elif isinstance(self.refundable_until, datetime.datetime):
            refundable_until = self.refundable_until.isoformat()
        else:
            refundable_until = self.refundable_until

        scheduled: dict[str, Any] | None | Unset
        if isinstance(self.scheduled, Unset):
            scheduled = UNSET
        elif isinstance(self.scheduled, ScheduledChange):
            scheduled = self.scheduled.to_dict()
        else:
            scheduled = self.scheduled

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if ends_on is not UNSET:
            field_dict["ends_on"] = ends_on
        if is_automatic is not UNSET:
            field_dict["is_automatic"] = is_automatic
        if refundable_until is not UNSET:
            field_dict["refundable_until"] = refundable_until
        if scheduled is not UNSET:
            field_dict["scheduled"] = scheduled

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.scheduled_change import ScheduledChange  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_ends_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_on_type_0 = datetime.date.fromisoformat(data)

                return ends_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        ends_on = _parse_ends_on(d.pop("ends_on", UNSET))

        def _parse_is_automatic(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_automatic = _parse_is_automatic(d.pop("is_automatic", UNSET))

        def _parse_refundable_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                refundable_until_type_0 = datetime.datetime.fromisoformat(data)

                return refundable_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        refundable_until = _parse_refundable_until(d.pop("refundable_until", UNSET))

        def _parse_scheduled(data: object) -> None | ScheduledChange | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                scheduled_type_0 = ScheduledChange.from_dict(data)

                return scheduled_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ScheduledChange | Unset, data)

        scheduled = _parse_scheduled(d.pop("scheduled", UNSET))

        renewal_terms = cls(
            ends_on=ends_on,
            is_automatic=is_automatic,
            refundable_until=refundable_until,
            scheduled=scheduled,
        )

        renewal_terms.additional_properties = d
        return renewal_terms

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
