from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NoticeTryAnswer")


@_attrs_define
class NoticeTryAnswer:
    """One try to send a notice.

    Attributes:
        number (int):
        round_ (int): 0 at first; one more each time that somebody sent the notice again.
        begun_at (datetime.datetime):
        outcome (None | str): null: no answer was recorded.
        code (int):
        text (str):
        answered_at (datetime.datetime | None):
    """

    number: int
    round_: int
    begun_at: datetime.datetime
    outcome: None | str
    code: int
    text: str
    answered_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        round_ = self.round_

        begun_at = self.begun_at.isoformat()

        outcome: None | str
        outcome = self.outcome

        code = self.code

        text = self.text

        answered_at: None | str
        if isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "round": round_,
                "begun_at": begun_at,
                "outcome": outcome,
                "code": code,
                "text": text,
                "answered_at": answered_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        round_ = d.pop("round")

        begun_at = datetime.datetime.fromisoformat(d.pop("begun_at"))

        def _parse_outcome(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        outcome = _parse_outcome(d.pop("outcome"))

        code = d.pop("code")

        text = d.pop("text")

        def _parse_answered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        notice_try_answer = cls(
            number=number,
            round_=round_,
            begun_at=begun_at,
            outcome=outcome,
            code=code,
            text=text,
            answered_at=answered_at,
        )

        notice_try_answer.additional_properties = d
        return notice_try_answer

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
