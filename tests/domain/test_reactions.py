"""Reactions: which stands for what, and what those of one person come to in whatever order they are heard of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.prompt import Option, PromptKind
from bot.domain.reactions import (
    CLICK,
    Reacted,
    Reactors,
    check_reactions,
    counting,
    missed,
    option_id_of,
    reactions_for,
)
from bot.services.asking import SCALE, SCORE, THUMBS

CHOICE = tuple(Option(f"o{place}", f"Option {place}") for place in range(1, 13))
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(second: int) -> datetime:
    return NINE + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("kind", "options", "reaction", "option_id"),
    [
        (PromptKind.THUMBS, THUMBS, "+1", "up"),
        (PromptKind.THUMBS, THUMBS, "thumbsup", "up"),
        (PromptKind.THUMBS, THUMBS, "+1::skin-tone-6", "up"),
        (PromptKind.THUMBS, THUMBS, "thumbsdown::skin-tone-2", "down"),
        (PromptKind.THUMBS, THUMBS, "-1", "down"),
        (PromptKind.THUMBS, THUMBS, "one", None),
        (PromptKind.SCALE, SCALE, "one", "1"),
        (PromptKind.SCALE, SCALE, "five", "5"),
        (PromptKind.SCALE, SCALE, "six", None),
        (PromptKind.SCALE, SCALE, "zero", None),
        (PromptKind.SCORE, SCORE, "zero", "0"),
        (PromptKind.ENPS, SCORE, "keycap_ten", "10"),
        (PromptKind.CHOICE, CHOICE, "one", "o1"),
        (PromptKind.CHOICE, CHOICE, "keycap_ten", "o10"),
        (PromptKind.CHOICE, CHOICE, "zero", None),
        (PromptKind.CHOICE, CHOICE[:2], "three", None),
        (PromptKind.CHOICE, CHOICE, "+1", None),
        (PromptKind.TEXT, (), "one", None),
        (PromptKind.THUMBS, THUMBS, "tada", None),
    ],
)
def test_a_reaction_stands_for_an_option_or_is_decoration(
    kind: PromptKind, options: Sequence[Option], reaction: str, option_id: str | None
) -> None:
    assert option_id_of(kind, options, reaction) == option_id


def test_what_is_offered_is_what_counts() -> None:
    for kind, options in (
        (PromptKind.THUMBS, THUMBS),
        (PromptKind.SCORE, SCORE),
        (PromptKind.CHOICE, CHOICE),
    ):
        for name, option in reactions_for(kind, options):
            assert option_id_of(kind, options, name) == option.id
    assert len(reactions_for(PromptKind.CHOICE, CHOICE)) == 10


@pytest.mark.parametrize(
    ("reactions", "name"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([Reacted("one", at(1))], "one", id="one"),
        pytest.param([Reacted("one", at(1)), Reacted("two", at(2))], "two", id="the newest"),
        pytest.param([Reacted("one", at(1), at(3)), Reacted("two", at(2))], "two", id="an older one removed"),
        pytest.param([Reacted("one", at(1)), Reacted("two", at(2), at(3))], None, id="the newest removed"),
        pytest.param([Reacted("one", at(3), at(2))], "one", id="added again"),
        pytest.param([Reacted("one", None, at(2))], None, id="only the removal was heard of"),
        pytest.param([Reacted("one", at(1)), Reacted(CLICK, at(2))], None, id="a press after it"),
        pytest.param([Reacted(CLICK, at(1)), Reacted("one", at(2))], "one", id="a press before it"),
    ],
)
def test_the_reaction_added_last_counts_until_it_is_removed(
    reactions: list[Reacted], name: str | None
) -> None:
    for order in permutations(reactions):
        assert counting(order) == name


@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), st.booleans(), st.integers(1, 20)), max_size=8))
def test_the_order_and_number_of_deliveries_change_nothing(events: list[tuple[str, bool, int]]) -> None:
    def settled(heard: list[tuple[str, bool, int]]) -> str | None:
        known: dict[str, Reacted] = {}
        for name, added, second in heard:
            former = known.get(name, Reacted(name))
            moments = [former.added_at, former.removed_at]
            place = 0 if added else 1
            moments[place] = max(moments[place] or at(0), at(second))
            known[name] = Reacted(name, *moments)
        return counting(known.values())

    assert settled(events) == settled(events[::-1]) == settled([*events, *events])


def test_without_the_word_everything_may_be_asked() -> None:
    check_reactions(False, PromptKind.TEXT, None, anonymous=True)


A, B, C = "one", "two", "three"


@pytest.mark.parametrize(
    ("known", "standing", "found"),
    [
        pytest.param({}, [], [], id="nothing"),
        pytest.param({}, [Reactors(A, ("U1", "U2"))], [("U1", A, True), ("U2", A, True)], id="new"),
        pytest.param({"U1": [Reacted(A, at(1))]}, [Reactors(A, ("U1",))], [], id="as it was told"),
        pytest.param({"U1": [Reacted(A, at(1))]}, [], [("U1", A, False)], id="gone"),
        pytest.param(
            {"U1": [Reacted(A, at(1))]},
            [Reactors(B, ("U1",))],
            [("U1", A, False), ("U1", B, True)],
            id="changed",
        ),
        pytest.param(
            {"U1": [Reacted(A, at(1))]}, [Reactors(A, ("U1",)), Reactors(B, ("U1",))], [], id="in doubt"
        ),
        pytest.param(
            {"U1": [Reacted(A, at(1)), Reacted(B, at(2))]},
            [Reactors(A, ("U1",))],
            [("U1", B, False)],
            id="an older one is still there",
        ),
        pytest.param(
            {"U1": [Reacted(A, at(1)), Reacted(B, at(2))]},
            [Reactors(C, ("U1",)), Reactors(A, ("U1",))],
            [("U1", B, False), ("U1", C, True)],
            id="an older one is still there and one is new",
        ),
        pytest.param({"U1": [Reacted(CLICK, at(1))]}, [Reactors(A, ("U1",))], [], id="they pressed"),
        pytest.param(
            {"U1": [Reacted(A, at(1), at(2))]}, [Reactors(A, ("U1",))], [("U1", A, True)], id="again"
        ),
        pytest.param(
            {"U1": [Reacted("+1", at(1))]}, [Reactors("+1::skin-tone-2", ("U1",))], [], id="another skin tone"
        ),
        pytest.param(
            {"U1": [Reacted(A, at(1))]}, [Reactors(A, ("U2",), is_whole=False)], [("U2", A, True)], id="some"
        ),
        pytest.param({}, [Reactors(A, ("U1",)), Reactors(B, ("U1",))], [("U1", B, True)], id="two new ones"),
    ],
)
def test_what_slack_did_not_tell_of_is_found_where_it_is_beyond_doubt(
    known: dict[str, list[Reacted]], standing: list[Reactors], found: list[tuple[str, str, bool]]
) -> None:
    assert missed(known, standing, counts_new=True) == found
    only_gone = [each for each in found if not each[2]]
    assert missed(known, standing, counts_new=False) == only_gone
