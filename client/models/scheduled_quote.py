from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.forfeiture_answer import ForfeitureAnswer
    from ..models.overlap_answer import OverlapAnswer
    from ..models.quoted_day import QuotedDay


T = TypeVar("T", bound="ScheduledQuote")


@_attrs_define
class ScheduledQuote:
    """A quote, and the day on which its switch starts.

    Attributes:
        digest (str):
        quoted_on (datetime.date):
        expires_on (datetime.date):
        currency (str):
        total_minor_units (int):
        total (str):
        policy (str):
        forfeiture (ForfeitureAnswer | None): null where nothing is lost.
        overlap (None | OverlapAnswer): null where the old plan ends with the cutover.
        days (list[QuotedDay]):
        start_on (datetime.date | None): null: at once.
    """

    digest: str
    quoted_on: datetime.date
    expires_on: datetime.date
    currency: str
    total_minor_units: int
    total: str
    policy: str
    forfeiture: ForfeitureAnswer | None
    overlap: None | OverlapAnswer
    days: list[QuotedDay]
    start_on: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.forfeiture_answer import ForfeitureAnswer  # noqa: PLC0415
        from ..models.overlap_answer import OverlapAnswer  # noqa: PLC0415

        digest = self.digest

        quoted_on = self.quoted_on.isoformat()

        expires_on = self.expires_on.isoformat()

        currency = self.currency

        total_minor_units = self.total_minor_units

        total = self.total

        policy = self.policy

        forfeiture: dict[str, Any] | None
        if isinstance(self.forfeiture, ForfeitureAnswer):
            forfeiture = self.forfeiture.to_dict()
        else:
            forfeiture = self.forfeiture

        overlap: dict[str, Any] | None
        if isinstance(self.overlap, OverlapAnswer):
            overlap = self.overlap.to_dict()
        else:
            overlap = self.overlap

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        start_on: None | str
        if isinstance(self.start_on, datetime.date):
            start_on = self.start_on.isoformat()
        else:
            start_on = self.start_on

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "digest": digest,
                "quoted_on": quoted_on,
                "expires_on": expires_on,
                "currency": currency,
                "total_minor_units": total_minor_units,
                "total": total,
                "policy": policy,
                "forfeiture": forfeiture,
                "overlap": overlap,
                "days": days,
                "start_on": start_on,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.forfeiture_answer import ForfeitureAnswer  # noqa: PLC0415
        from ..models.overlap_answer import OverlapAnswer  # noqa: PLC0415
        from ..models.quoted_day import QuotedDay  # noqa: PLC0415

        d = dict(src_dict)
        digest = d.pop("digest")

        quoted_on = datetime.date.fromisoformat(d.pop("quoted_on"))

        expires_on = datetime.date.fromisoformat(d.pop("expires_on"))

        currency = d.pop("currency")

        total_minor_units = d.pop("total_minor_units")

        total = d.pop("total")

        policy = d.pop("policy")

        def _parse_forfeiture(data: object) -> ForfeitureAnswer | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                forfeiture_type_0 = ForfeitureAnswer.from_dict(data)

                return forfeiture_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ForfeitureAnswer | None, data)

        forfeiture = _parse_forfeiture(d.pop("forfeiture"))

        def _parse_overlap(data: object) -> None | OverlapAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                overlap_type_0 = OverlapAnswer.from_dict(data)

                return overlap_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OverlapAnswer, data)

        overlap = _parse_overlap(d.pop("overlap"))

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = QuotedDay.from_dict(days_item_data)

            days.append(days_item)

        def _parse_start_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                start_on_type_0 = datetime.date.fromisoformat(data)

                return start_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        start_on = _parse_start_on(d.pop("start_on"))

        scheduled_quote = cls(
            digest=digest,
            quoted_on=quoted_on,
            expires_on=expires_on,
            currency=currency,
            total_minor_units=total_minor_units,
            total=total,
            policy=policy,
            forfeiture=forfeiture,
            overlap=overlap,
            days=days,
            start_on=start_on,
        )

        scheduled_quote.additional_properties = d
        return scheduled_quote

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
