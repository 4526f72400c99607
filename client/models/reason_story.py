from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason_story_figures import ReasonStoryFigures


T = TypeVar("T", bound="ReasonStory")


@_attrs_define
class ReasonStory:
    """One reason with the figures that were compared.

    Attributes:
        code (str):
        message (str):
        remedy (str):
        blocks (list[str]): Modes that it blocked; none: a notice.
        figures (ReasonStoryFigures): Figure -> its value, as a reader sees it; a record of before may lack some.
        retry_at (datetime.datetime | None): When it made sense to look again; null where time alone clears nothing.
        docs (str):
    """

    code: str
    message: str
    remedy: str
    blocks: list[str]
    figures: ReasonStoryFigures
    retry_at: datetime.datetime | None
    docs: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        message = self.message

        remedy = self.remedy

        blocks = self.blocks

        figures = self.figures.to_dict()

        retry_at: None | str
        if isinstance(self.retry_at, datetime.datetime):
            retry_at = self.retry_at.isoformat()
        else:
            retry_at = self.retry_at

        docs = self.docs

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "message": message,
                "remedy": remedy,
                "blocks": blocks,
                "figures": figures,
                "retry_at": retry_at,
                "docs": docs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_story_figures import ReasonStoryFigures  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        message = d.pop("message")

        remedy = d.pop("remedy")

        blocks = cast(list[str], d.pop("blocks"))

        figures = ReasonStoryFigures.from_dict(d.pop("figures"))

        def _parse_retry_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                retry_at_type_0 = datetime.datetime.fromisoformat(data)

                return retry_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        retry_at = _parse_retry_at(d.pop("retry_at"))

        docs = d.pop("docs")

        reason_story = cls(
            code=code,
            message=message,
            remedy=remedy,
            blocks=blocks,
            figures=figures,
            retry_at=retry_at,
            docs=docs,
        )

        reason_story.additional_properties = d
        return reason_story

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
