from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.webhook_act_answer import WebhookActAnswer
    from ..models.webhook_answer import WebhookAnswer


T = TypeVar("T", bound="WebhookShown")


@_attrs_define
class WebhookShown:
    """One endpoint with what was done with it, the newest first.

    Attributes:
        webhook (WebhookAnswer): An endpoint; its secret is shown once, where it was made.
        acts (list[WebhookActAnswer]):
    """

    webhook: WebhookAnswer
    acts: list[WebhookActAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhook = self.webhook.to_dict()

        acts = []
        for acts_item_data in self.acts:
            acts_item = acts_item_data.to_dict()
            acts.append(acts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhook": webhook,
                "acts": acts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_act_answer import WebhookActAnswer  # noqa: PLC0415
        from ..models.webhook_answer import WebhookAnswer  # noqa: PLC0415

        d = dict(src_dict)
        webhook = WebhookAnswer.from_dict(d.pop("webhook"))

        acts = []
        _acts = d.pop("acts")
        for acts_item_data in _acts:
            acts_item = WebhookActAnswer.from_dict(acts_item_data)

            acts.append(acts_item)

        webhook_shown = cls(
            webhook=webhook,
            acts=acts,
        )

        webhook_shown.additional_properties = d
        return webhook_shown

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
