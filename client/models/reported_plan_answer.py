from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.product_licenses import ProductLicenses
    from ..models.reason_answer import ReasonAnswer
    from ..models.reported_owned_target import ReportedOwnedTarget
    from ..models.reported_target import ReportedTarget
    from ..models.subscription_answer import SubscriptionAnswer


T = TypeVar("T", bound="ReportedPlanAnswer")


@_attrs_define
class ReportedPlanAnswer:
    """One subscription, and what it could be moved to.

    Attributes:
        subscription (SubscriptionAnswer): A subscription with the catalog's name of its plan.
        status (str): active, trial, expired, disabled or deleted.
        licenses (ProductLicenses): Licenses of a plan, whatever subscriptions they come from.
        renews_on (datetime.date | None): First day of the next term; null: nobody says.
        is_sold_elsewhere (bool): Bought from another seller.
        targets (list[ReportedTarget]): The best first.
        owned_targets (list[ReportedOwnedTarget]): What is possible first.
        reasons (list[ReasonAnswer]): Why there is nothing to switch to; none where there is something.
        no_look (str): Why nobody looked for something, in words; "" where somebody did.
    """

    subscription: SubscriptionAnswer
    status: str
    licenses: ProductLicenses
    renews_on: datetime.date | None
    is_sold_elsewhere: bool
    targets: list[ReportedTarget]
    owned_targets: list[ReportedOwnedTarget]
    reasons: list[ReasonAnswer]
    no_look: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription = self.subscription.to_dict()

        status = self.status

        licenses = self.licenses.to_dict()

        renews_on: None | str
        if isinstance(self.renews_on, datetime.date):
            renews_on = self.renews_on.isoformat()
        else:
            renews_on = self.renews_on

        is_sold_elsewhere = self.is_sold_elsewhere

        targets = []
        for targets_item_data in self.targets:
            targets_item = targets_item_data.to_dict()
            targets.append(targets_item)

        owned_targets = []
        for owned_targets_item_data in self.owned_targets:
            owned_targets_item = owned_targets_item_data.to_dict()
            owned_targets.append(owned_targets_item)

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        no_look = self.no_look

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription": subscription,
                "status": status,
                "licenses": licenses,
                "renews_on": renews_on,
                "is_sold_elsewhere": is_sold_elsewhere,
                "targets": targets,
                "owned_targets": owned_targets,
                "reasons": reasons,
                "no_look": no_look,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_licenses import ProductLicenses  # noqa: PLC0415
        from ..models.reason_answer import ReasonAnswer  # noqa: PLC0415
        from ..models.reported_owned_target import ReportedOwnedTarget  # noqa: PLC0415
        from ..models.reported_target import ReportedTarget  # noqa: PLC0415
        from ..models.subscription_answer import SubscriptionAnswer  # noqa: PLC0415

        d = dict(src_dict)
        subscription = SubscriptionAnswer.from_dict(d.pop("subscription"))

        status = d.pop("status")

        licenses = ProductLicenses.from_dict(d.pop("licenses"))

        def _parse_renews_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                renews_on_type_0 = datetime.date.fromisoformat(data)

                return renews_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        renews_on = _parse_renews_on(d.pop("renews_on"))

        is_sold_elsewhere = d.pop("is_sold_elsewhere")

        targets = []
        _targets = d.pop("targets")
        for targets_item_data in _targets:
            targets_item = ReportedTarget.from_dict(targets_item_data)

            targets.append(targets_item)

        owned_targets = []
        _owned_targets = d.pop("owned_targets")
        for owned_targets_item_data in _owned_targets:
            owned_targets_item = ReportedOwnedTarget.from_dict(owned_targets_item_data)

            owned_targets.append(owned_targets_item)

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonAnswer.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        no_look = d.pop("no_look")

        reported_plan_answer = cls(
            subscription=subscription,
            status=status,
            licenses=licenses,
            renews_on=renews_on,
            is_sold_elsewhere=is_sold_elsewhere,
            targets=targets,
            owned_targets=owned_targets,
            reasons=reasons,
            no_look=no_look,
        )

        reported_plan_answer.additional_properties = d
        return reported_plan_answer

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
