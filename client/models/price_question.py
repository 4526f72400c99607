from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PriceQuestion")


@_attrs_define
class PriceQuestion:
    """A price above what was accepted, which somebody must accept or decline.

    Attributes:
        message (str):
        total_at_most (str):
        total (str):
        forfeited_at_most (str):
        forfeited (str):
        asked_at (datetime.datetime):
        answer_by (datetime.datetime): Without an answer the request ends then as `price_changed`.
    """

    message: str
    total_at_most: str
    total: str
    forfeited_at_most: str
    forfeited: str
    asked_at: datetime.datetime
    answer_by: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        message = self.message

        total_at_most = self.total_at_most

        total = self.total

        forfeited_at_most = self.forfeited_at_most

        forfeited = self.forfeited

        asked_at = self.asked_at.isoformat()

        answer_by = self.answer_by.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "message": message,
                "total_at_most": total_at_most,
                "total": total,
                "forfeited_at_most": forfeited_at_most,
                "forfeited": forfeited,
                "asked_at": asked_at,
                "answer_by": answer_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        message = d.pop("message")

        total_at_most = d.pop("total_at_most")

        total = d.pop("total")

        forfeited_at_most = d.pop("forfeited_at_most")

        forfeited = d.pop("forfeited")

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        answer_by = datetime.datetime.fromisoformat(d.pop("answer_by"))

        price_question = cls(
            message=message,
            total_at_most=total_at_most,
            total=total,
            forfeited_at_most=forfeited_at_most,
            forfeited=forfeited,
            asked_at=asked_at,
            answer_by=answer_by,
        )

        price_question.additional_properties = d
        return price_question

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
