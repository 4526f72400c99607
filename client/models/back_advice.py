from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BackAdvice")


@_attrs_define
class BackAdvice:
    """Whether a completed switch may be taken back now.

    Attributes:
        is_allowed (bool):
        until (datetime.datetime | None): null: it never may.
        why_not (str): "" where it may.
        remedy (str):
        is_taken_back (bool | Unset): A switch back of it has completed; one that runs, or ended in another way, has not
            taken it back. Default: False.
    """

    is_allowed: bool
    until: datetime.datetime | None
    why_not: str
    remedy: str
    is_taken_back: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_allowed = self.is_allowed

        until: None | str
        if isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        why_not = self.why_not

        remedy = self.remedy

        is_taken_back = self.is_taken_back

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_allowed": is_allowed,
                "until": until,
                "why_not": why_not,
                "remedy": remedy,
            }
        )
        if is_taken_back is not UNSET:
            field_dict["is_taken_back"] = is_taken_back

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        is_allowed = d.pop("is_allowed")

        def _parse_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.datetime.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        until = _parse_until(d.pop("until"))

        why_not = d.pop("why_not")

        remedy = d.pop("remedy")

        is_taken_back = d.pop("is_taken_back", UNSET)

        back_advice = cls(
            is_allowed=is_allowed,
            until=until,
            why_not=why_not,
            remedy=remedy,
            is_taken_back=is_taken_back,
        )

        back_advice.additional_properties = d
        return back_advice

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
