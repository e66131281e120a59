"""Options of a source in a form, one on each line; in a line they are tested with the grammar."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.entities import clean
from bot.domain.options import TOTAL_LIMIT, parse_options, show_options
from bot.errors import UserError

names = st.from_regex(r"[a-z][a-z0-9_]{0,6}(\.[A-Za-z0-9_-]{1,6})?", fullmatch=True)
texts = (
    (st.text(string.printable + "“”„’ é", max_size=30) | st.text("'\" a", max_size=6))
    .map(lambda text: clean(text).replace("\n", " ").replace("\t", " ").strip())
    .filter(bool)
)
options = st.dictionaries(names, texts, max_size=5).map(lambda found: tuple(sorted(found.items())))


@given(options)
def test_options_shown_in_a_form_are_read_back(given_options: tuple[tuple[str, str], ...]) -> None:
    assert parse_options(show_options(given_options)) == given_options


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ()),
        ("  \n\n", ()),
        ("query=sum(up) by (y)  > 3", (("query", "sum(up) by (y)  > 3"),)),
        ('query="sum(up{a=""b""})"', (("query", 'sum(up{a="b"})'),)),
        ("body='{\"a\": 1}'", (("body", '{"a": 1}'),)),
        ('query="a" or "b"', (("query", '"a" or "b"'),)),
        ("method=POST\r\nauth=bearer", (("auth", "bearer"), ("method", "POST"))),
        ("header.X-Team=search", (("header.X-Team", "search"),)),
        ("a=b=c", (("a", "b=c"),)),
    ],
)
def test_an_option_is_one_line(typed: str, read: tuple[tuple[str, str], ...]) -> None:
    assert parse_options(typed) == read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("POST", "“POST” is no option. Type one on each line, as name=text, like method=POST."),
        ("Method=POST", "“Method=POST” is no option"),
        ("a=1\na=2", "The option a stands there twice. Keep one of them."),
        ("a=", "The option a has no text. Type it like a=text."),
        (f"a={'x' * TOTAL_LIMIT}", "The options have 3,002 characters together; 3,000 is the most."),
    ],
)
def test_what_is_no_option_is_refused_in_one_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_options(typed)
    assert sentence in str(refused.value)
    assert refused.value.field == "options"
