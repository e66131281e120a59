"""What of a prompt's responses may be shown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feedback import is_open, tally, validate_floor
from bot.domain.prompt import ONLY, Option, Prompt, PromptKind, PromptState, Response, Tally
from bot.errors import UserError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SCALE = tuple(Option(id=f"o{number}", label=str(number)) for number in range(1, 6))
NAMED = Prompt(
    id=1,
    number=12,
    question="How clear is it?",
    kind=PromptKind.SCALE,
    options=SCALE,
    anonymous=False,
    floor=5,
    channel_id="C1",
    channel_name="general",
    initiative_id=None,
    asked_by="UALICE",
    state=PromptState.OPEN,
    created_at=NOW - timedelta(days=1),
    closes_at=NOW + timedelta(days=1),
    closed_at=None,
    zone="Europe/Berlin",
    ts="1.2",
)
ANONYMOUS = replace(NAMED, anonymous=True)
CLOSED = replace(ANONYMOUS, state=PromptState.CLOSED, closed_at=NOW)
TEXT = replace(CLOSED, kind=PromptKind.TEXT, options=())

COUNTED = (("o1", 1), ("o2", 0), ("o3", 0), ("o4", 2), ("o5", 0))


def votes(*options: str) -> list[Response]:
    return [Response((option,)) for option in options]


def tallied(prompt: Prompt, responses: Sequence[Response], now: datetime, rng: Random) -> Tally:
    return tally(prompt, {ONLY: responses}, len(responses), now, rng)


def rng() -> Random:
    return Random(7)


def test_a_named_prompt_shows_its_counts_while_it_is_open() -> None:
    shown = tallied(NAMED, votes("o4", "o1", "o4"), NOW, rng())
    assert (shown.responses, shown.counts, shown.mean, shown.hidden_because) == (3, COUNTED, "3.0", "")


def test_an_anonymous_prompt_shows_only_how_many_answered_while_it_is_open() -> None:
    shown = tallied(ANONYMOUS, votes(*["o4"] * 50), NOW, rng())
    assert (shown.responses, shown.counts, shown.texts, shown.mean) == (50, None, None, None)
    assert shown.hidden_because == "Results are shown once, when it closes."


@pytest.mark.parametrize(("people", "visible"), [(0, False), (4, False), (5, True), (6, True)])
def test_a_closed_anonymous_prompt_shows_its_counts_from_the_floor_up(people: int, visible: bool) -> None:
    shown = tallied(CLOSED, votes(*["o2"] * people), NOW, rng())
    assert shown.responses == people
    assert (shown.counts is not None) is visible
    assert shown.mean == ("2.0" if visible else None)
    assert shown.hidden_because == ("" if visible else "Results stay hidden: fewer than 5 people answered.")


def test_a_stored_floor_under_three_is_read_as_three() -> None:
    assert tallied(replace(CLOSED, floor=1), votes("o1", "o2"), NOW, rng()).counts is None
    assert tallied(replace(CLOSED, floor=1), votes("o1", "o2", "o2"), NOW, rng()).counts is not None


def test_people_who_only_wrote_do_not_lift_the_votes_over_the_floor() -> None:
    responses = [*votes("o1"), *(Response(text=f"comment {number}") for number in range(5))]
    assert tallied(CLOSED, responses, NOW, rng()).counts is None


@pytest.mark.parametrize(("comments", "visible"), [(1, False), (4, False), (5, True)])
def test_comments_are_held_to_the_floor_too(comments: int, visible: bool) -> None:
    responses = [Response(("o2",), None, f"comment {n}" if n < comments else None) for n in range(8)]
    shown = tallied(CLOSED, responses, NOW, rng())
    assert shown.counts is not None
    assert (shown.texts is not None) is visible
    assert shown.hidden_because == ("" if visible else "Comments stay hidden: fewer than 5 people wrote one.")


def test_a_prompt_without_comments_hides_none() -> None:
    shown = tallied(CLOSED, votes(*["o2"] * 5), NOW, rng())
    assert (shown.texts, shown.hidden_because) == ((), "")


def test_anonymous_texts_come_in_shuffled_order_and_named_ones_do_not() -> None:
    responses = [Response(text=f"text {number}") for number in range(20)]
    given_order = tuple(response.text for response in responses)
    shown = tallied(TEXT, responses, NOW, rng())
    assert shown.texts is not None
    assert shown.texts != given_order
    assert sorted(shown.texts) == sorted(str(text) for text in given_order)
    assert tallied(TEXT, responses, NOW, Random(8)).texts != shown.texts
    assert tallied(replace(TEXT, anonymous=False), responses, NOW, rng()).texts == given_order


def test_votes_follow_option_ids() -> None:
    renamed = replace(NAMED, options=tuple(replace(option, label=f"new {option.id}") for option in SCALE))
    responses = votes("o4", "o1", "o4", "gone")
    shown = tallied(renamed, responses, NOW, rng())
    assert (shown.responses, shown.counts) == (4, COUNTED)


@pytest.mark.parametrize(
    ("chosen", "mean"),
    [
        pytest.param(("o5",), "5.0", id="one"),
        pytest.param(("o1", "o2"), "1.5", id="between"),
        pytest.param(("o4", "o4", "o5"), "4.3", id="rounded down"),
        pytest.param(("o1", "o1", "o1", "o2"), "1.3", id="a half is rounded up"),
        pytest.param((), None, id="none"),
    ],
)
def test_a_scale_has_a_mean(chosen: tuple[str, ...], mean: str | None) -> None:
    assert tallied(NAMED, votes(*chosen), NOW, rng()).mean == mean


SCORES = tuple(Option(str(number), str(number)) for number in range(11))


@pytest.mark.parametrize(
    ("chosen", "enps", "mean", "spread"),
    [
        pytest.param(("10", "9", "9"), 100, "9.3", "0.5", id="all promote"),
        pytest.param(("6", "0"), -100, "3.0", "3.0", id="none does"),
        pytest.param(("7", "8"), 0, "7.5", "0.5", id="passive"),
        pytest.param(("9", "8", "3"), 0, "6.7", "2.6", id="as many of each"),
        pytest.param(("9", "9", "3"), 33, "7.0", "2.8", id="rounded"),
        pytest.param((), None, None, None, id="none"),
    ],
)
def test_an_enps_is_the_share_of_promoters_less_that_of_detractors(
    chosen: tuple[str, ...], enps: int | None, mean: str | None, spread: str | None
) -> None:
    asked = replace(NAMED, kind=PromptKind.ENPS, options=SCORES)
    shown = tallied(asked, votes(*chosen), NOW, rng())
    assert (shown.enps, shown.mean, shown.spread) == (enps, mean, spread)
    score = tallied(replace(asked, kind=PromptKind.SCORE), votes(*chosen), NOW, rng())
    assert (score.enps, score.mean) == (None, mean)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=40))
def test_whatever_is_answered_an_enps_and_a_spread_are_possible(chosen: list[int]) -> None:
    asked = replace(NAMED, kind=PromptKind.ENPS, options=SCORES)
    shown = tallied(asked, votes(*map(str, chosen)), NOW, rng())
    assert shown.enps is not None
    assert -100 <= shown.enps <= 100
    assert shown.spread is not None
    assert shown.mean is not None
    assert float(shown.spread) == pytest.approx(statistics.pstdev(chosen), abs=0.051)
    assert float(shown.mean) == pytest.approx(statistics.mean(chosen), abs=0.051)


def test_only_numbers_have_a_mean() -> None:
    thumbs = replace(NAMED, kind=PromptKind.THUMBS)
    assert tallied(thumbs, votes("o1"), NOW, rng()).mean is None


def test_a_prompt_closes_at_its_time_even_if_nothing_ran() -> None:
    assert NAMED.closes_at is not None
    assert is_open(NAMED, NAMED.closes_at - timedelta(microseconds=1))
    assert not is_open(NAMED, NAMED.closes_at)
    assert is_open(replace(NAMED, closes_at=None), NOW + timedelta(days=900))
    assert not is_open(replace(NAMED, state=PromptState.CLOSED), NOW)


def test_results_appear_at_the_closing_time() -> None:
    assert ANONYMOUS.closes_at is not None
    assert tallied(ANONYMOUS, votes(*["o1"] * 5), ANONYMOUS.closes_at, rng()).counts is not None


@pytest.mark.parametrize(
    ("floor", "former", "message"),
    [
        pytest.param(2, 3, "The floor can't be 2", id="under three"),
        pytest.param(-1, 3, "The floor can't be -1", id="negative"),
        pytest.param(4, 5, "can't go down from 5 to 4", id="lowered"),
    ],
)
def test_a_floor_is_never_under_three_nor_lowered(floor: int, former: int, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        validate_floor(floor, former=former)
    assert caught.value.field == "floor"


def test_a_floor_may_be_raised() -> None:
    assert validate_floor(3) == 3
    assert validate_floor(8, former=5) == 8


RESPONSES = st.lists(
    st.builds(
        Response,
        st.sampled_from([(), ("o1",), ("o2",), ("o5",), ("gone",)]),
        st.none(),
        st.sampled_from([None, "a", "b"]),
    ),
    max_size=12,
)


@given(RESPONSES, st.integers(0, 9), st.booleans(), st.integers(-2, 2))
def test_nothing_anonymous_is_ever_shown_of_fewer_people_than_the_floor(
    responses: list[Response], floor: int, closed: bool, days: int
) -> None:
    prompt = replace(CLOSED if closed else ANONYMOUS, floor=floor)
    now = NOW + timedelta(days=days)
    shown = tallied(prompt, responses, now, rng())
    least = max(floor, 3)
    assert shown.responses == len(responses)
    if is_open(prompt, now):
        assert (shown.counts, shown.texts, shown.mean) == (None, None, None)
    if shown.counts is not None:
        assert sum(count for _, count in shown.counts) >= least
    else:
        assert shown.mean is None
    if shown.texts:
        assert len(shown.texts) >= least
    assert bool(shown.hidden_because) is (shown.counts is None or shown.texts is None)
