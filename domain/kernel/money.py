"""Money: integer minor units with a currency; rounding happens once per line, here.

Totals in words stand below: what is negative was given back, and nothing is no amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from domain.kernel.errors import InvalidInput

_WITHOUT_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"
#: Digits after the point per currency (ISO 4217); currencies not named here have two.
MINOR_UNIT_DIGITS = {
    code: digits
    for digits, codes in ((0, _WITHOUT_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS))
    for code in codes.split()
}
DEFAULT_DIGITS = 2
CURRENCY_LENGTH = 3
#: Currencies that are kept: a history names a few.
_CURRENCIES_MAX = 512
#: Stands where no money is meant (ISO 4217).
NO_CURRENCY = "XXX"


def minor_unit_digits(currency: str) -> int:
    """Return how many decimal digits the minor unit of `currency` stands for (ISO 4217)."""
    return MINOR_UNIT_DIGITS.get(currency, DEFAULT_DIGITS)


def round_half_up(amount: Fraction) -> int:
    """Round to the nearest integer, halves away from zero (proration#every-policy).

    Args:
        amount: An exact amount in minor units.
    """
    return _rounded(amount.numerator, amount.denominator)


def _rounded(numerator: int, denominator: int) -> int:
    """Round a ratio, which need not be in its lowest terms."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


@dataclass(frozen=True, kw_only=True, slots=True, order=False)
class Money:
    """An amount of one currency in integer minor units."""

    minor_units: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse floats, booleans and things that are no ISO 4217 code.

        Raises:
            InvalidInput: A field is not what its name says.
        """
        if type(self.minor_units) is not int:
            raise InvalidInput(field="minor_units", value=self.minor_units, allowed="an integer")
        code = self.currency
        if not (isinstance(code, str) and _is_currency(code)):
            raise InvalidInput(field="currency", value=code, allowed="three capital letters (ISO 4217)")

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing of `currency`."""
        return _zero(currency) if isinstance(currency, str) else cls(minor_units=0, currency=currency)

    def __add__(self, other: Money) -> Money:
        return Money(minor_units=self.minor_units + self._same(other).minor_units, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(minor_units=self.minor_units - self._same(other).minor_units, currency=self.currency)

    def __neg__(self) -> Money:
        return Money(minor_units=-self.minor_units, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor_units < self._same(other).minor_units

    def times(self, factor: Fraction | int) -> Money:
        """Return this amount times `factor`, rounded once, half up (proration#every-policy)."""
        # An int is a ratio over one. To multiply ratios as such would look for their lowest terms first.
        minor_units = _rounded(self.minor_units * factor.numerator, factor.denominator)
        return Money(minor_units=minor_units, currency=self.currency)

    def __str__(self) -> str:
        digits = minor_unit_digits(self.currency)
        sign = "-" if self.minor_units < 0 else ""
        whole, rest = divmod(abs(self.minor_units), 10**digits)
        point = f".{rest:0{digits}d}" if digits else ""
        return f"{sign}{whole:,}{point} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise InvalidInput(field="currency", value=other.currency, allowed=self.currency)
        return other


@lru_cache(maxsize=_CURRENCIES_MAX)
def _is_currency(code: str) -> bool:
    return len(code) == CURRENCY_LENGTH and code.isalpha() and code.isupper()


@lru_cache(maxsize=_CURRENCIES_MAX)
def _zero(currency: str) -> Money:
    return Money(minor_units=0, currency=currency)


def total_of(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of amounts of one currency; none is nothing.

    Args:
        amounts: What is added.
        currency: ISO 4217 code.

    Raises:
        InvalidInput: An amount is of another currency.
    """
    minor_units = 0
    for each in amounts:
        if each.currency != currency:
            raise InvalidInput(field="currency", value=each.currency, allowed=currency)
        minor_units += each.minor_units
    return Money(minor_units=minor_units, currency=currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundedLines:
    """Lines that were rounded each by itself, and what that moved the sum by."""

    amounts: tuple[Money, ...]
    #: Added to the amounts it gives the sum that was rounded once; a line of its own
    #: (proration#every-policy).
    residue: Money


def round_lines(parts: Sequence[Fraction], whole: Fraction, currency: str) -> RoundedLines:
    """Round each part of `whole` half up; what the sum misses is the residue (proration#every-policy).

    Args:
        parts: Exact amounts in minor units.
        whole: The exact sum that they stand for, in minor units.
        currency: ISO 4217 code.
    """
    amounts = tuple(Money(minor_units=round_half_up(part), currency=currency) for part in parts)
    missing = round_half_up(whole) - sum(amount.minor_units for amount in amounts)
    return RoundedLines(amounts=amounts, residue=Money(minor_units=missing, currency=currency))


def charged_figure(total: Money) -> str:
    """Return a total with tax, such as `25.00 EUR`, or `85.76 EUR credited` where it is given back."""
    return f"{-total} credited" if total.minor_units < 0 else str(total)


def charged_words(total: Money | None) -> str:
    """Return what became of a total, such as `25.00 EUR was charged` or `85.76 EUR was credited`."""
    if total is None or not total.minor_units:
        return "nothing was charged"
    return f"{-total} was credited" if total.minor_units < 0 else f"{total} was charged"


def billed_words(total: Money, *, net: Money, tax: Money) -> str:
    """Return a total with its parts, such as `billed 119.00 EUR (100.00 EUR and 19.00 EUR tax)`."""
    if total.minor_units < 0:
        return f"credited {-total} ({-net} and {-tax} tax)"
    return f"billed {total} ({net} and {tax} tax)"


def bound_words(bound: Money) -> str:
    """Return what a total may come to: `25.00 EUR at most`, `85.76 EUR credited at least`, or `no money`."""
    if bound.currency == NO_CURRENCY:
        return "no money"
    return f"{-bound} credited at least" if bound.minor_units < 0 else f"{bound} at most"
