"""A page's address says what it is signed over, and nothing else is read as one."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.page_link import PageLink, read_page_link

SIGNATURE = "0f" * 32
LINK = PageLink(7, 12, datetime(2026, 12, 23, 8, 0, tzinfo=UTC))

links = st.builds(
    PageLink,
    st.integers(1, 10**11),
    st.integers(1, 10**11),
    st.integers(1, 2**33).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)


@given(links)
def test_an_address_is_read_back_as_its_link(link: PageLink) -> None:
    parts = urlsplit(link.address("https://loopmark.example.com/bot", SIGNATURE))
    assert parts.path == f"/bot/i/{link.initiative_id}"
    read = read_page_link(parts.path.rpartition("/")[2], dict(parse_qsl(parts.query)))
    assert read == (link, SIGNATURE)


@given(links, links)
def test_two_links_are_never_signed_alike(one: PageLink, other: PageLink) -> None:
    assert (one.signed_text("T0ACME") == other.signed_text("T0ACME")) == (one == other)
    assert one.signed_text("T0ACME") != one.signed_text("T0OTHER")


@pytest.mark.parametrize(
    ("initiative_id", "changed"),
    [
        pytest.param("seven", {}, id="a word for a number"),
        pytest.param("007", {}, id="zeros before"),
        pytest.param("7" * 13, {}, id="a number too long for a row"),
        pytest.param("٧", {}, id="a digit of another script"),
        pytest.param("7", {"link": ""}, id="no link"),
        pytest.param("7", {"until": "-1"}, id="a time before 1970"),
        pytest.param("7", {"until": "9" * 11}, id="a time no clock has"),
        pytest.param("7", {"signature": ""}, id="no signature"),
        pytest.param("7", {"signature": SIGNATURE.upper()}, id="a signature written another way"),
        pytest.param("7", {"signature": SIGNATURE + "0"}, id="a signature with something after it"),
    ],
)
def test_anything_else_is_no_link(initiative_id: str, changed: dict[str, str]) -> None:
    said = {"link": "12", "until": "1798012800", "signature": SIGNATURE}
    assert read_page_link("7", said) is not None
    assert read_page_link(initiative_id, said | changed) is None


names = st.sampled_from(["link", "until", "signature", "x"])


@given(st.text(max_size=20), st.dictionaries(names, st.text(max_size=70)))
def test_nothing_a_browser_can_send_is_an_error(initiative_id: str, said: dict[str, str]) -> None:
    assert read_page_link(initiative_id, said) is None
