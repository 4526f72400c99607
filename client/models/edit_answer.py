from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="EditAnswer")


@_attrs_define
class EditAnswer:
    """One change of a draft.

    Attributes:
        revision (int):
        section (str):
        changed (list[str]):
        actor (str):
        at (datetime.datetime):
    """

    revision: int
    section: str
    changed: list[str]
    actor: str
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        revision = self.revision

        section = self.section

        changed = self.changed

        actor = self.actor

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "revision": revision,
                "section": section,
                "changed": changed,
                "actor": actor,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        revision = d.pop("revision")

        section = d.pop("section")

        changed = cast(list[str], d.pop("changed"))

        actor = d.pop("actor")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        edit_answer = cls(
            revision=revision,
            section=section,
            changed=changed,
            actor=actor,
            at=at,
        )

        edit_answer.additional_properties = d
        return edit_answer

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
