from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.assessment_answer import AssessmentAnswer
    from ..models.finding_answer import FindingAnswer
    from ..models.right_sizing_answer import RightSizingAnswer
    from ..models.scheduled_quote import ScheduledQuote
    from ..models.wait_answer import WaitAnswer


T = TypeVar("T", bound="StartOffered")


@_attrs_define
class StartOffered:
    """The quote of another time, or of now, and what is accepted with it; nothing is changed.

    Attributes:
        organization_id (str):
        organization (str):
        source_subscription_id (str):
        source_plan_id (str):
        source_plan (str):
        quantity (int):
        users (int):
        service_settings (str):
        payment_method (str):
        credit_check (str): may_be_required or not_expected.
        assessment (AssessmentAnswer): Whether a switch to one plan may be, without the inputs, which are in the record.
        findings (list[FindingAnswer]):
        quote (ScheduledQuote): A quote, and the day on which its switch starts.
        right_sizing (None | RightSizingAnswer): null where no license would be unused.
        switch_id (str):
        starts (str): When it would start, in words; "" as soon as nothing blocks it.
        wait (WaitAnswer): What is accepted by waiting.
        mode (str | Unset): automatic or manual: in which the switch is asked for. Default: 'automatic'.
        licenses_only (bool | Unset): Both plans are owned: no money moves, and the figures of the quote are none.
            Default: False.
        target_subscription_id (str | Unset): Subscription that is owned and receives the users; "" where one is
            ordered. Default: ''.
    """

    organization_id: str
    organization: str
    source_subscription_id: str
    source_plan_id: str
    source_plan: str
    quantity: int
    users: int
    service_settings: str
    payment_method: str
    credit_check: str
    assessment: AssessmentAnswer
    findings: list[FindingAnswer]
    quote: ScheduledQuote
    right_sizing: None | RightSizingAnswer
    switch_id: str
    starts: str
    wait: WaitAnswer
    mode: str | Unset = "automatic"
    licenses_only: bool | Unset = False
    target_subscription_id: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.right_sizing_answer import RightSizingAnswer  # noqa: PLC0415

        organization_id = self.organization_id

        organization = self.organization

        source_subscription_id = self.source_subscription_id

        source_plan_id = self.source_plan_id

        source_plan = self.source_plan

        quantity = self.quantity

        users = self.users

        service_settings = self.service_settings

        payment_method = self.payment_method

        credit_check = self.credit_check

        assessment = self.assessment.to_dict()

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        quote = self.quote.to_dict()

        right_sizing: dict[str, Any] | None
        if isinstance(self.right_sizing, RightSizingAnswer):
            right_sizing = self.right_sizing.to_dict()
        else:
            right_sizing = self.right_sizing

        switch_id = self.switch_id

        starts = self.starts

        wait = self.wait.to_dict()

        mode = self.mode

        licenses_only = self.licenses_only

        target_subscription_id = self.target_subscription_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "organization": organization,
                "source_subscription_id": source_subscription_id,
                "source_plan_id": source_plan_id,
                "source_plan": source_plan,
                "quantity": quantity,
                "users": users,
                "service_settings": service_settings,
                "payment_method": payment_method,
                "credit_check": credit_check,
                "assessment": assessment,
                "findings": findings,
                "quote": quote,
                "right_sizing": right_sizing,
                "switch_id": switch_id,
                "starts": starts,
                "wait": wait,
            }
        )
        if mode is not UNSET:
            field_dict["mode"] = mode
        if licenses_only is not UNSET:
            field_dict["licenses_only"] = licenses_only
        if target_subscription_id is not UNSET:
            field_dict["target_subscription_id"] = target_subscription_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.assessment_answer import AssessmentAnswer  # noqa: PLC0415
        from ..models.finding_answer import FindingAnswer  # noqa: PLC0415
        from ..models.right_sizing_answer import RightSizingAnswer  # noqa: PLC0415
        from ..models.scheduled_quote import ScheduledQuote  # noqa: PLC0415
        from ..models.wait_answer import WaitAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        organization = d.pop("organization")

        source_subscription_id = d.pop("source_subscription_id")

        source_plan_id = d.pop("source_plan_id")

        source_plan = d.pop("source_plan")

        quantity = d.pop("quantity")

        users = d.pop("users")

        service_settings = d.pop("service_settings")

        payment_method = d.pop("payment_method")

        credit_check = d.pop("credit_check")

        assessment = AssessmentAnswer.from_dict(d.pop("assessment"))

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = FindingAnswer.from_dict(findings_item_data)

            findings.append(findings_item)

        quote = ScheduledQuote.from_dict(d.pop("quote"))

        def _parse_right_sizing(data: object) -> None | RightSizingAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                right_sizing_type_0 = RightSizingAnswer.from_dict(data)

                return right_sizing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RightSizingAnswer, data)

        right_sizing = _parse_right_sizing(d.pop("right_sizing"))

        switch_id = d.pop("switch_id")

        starts = d.pop("starts")

        wait = WaitAnswer.from_dict(d.pop("wait"))

        mode = d.pop("mode", UNSET)

        licenses_only = d.pop("licenses_only", UNSET)

        target_subscription_id = d.pop("target_subscription_id", UNSET)

        start_offered = cls(
            organization_id=organization_id,
            organization=organization,
            source_subscription_id=source_subscription_id,
            source_plan_id=source_plan_id,
            source_plan=source_plan,
            quantity=quantity,
            users=users,
            service_settings=service_settings,
            payment_method=payment_method,
            credit_check=credit_check,
            assessment=assessment,
            findings=findings,
            quote=quote,
            right_sizing=right_sizing,
            switch_id=switch_id,
            starts=starts,
            wait=wait,
            mode=mode,
            licenses_only=licenses_only,
            target_subscription_id=target_subscription_id,
        )

        start_offered.additional_properties = d
        return start_offered

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
