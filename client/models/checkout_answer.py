from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.checkout_refusal import CheckoutRefusal
    from ..models.checkout_sections import CheckoutSections
    from ..models.edit_answer import EditAnswer
    from ..models.quote_answer import QuoteAnswer
    from ..models.quoted_question import QuotedQuestion
    from ..models.switch_plan_answer import SwitchPlanAnswer


T = TypeVar("T", bound="CheckoutAnswer")


@_attrs_define
class CheckoutAnswer:
    """A draft, or what was ordered by it.

    Attributes:
        checkout_id (str):
        organization_id (str):
        source_subscription_id (str):
        revision (int):
        status (str): open, ordered or abandoned.
        switch_id (None | str): null before the order.
        sections (CheckoutSections): Every section as it would be ordered.
        total_minor_units (int):
        total (str):
        quote_digest (str):
        quote (QuoteAnswer): A quote with its table by day; the first day's total is the total.
        is_quote_current (bool):
        parties_changed (list[str]): Parties that somebody changed at the seller since they were shown.
        is_orderable (bool): An order of what is shown would be taken now.
        quoted (None | QuotedQuestion): null: the draft is not open any more.
        edits (list[EditAnswer]):
        refusal (CheckoutRefusal): Why the last order was refused; both are "" before any.
        plan (None | SwitchPlanAnswer | Unset): Steps, locks and add-ons of the switch that an order would start; null:
            the draft is not open any more.
    """

    checkout_id: str
    organization_id: str
    source_subscription_id: str
    revision: int
    status: str
    switch_id: None | str
    sections: CheckoutSections
    total_minor_units: int
    total: str
    quote_digest: str
    quote: QuoteAnswer
    is_quote_current: bool
    parties_changed: list[str]
    is_orderable: bool
    quoted: None | QuotedQuestion
    edits: list[EditAnswer]
    refusal: CheckoutRefusal
    plan: None | SwitchPlanAnswer | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.quoted_question import QuotedQuestion  # noqa: PLC0415
        from ..models.switch_plan_answer import SwitchPlanAnswer  # noqa: PLC0415

        checkout_id = self.checkout_id

        organization_id = self.organization_id

        source_subscription_id = self.source_subscription_id

        revision = self.revision

        status = self.status

        switch_id: None | str
        switch_id = self.switch_id

        sections = self.sections.to_dict()

        total_minor_units = self.total_minor_units

        total = self.total

        quote_digest = self.quote_digest

        quote = self.quote.to_dict()

        is_quote_current = self.is_quote_current

        parties_changed = self.parties_changed

        is_orderable = self.is_orderable

        quoted: dict[str, Any] | None
        if isinstance(self.quoted, QuotedQuestion):
            quoted = self.quoted.to_dict()
        else:
            quoted = self.quoted

        edits = []
        for edits_item_data in self.edits:
            edits_item = edits_item_data.to_dict()
            edits.append(edits_item)

        refusal = self.refusal.to_dict()

        plan: dict[str, Any] | None | Unset
        if isinstance(self.plan, Unset):
            plan = UNSET
        elif isinstance(self.plan, SwitchPlanAnswer):
            plan = self.plan.to_dict()
        else:
            plan = self.plan

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "checkout_id": checkout_id,
                "organization_id": organization_id,
                "source_subscription_id": source_subscription_id,
                "revision": revision,
                "status": status,
                "switch_id": switch_id,
                "sections": sections,
                "total_minor_units": total_minor_units,
                "total": total,
                "quote_digest": quote_digest,
                "quote": quote,
                "is_quote_current": is_quote_current,
                "parties_changed": parties_changed,
                "is_orderable": is_orderable,
                "quoted": quoted,
                "edits": edits,
                "refusal": refusal,
            }
        )
        if plan is not UNSET:
            field_dict["plan"] = plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.checkout_refusal import CheckoutRefusal  # noqa: PLC0415
        from ..models.checkout_sections import CheckoutSections  # noqa: PLC0415
        from ..models.edit_answer import EditAnswer  # noqa: PLC0415
        from ..models.quote_answer import QuoteAnswer  # noqa: PLC0415
        from ..models.quoted_question import QuotedQuestion  # noqa: PLC0415
        from ..models.switch_plan_answer import SwitchPlanAnswer  # noqa: PLC0415

        d = dict(src_dict)
        checkout_id = d.pop("checkout_id")

        organization_id = d.pop("organization_id")

        source_subscription_id = d.pop("source_subscription_id")

        revision = d.pop("revision")

        status = d.pop("status")

        def _parse_switch_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        switch_id = _parse_switch_id(d.pop("switch_id"))

        sections = CheckoutSections.from_dict(d.pop("sections"))

        total_minor_units = d.pop("total_minor_units")

        total = d.pop("total")

        quote_digest = d.pop("quote_digest")

        quote = QuoteAnswer.from_dict(d.pop("quote"))

        is_quote_current = d.pop("is_quote_current")

        parties_changed = cast(list[str], d.pop("parties_changed"))

        is_orderable = d.pop("is_orderable")

        def _parse_quoted(data: object) -> None | QuotedQuestion:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quoted_type_0 = QuotedQuestion.from_dict(data)

                return quoted_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuotedQuestion, data)

        quoted = _parse_quoted(d.pop("quoted"))

        edits = []
        _edits = d.pop("edits")
        for edits_item_data in _edits:
            edits_item = EditAnswer.from_dict(edits_item_data)

            edits.append(edits_item)

        refusal = CheckoutRefusal.from_dict(d.pop("refusal"))

        def _parse_plan(data: object) -> None | SwitchPlanAnswer | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                plan_type_0 = SwitchPlanAnswer.from_dict(data)

                return plan_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SwitchPlanAnswer | Unset, data)

        plan = _parse_plan(d.pop("plan", UNSET))

        checkout_answer = cls(
            checkout_id=checkout_id,
            organization_id=organization_id,
            source_subscription_id=source_subscription_id,
            revision=revision,
            status=status,
            switch_id=switch_id,
            sections=sections,
            total_minor_units=total_minor_units,
            total=total,
            quote_digest=quote_digest,
            quote=quote,
            is_quote_current=is_quote_current,
            parties_changed=parties_changed,
            is_orderable=is_orderable,
            quoted=quoted,
            edits=edits,
            refusal=refusal,
            plan=plan,
        )

        checkout_answer.additional_properties = d
        return checkout_answer

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
