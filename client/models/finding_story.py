from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.finding_code import FindingCode, check_finding_code

if TYPE_CHECKING:
    from ..models.finding_story_details import FindingStoryDetails


T = TypeVar("T", bound="FindingStory")


@_attrs_define
class FindingStory:
    """A finding in words; those of a record of before are the stored ones.

    Attributes:
        code (FindingCode): What may be found; the order is the order in which findings are listed.
        message (str):
        remedy (str): "" where there is nothing to do.
        details (FindingStoryDetails):
    """

    code: FindingCode
    message: str
    remedy: str
    details: FindingStoryDetails
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code: str = self.code

        message = self.message

        remedy = self.remedy

        details = self.details.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "message": message,
                "remedy": remedy,
                "details": details,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.finding_story_details import FindingStoryDetails  # noqa: PLC0415

        d = dict(src_dict)
        code = check_finding_code(d.pop("code"))

        message = d.pop("message")

        remedy = d.pop("remedy")

        details = FindingStoryDetails.from_dict(d.pop("details"))

        finding_story = cls(
            code=code,
            message=message,
            remedy=remedy,
            details=details,
        )

        finding_story.additional_properties = d
        return finding_story

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
