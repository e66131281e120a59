"""What Schemathesis can't know of the API; it loads this as its hooks.

A key belongs to one body, a name has something to see, and moments are of the last ten years.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import count
from typing import Any
from unicodedata import category

import schemathesis
from hypothesis import strategies as st

KEY = "Idempotency-Key"
FIRST, LAST = datetime(2016, 12, 1), datetime(2026, 11, 22)  # noqa: DTZ001  (each gets an offset of its own)

_numbers = count(1)
_used: set[str] = set()


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Mend what is refused for a reason that no schema can name."""
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and re.fullmatch("[!-~]{1,200}", key):
        if key in _used:
            case.headers[KEY] = key = f"{key[:180]}-{next(_numbers)}"
        _used.add(key)
    name = case.body.get("name") if isinstance(case.body, dict) else None
    if isinstance(name, str) and name and all(category(each)[0] in "ZC" for each in name):
        case.body = {**case.body, "name": f"{name[1:]}x"}


@st.composite
def moments(draw: st.DrawFn) -> str:
    """Draw a moment in any way RFC 3339 lets a program write it."""
    moment = draw(st.datetimes(FIRST, LAST)).replace(microsecond=0)
    separator = draw(st.sampled_from("Tt"))
    fraction = draw(st.sampled_from(["", ".0", ".5", ".123456", ".123456789"]))
    offset = draw(st.sampled_from(["Z", "z", "+00:00", "-00:00", "+01:00", "+05:45", "-11:30"]))
    return moment.isoformat(separator) + fraction + offset


schemathesis.openapi.format("date-time", moments())
