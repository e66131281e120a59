"""Slack's entities, codes, quotes and blanks become plain text and tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.entities import (
    PLACEHOLDER,
    ChannelRef,
    Entity,
    LinkRef,
    UserRef,
    clean,
    decode,
    encode,
    encode_entity,
    plain_line,
    quote,
    read_line,
    readable,
    show_entity,
    straighten,
    tokenize,
)

anything = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("<@U1|alice>", UserRef("U1", "alice")),
        ("<@U1>", UserRef("U1")),
        ("<@W12AB|>", UserRef("W12AB")),
        ("<@U1|a &amp; b>", UserRef("U1", "a & b")),
        ("<#C1|general>", ChannelRef("C1", "general")),
        ("<#C1|>", ChannelRef("C1")),
        ("<#C1>", ChannelRef("C1")),
        ("<https://a.example/x?a=1&amp;b=2|here>", LinkRef("https://a.example/x?a=1&b=2", "here")),
        ("<https://a.example>", LinkRef("https://a.example")),
        ("<ftp://a.example|x>", LinkRef("ftp://a.example", "x")),
    ],
)
def test_an_entity_is_read_wherever_it_stands(text: str, entity: Entity) -> None:
    for before, after in (("", ""), ("a ", " b"), ("a", "b"), ('"a ', ' b"')):
        line = read_line(before + text + after)
        assert list(line.entities.items()) == [(len(before), entity)]
        assert line.text == before + PLACEHOLDER + after
        assert line.show() == before + show_entity(entity) + after


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<mailto:bob@a.example|bob@a.example>", "bob@a.example"),
        ("<mailto:bob@a.example>", "bob@a.example"),
        ("<!channel>", "@channel"),
        ("<!subteam^S1|@devs>", "@devs"),
        ("<!subteam^S1>", "@subteam"),
        ("<https://a.example/|a.example>", "a.example"),
        ("<https://a.example/x|click me>", "https://a.example/x"),
        ("&lt;@U1&gt;", "<@U1>"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<@U1|alice", "<@U1|alice"),
        ("<@u1>", "<@u1>"),
        ("a <b> c", "a <b> c"),
        ("&amp;lt; &amp;amp;", "&lt; &amp;"),
        ("&quot; &nbsp; &lt", "&quot; &nbsp; &lt"),
        ("AT&T 1 < 2 > 0", "AT&T 1 < 2 > 0"),
    ],
)
def test_everything_else_is_text_decoded_once(text: str, shown: str) -> None:
    assert readable(text) == shown


@given(text=anything)
def test_encoded_text_reads_back_as_it_was(text: str) -> None:
    line = read_line(encode(clean(text)))
    assert line.text == clean(text)
    assert line.entities == {}


@given(text=anything)
def test_text_encoded_in_full_reads_back_as_it_was(text: str) -> None:
    text = clean(text)
    full = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert decode(full) == text
    assert read_line(full).text == text


@given(text=st.text())
def test_clean_text_can_be_stored_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned  # a lone surrogate could not be encoded
    assert "\x00" not in cleaned
    assert PLACEHOLDER not in cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\u00a0a\u202f\u3000b ", "a  b"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("a\x00b\x1fc", "a b c"),
        ("\ufeffa\u2060b", "ab"),
        ("\ud800a", "\ufffda"),
        (PLACEHOLDER, "\ufffd"),
        ("👩‍👩‍👧 \u202bעברית\u202c", "👩‍👩‍👧 \u202bעברית\u202c"),
    ],
    ids=ascii,
)
def test_odd_characters_are_cleaned_and_meaningful_ones_kept(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a  b\nc", ["a", "b", "c"]),
        ('a "b  c" d', ["a", "Qb c", "d"]),
        ("“b c”", ["Qb c"]),
        ("„b c“ «\u00a0d\u00a0»", ["Qb c", "Qd"]),
        ('"b c”', ["Qb c"]),
        ('""', ["Q"]),
        ('"a ""b"" c"', ['Qa "b" c']),
        ('"""a"""', ['Q"a"']),
        ("“a ““b”” c”", ["Qa “b” c"]),
        ('"A","B" , "C"', ["QA", ",", "QB", ",", "QC"]),
        ("A, B,C", ["A,", "B,C"]),
        ('5" screen', ['5"', "screen"]),
        ('"never closed', ['"never', "closed"]),
        ('a "b', ["a", '"b']),
        ("in <#C1|x>y", ["in", "E#x", "y"]),
        ('"ask <@U1|bob> now"', ["Qask @bob now"]),
    ],
)
def test_a_line_becomes_tokens(text: str, tokens: list[str]) -> None:
    line = read_line(text)
    marked = [("Q" if token.quoted else "E" if token.entity else "") + token.text for token in tokenize(line)]
    assert marked == tokens


@given(text=anything)
def test_quoted_text_is_one_token_that_reads_back(text: str) -> None:
    text = " ".join(clean(text).split())
    (token, after) = tokenize(plain_line(f"{quote(text)} after"))
    assert (token.text, token.quoted, after.text) == (text, True, "after")


@given(text=st.text(st.sampled_from("ab \"“”«,<@U1>#C|&lt;'\n"), max_size=60))
def test_tokens_stand_in_order_and_leave_only_blanks_out(text: str) -> None:
    line = read_line(text)
    end = 0
    for token in tokenize(line):
        assert line.text[end : token.start].strip() == ""
        assert token.end > token.start >= end
        end = token.end
    assert line.text[end:].strip() == ""


@pytest.mark.parametrize(
    "entity", [UserRef("U1"), UserRef("U1", "a<b>&c"), ChannelRef("C1", "général")], ids=str
)
def test_an_encoded_entity_reads_back(entity: UserRef | ChannelRef) -> None:
    assert read_line(encode_entity(entity)).entities == {0: entity}


def test_straight_quotes_take_as_much_room_as_smart_ones() -> None:
    assert straighten("“a” ‘b’ «c»") == "\"a\" 'b' «c»"
