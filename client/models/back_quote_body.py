from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.back_quote_body_payment_method_type_0 import (
    BackQuoteBodyPaymentMethodType0,
    check_back_quote_body_payment_method_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="BackQuoteBody")


@_attrs_define
class BackQuoteBody:
    """What to quote of a switch back; null takes what was before the switch that it takes back.

    Attributes:
        quantity (int | None | Unset):
        payment_method (BackQuoteBodyPaymentMethodType0 | None | Unset):
        acknowledgments (list[str] | Unset):
        accept_forfeiture (bool | Unset): Accept the loss of prepaid value that the quote discloses. Default: False.
        caller (None | str | Unset): User of the directory on whose behalf it is asked.
        leave_others (bool | Unset): Move only those whom it restores, by hand, and leave the others on the plan that
            they have. Default: False.
        selection (None | str | Unset): With leave_others: id of the selection that a quote has told, in place of
            reading anew who moves.
    """

    quantity: int | None | Unset = UNSET
    payment_method: BackQuoteBodyPaymentMethodType0 | None | Unset = UNSET
    acknowledgments: list[str] | Unset = UNSET
    accept_forfeiture: bool | Unset = False
    caller: None | str | Unset = UNSET
    leave_others: bool | Unset = False
    selection: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        quantity: int | None | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        elif isinstance(self.payment_method, str):
            payment_method = self.payment_method
        else:
            payment_method = self.payment_method

        acknowledgments: list[str] | Unset = UNSET
        if not isinstance(self.acknowledgments, Unset):
            acknowledgments = self.acknowledgments

        accept_forfeiture = self.accept_forfeiture

        caller: None | str | Unset
        if isinstance(self.caller, Unset):
            caller = UNSET
        else:
            caller = self.caller

        leave_others = self.leave_others

        selection: None | str | Unset
        if isinstance(self.selection, Unset):
            selection = UNSET
        else:
            selection = self.selection

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if acknowledgments is not UNSET:
            field_dict["acknowledgments"] = acknowledgments
        if accept_forfeiture is not UNSET:
            field_dict["accept_forfeiture"] = accept_forfeiture
        if caller is not UNSET:
            field_dict["caller"] = caller
        if leave_others is not UNSET:
            field_dict["leave_others"] = leave_others
        if selection is not UNSET:
            field_dict["selection"] = selection

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_quantity(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        def _parse_payment_method(data: object) -> BackQuoteBodyPaymentMethodType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payment_method_type_0 = check_back_quote_body_payment_method_type_0(data)

                return payment_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BackQuoteBodyPaymentMethodType0 | None | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        acknowledgments = cast(list[str], d.pop("acknowledgments", UNSET))

        accept_forfeiture = d.pop("accept_forfeiture", UNSET)

        def _parse_caller(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        caller = _parse_caller(d.pop("caller", UNSET))

        leave_others = d.pop("leave_others", UNSET)

        def _parse_selection(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        selection = _parse_selection(d.pop("selection", UNSET))

        back_quote_body = cls(
            quantity=quantity,
            payment_method=payment_method,
            acknowledgments=acknowledgments,
            accept_forfeiture=accept_forfeiture,
            caller=caller,
            leave_others=leave_others,
            selection=selection,
        )

        return back_quote_body
