from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.webhook_answer import WebhookAnswer


T = TypeVar("T", bound="WebhookSecret")


@_attrs_define
class WebhookSecret:
    """An endpoint with its new secret, which no other answer shows.

    Attributes:
        webhook (WebhookAnswer): An endpoint; its secret is shown once, where it was made.
        secret (str):
        previous_until (datetime.datetime): Until when the secret before signs beside it.
    """

    webhook: WebhookAnswer
    secret: str
    previous_until: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhook = self.webhook.to_dict()

        secret = self.secret

        previous_until = self.previous_until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhook": webhook,
                "secret": secret,
                "previous_until": previous_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.webhook_answer import WebhookAnswer  # noqa: PLC0415

        d = dict(src_dict)
        webhook = WebhookAnswer.from_dict(d.pop("webhook"))

        secret = d.pop("secret")

        previous_until = datetime.datetime.fromisoformat(d.pop("previous_until"))

        webhook_secret = cls(
            webhook=webhook,
            secret=secret,
            previous_until=previous_until,
        )

        webhook_secret.additional_properties = d
        return webhook_secret

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
