"""What tests of the database share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gate import Gate


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Give a gate that is open at the end of the test at the latest."""
    made = Gate()
    yield made
    made.open()
