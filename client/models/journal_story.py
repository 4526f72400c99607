from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.journal_story_balances import JournalStoryBalances
    from ..models.posted_event import PostedEvent


T = TypeVar("T", bound="JournalStory")


@_attrs_define
class JournalStory:
    """Everything that the events of a switch did to the accounts.

    Attributes:
        is_whole (bool): Every posting balances, and the totals are the bill and the quote.
        differences (list[str]):
        balances (JournalStoryBalances): What is left on each account.
        postings (list[PostedEvent]):
    """

    is_whole: bool
    differences: list[str]
    balances: JournalStoryBalances
    postings: list[PostedEvent]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_whole = self.is_whole

        differences = self.differences

        balances = self.balances.to_dict()

        postings = []
        for postings_item_data in self.postings:
            postings_item = postings_item_data.to_dict()
            postings.append(postings_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_whole": is_whole,
                "differences": differences,
                "balances": balances,
                "postings": postings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.journal_story_balances import JournalStoryBalances  # noqa: PLC0415
        from ..models.posted_event import PostedEvent  # noqa: PLC0415

        d = dict(src_dict)
        is_whole = d.pop("is_whole")

        differences = cast(list[str], d.pop("differences"))

        balances = JournalStoryBalances.from_dict(d.pop("balances"))

        postings = []
        _postings = d.pop("postings")
        for postings_item_data in _postings:
            postings_item = PostedEvent.from_dict(postings_item_data)

            postings.append(postings_item)

        journal_story = cls(
            is_whole=is_whole,
            differences=differences,
            balances=balances,
            postings=postings,
        )

        journal_story.additional_properties = d
        return journal_story

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
