"""Series: the questions of a form stay the same ones from wave to wave, however single waves were edited."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain.prompt import PromptKind, Question
from bot.domain.series import keep_ids, pair

SCALE, NUMBER = PromptKind.SCALE, PromptKind.NUMBER


def asked(*questions: str | tuple[str, str] | tuple[str, str, PromptKind]) -> tuple[Question, ...]:
    """Return questions: a text numbered by its place, or (id, text), or (id, text, how it is answered)."""
    made = []
    for place, each in enumerate(questions, start=1):
        question_id, text, *kind = (f"q{place}", each) if isinstance(each, str) else each
        made.append(Question(question_id, text, kind[0] if kind else SCALE))
    return tuple(made)


@pytest.mark.parametrize(
    ("line", "wave", "older", "expected"),
    [
        pytest.param(asked("A", "B"), asked("A", "B"), (), ["q1", "q2"], id="as it was asked"),
        pytest.param(asked("A", "B"), asked("X", "A"), (), ["q1", "q2"], id="worded anew, places tell"),
        pytest.param(
            asked("A", "C"), asked(("q1", "A"), ("q3", "C")), (), ["q1", "q3"], id="one taken out of both"
        ),
        pytest.param(
            asked("A", "C"), asked(("q1", "a "), ("q3", "Z")), (), ["q1", "q3"], id="and one worded anew"
        ),
        pytest.param(
            asked("A", "B", "C"),
            asked(("q1", "A"), ("q3", "Z")),
            (),
            ["q1", "", ""],
            id="B or C, nobody knows",
        ),
        pytest.param(
            asked("A", "B", "C"),
            asked(("q1", "Z"), ("q3", "C")),
            (),
            ["", "", "q3"],
            id="A or B, nobody knows",
        ),
        pytest.param(
            asked("A", "B"),
            asked("X", "B", ("qnew", "D")),
            (),
            ["q1", "q2"],
            id="one added to the wave alone",
        ),
        pytest.param(
            asked("A", "B"),
            asked(("q1", "A"), ("qnew", "D")),
            (),
            ["q1", ""],
            id="one taken out and one added to the wave alone",
        ),
        pytest.param(
            asked("A", "B", "D"),
            asked("A", "B", ("qnew", "Z")),
            asked("A", "B", ("qnew", "D")),
            ["q1", "q2", "qnew"],
            id="one of a wave before, worded anew",
        ),
        pytest.param(
            asked("A", "B"),
            asked(("qnew", "A", NUMBER), "B"),
            (),
            ["qnew", "q2"],
            id="answered in another way",
        ),
    ],
)
def test_a_question_of_a_series_is_found_in_its_newest_wave(
    line: Sequence[Question], wave: Sequence[Question], older: Sequence[Question], expected: list[str]
) -> None:
    pairs = pair(line, [wave, older])
    assert [pairs[place].id if place in pairs else "" for place in range(len(line))] == expected


@pytest.mark.parametrize(
    ("line", "waves", "expected"),
    [
        pytest.param(asked("A", "B"), [], ["q1", "q2"], id="the first wave"),
        pytest.param(asked("B"), [asked(("q2", "B")), asked("A", "B")], ["q2"], id="one was taken out"),
        pytest.param(asked("A", "B"), [asked(("q2", "B")), asked("A", "B")], ["q1", "q2"], id="for one wave"),
        pytest.param(asked("A", "B"), [asked("A")], ["q1", "new"], id="never asked before"),
        pytest.param(
            asked("A", "B"),
            [asked(("qnew", "A", NUMBER), "B"), asked("A", "B")],
            ["q1", "q2"],
            id="answered in another way for one wave",
        ),
    ],
)
def test_a_question_keeps_the_id_it_had_in_earlier_waves(
    line: Sequence[Question], waves: list[Sequence[Question]], expected: list[str]
) -> None:
    assert [each.id for each in keep_ids(line, waves, lambda: "new")] == expected
    assert [each.text for each in keep_ids(line, waves, lambda: "new")] == [each.text for each in line]
