"""Values as people read them."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import lru_cache

EXACT = Context(prec=200, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Sums and differences of values are not rounded in it (40 digits and exponents of ±30 need 141 digits)."""

_PLAIN_BELOW = Decimal("1e15")
_PLAIN_FROM = Decimal("1e-6")


def show_value(value: Decimal, unit: str = "", *, digits: int | None = 6) -> str:
    """Return a value with its unit: ``412 ms``, ``3.4 %``, ``1,234``.

    Zeros that say nothing are left out. Below 10¹⁵ the digits before the point are all kept; an exponent
    (``1.5e30``) is used only from there up and below 10⁻⁶.

    Args:
        value: Finite.
        unit: As typed, possibly empty.
        digits: Significant digits at which the part after the point is rounded; None shows all there are.
    """
    return f"{_shown(value, digits)} {unit}".rstrip()


@lru_cache(maxsize=4096)
def _shown(value: Decimal, digits: int | None) -> str:
    # Lists show the same targets and values again and again; equal Decimals read the same.
    return _show_number(_round(value, digits))


def show_apart(value: Decimal, bounds: tuple[Decimal, ...], unit: str = "") -> str:
    """Return a value so that it reads on the same side of every bound as it is, with all digits if need be.

    Without this 300.0000004 would be said not to be at most 300 as "300 ms is not at most 300 ms".
    """
    rounded = _round(value, 6)
    if all(_side(rounded, bound) == _side(value, bound) for bound in bounds):
        return show_value(value, unit)
    return show_value(value, unit, digits=None)


def _side(value: Decimal, bound: Decimal) -> int:
    return (value > bound) - (value < bound)


def _round(value: Decimal, digits: int | None) -> Decimal:
    if digits is None or not value:
        return value
    last_place = max(0, digits - 1 - value.adjusted())
    if _PLAIN_FROM <= abs(value) < _PLAIN_BELOW:
        kept = Decimal(1).scaleb(-last_place, EXACT)
    else:
        kept = Decimal(1).scaleb(value.adjusted() - digits + 1, EXACT)
    return value.quantize(kept, context=EXACT) if kept.adjusted() > _last_place_of(value) else value


def _last_place_of(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "readings are finite"
    return exponent


def _show_number(number: Decimal) -> str:
    if not number:
        return "0"
    number = number.normalize(EXACT)
    if _PLAIN_FROM <= abs(number) < _PLAIN_BELOW:
        return f"{number:,f}"
    mantissa, _, exponent = f"{number:e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
