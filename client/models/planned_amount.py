from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_state import PlanState, check_plan_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="PlannedAmount")


@_attrs_define
class PlannedAmount:
    """An amount: as the accepted quote has it for the day, and as it was billed.

    Attributes:
        what (str):
        quoted (Money | None): null: the quote can't be computed.
        billed (Money | None): null: it is not billed.
        difference (Money | None): Billed less quoted; null where either is not known.
        state (PlanState): How one thing came, compared with the plan.
        why (str | Unset):  Default: ''.
    """

    what: str
    quoted: Money | None
    billed: Money | None
    difference: Money | None
    state: PlanState
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        what = self.what

        quoted: dict[str, Any] | None
        if isinstance(self.quoted, Money):
            quoted = self.quoted.to_dict()
        else:
            quoted = self.quoted

        billed: dict[str, Any] | None
        if isinstance(self.billed, Money):
            billed = self.billed.to_dict()
        else:
            billed = self.billed

        difference: dict[str, Any] | None
        if isinstance(self.difference, Money):
            difference = self.difference.to_dict()
        else:
            difference = self.difference

        state: str = self.state

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "what": what,
                "quoted": quoted,
                "billed": billed,
                "difference": difference,
                "state": state,
            }
        )
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        what = d.pop("what")

        def _parse_quoted(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quoted_type_0 = Money.from_dict(data)

                return quoted_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        quoted = _parse_quoted(d.pop("quoted"))

        def _parse_billed(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                billed_type_0 = Money.from_dict(data)

                return billed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        billed = _parse_billed(d.pop("billed"))

        def _parse_difference(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                difference_type_0 = Money.from_dict(data)

                return difference_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        difference = _parse_difference(d.pop("difference"))

        state = check_plan_state(d.pop("state"))

        why = d.pop("why", UNSET)

        planned_amount = cls(
            what=what,
            quoted=quoted,
            billed=billed,
            difference=difference,
            state=state,
            why=why,
        )

        planned_amount.additional_properties = d
        return planned_amount

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
