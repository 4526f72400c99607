from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.act_terms_answer import ActTermsAnswer


T = TypeVar("T", bound="ActPreview")


@_attrs_define
class ActPreview:
    """What an act would do; nothing was changed.

    Attributes:
        organization_id (str):
        act (str):
        subscription_id (str):
        plan (str):
        message (str):
        terms (ActTermsAnswer): What an act does, in figures.
    """

    organization_id: str
    act: str
    subscription_id: str
    plan: str
    message: str
    terms: ActTermsAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        act = self.act

        subscription_id = self.subscription_id

        plan = self.plan

        message = self.message

        terms = self.terms.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "act": act,
                "subscription_id": subscription_id,
                "plan": plan,
                "message": message,
                "terms": terms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_terms_answer import ActTermsAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        act = d.pop("act")

        subscription_id = d.pop("subscription_id")

        plan = d.pop("plan")

        message = d.pop("message")

        terms = ActTermsAnswer.from_dict(d.pop("terms"))

        act_preview = cls(
            organization_id=organization_id,
            act=act,
            subscription_id=subscription_id,
            plan=plan,
            message=message,
            terms=terms,
        )

        act_preview.additional_properties = d
        return act_preview

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
