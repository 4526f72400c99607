from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Evidence")


@_attrs_define
class Evidence:
    """One record on which an answer rests.

    Attributes:
        kind (str): event, call, step, users, assessment, catalog or workflow.
        place (str): Where it stands: position of an event, id of a call, name and run of a step, name of a pass or
            catalog, stream of an assessment, id of a workflow.
        at (datetime.datetime):
        words (str): What it says, in words.
        code (str | Unset): The provider's own code and text, and by what its support finds the answer; "" where there
            is none. Default: ''.
        text (str | Unset):  Default: ''.
        request_id (str | Unset):  Default: ''.
    """

    kind: str
    place: str
    at: datetime.datetime
    words: str
    code: str | Unset = ""
    text: str | Unset = ""
    request_id: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        place = self.place

        at = self.at.isoformat()

        words = self.words

        code = self.code

        text = self.text

        request_id = self.request_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "place": place,
                "at": at,
                "words": words,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if text is not UNSET:
            field_dict["text"] = text
        if request_id is not UNSET:
            field_dict["request_id"] = request_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        place = d.pop("place")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        words = d.pop("words")

        code = d.pop("code", UNSET)

        text = d.pop("text", UNSET)

        request_id = d.pop("request_id", UNSET)

        evidence = cls(
            kind=kind,
            place=place,
            at=at,
            words=words,
            code=code,
            text=text,
            request_id=request_id,
        )

        evidence.additional_properties = d
        return evidence

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
