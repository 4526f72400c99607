from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.finding_answer_details import FindingAnswerDetails


T = TypeVar("T", bound="FindingAnswer")


@_attrs_define
class FindingAnswer:
    """A remark beside an answer that blocks nothing.

    Attributes:
        code (str):
        message (str):
        remedy (str): "" where there is nothing to do.
        details (FindingAnswerDetails):
        docs (str):
    """

    code: str
    message: str
    remedy: str
    details: FindingAnswerDetails
    docs: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        message = self.message

        remedy = self.remedy

        details = self.details.to_dict()

        docs = self.docs

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "message": message,
                "remedy": remedy,
                "details": details,
                "docs": docs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.finding_answer_details import FindingAnswerDetails  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        message = d.pop("message")

        remedy = d.pop("remedy")

        details = FindingAnswerDetails.from_dict(d.pop("details"))

        docs = d.pop("docs")

        finding_answer = cls(
            code=code,
            message=message,
            remedy=remedy,
            details=details,
            docs=docs,
        )

        finding_answer.additional_properties = d
        return finding_answer

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
