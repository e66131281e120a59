"""Suppression, against an attacker who tries every subtraction among the results that are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.suppression import LOOKS, Result, find_visible

FLOOR = 3
ANSWERS = 3

counts = st.lists(st.integers(0, 4), min_size=ANSWERS, max_size=ANSWERS).map(tuple)
results = counts.map(lambda chosen: Result(sum(chosen), chosen, FLOOR))


def few_left(shown: Sequence[Result]) -> list[tuple[int, ...]]:
    """Return the answers of a few people that are left by taking some results from another one: all ways, tried."""
    found = []
    for place, whole in enumerate(shown):
        others = [*shown[:place], *shown[place + 1 :]]
        for size in range(1, len(others) + 1):
            for parts in combinations(others, size):
                people = whole.people - sum(part.people for part in parts)
                left = tuple(
                    whole.counts[answer] - sum(part.counts[answer] for part in parts)
                    for answer in range(len(whole.counts))
                )
                if 0 < people < max(whole.floor, *(part.floor for part in parts)) and min(left) >= 0:
                    found.append(left)
    return found


@given(st.lists(results, max_size=6))
def test_no_subtraction_among_what_is_shown_leaves_a_few_people(given_: list[Result]) -> None:
    shown = [given_[place] for place in sorted(find_visible(given_))]
    assert few_left(shown) == []
    assert all(result.people >= FLOOR for result in shown)


@given(st.lists(results, max_size=6))
def test_nothing_is_hidden_that_could_be_shown_beside_what_was_shown_before(given_: list[Result]) -> None:
    visible = find_visible(given_)
    for place, result in enumerate(given_):
        if place not in visible and result.people >= FLOOR:
            before = [given_[earlier] for earlier in sorted(visible) if earlier < place]
            assert few_left([*before, result]) != []


@given(st.lists(results, max_size=6), results)
def test_what_was_shown_is_never_hidden_by_what_comes_later(given_: list[Result], later: Result) -> None:
    assert find_visible([*given_, later]) - {len(given_)} == find_visible(given_)


@given(st.data())
def test_of_real_people_in_groups_no_few_are_ever_singled_out(data: st.DataObject) -> None:
    """The attacker also knows who is in which group, and who joined or left between two waves."""
    answers = data.draw(st.lists(st.integers(0, ANSWERS - 1), min_size=4, max_size=12))
    people = range(len(answers))
    groups = data.draw(st.lists(st.sets(st.sampled_from(people), min_size=1), min_size=1, max_size=4))
    groups = [set(people), *groups, *(set(people) - group for group in groups)]

    def result(group: set[int]) -> Result:
        chosen = Counter(answers[who] for who in group)
        return Result(len(group), tuple(chosen[answer] for answer in range(ANSWERS)), FLOOR)

    visible = find_visible([result(group) for group in groups])
    shown = [groups[place] for place in sorted(visible)]
    for whole in shown:
        for size in range(1, len(shown)):
            for parts in combinations([group for group in shown if group < whole], size):
                if sum(map(len, parts)) == len(set().union(*parts)):  # nobody twice
                    left = whole - set().union(*parts)
                    assert not 0 < len(left) < FLOOR


@pytest.mark.parametrize(
    ("shown_first", "then", "is_shown"),
    [
        pytest.param((4, 4, 0), (4, 4, 1), False, id="one more person in the next wave"),
        pytest.param((4, 4, 1), (4, 4, 0), False, id="one person fewer in the next wave"),
        pytest.param((4, 4, 0), (4, 4, 0), True, id="the same again"),
        pytest.param((4, 4, 0), (1, 3, 5), True, id="one more, and others changed their mind"),
        pytest.param((9, 9, 0), (6, 9, 0), True, id="a subgroup without three others"),
        pytest.param((9, 9, 0), (7, 9, 0), False, id="a subgroup without two others"),
        pytest.param((4, 4, 0), (1, 1, 0), False, id="under the floor by itself"),
    ],
)
def test_two_results_of_one_question(
    shown_first: tuple[int, ...], then: tuple[int, ...], is_shown: bool
) -> None:
    both = [Result(sum(chosen), chosen, FLOOR) for chosen in (shown_first, then)]
    assert (1 in find_visible(both)) is is_shown
    assert 0 in find_visible(both)


def test_a_total_is_hidden_that_gives_the_one_hidden_team_away() -> None:
    teams = [Result(sum(chosen), chosen, FLOOR) for chosen in ((3, 1, 0), (0, 2, 3), (1, 0, 1))]
    total = Result(11, (4, 3, 4), FLOOR)
    assert find_visible([*teams, total]) == {0, 1}
    assert find_visible([total, *teams]) == {0, 1}, "the other order hides a second team"


def test_the_higher_floor_of_two_counts() -> None:
    assert find_visible([Result(9, (9, 0), 3), Result(13, (9, 4), 5)]) == {0}
    assert find_visible([Result(9, (9, 0), 3), Result(13, (9, 4), 3)]) == {0, 1}


def test_what_takes_too_long_to_look_through_is_hidden() -> None:
    small = [Result(64 + number, (64 + number,), FLOOR) for number in range(0, 120, 6)]
    large = Result(100_000, (100_000,), FLOOR)
    assert len(small) ** 4 > LOOKS
    assert len(small) not in find_visible([*small, large])
