"""What the forms say in which a prompt and the questions of a form are edited."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.blocks.question_editing import question_blocks, question_view
from bot.domain.prompt import Option, PromptKind, Question
from bot.domain.question_text import EMOJI
from bot.errors import UserError
from bot.examples.world import World
from handlers.prompt_editing import read_options
from handlers.question_editing import read_question
from handlers.routes import CLICKS

SLOW = Question(
    "q2", "What slows you down?", PromptKind.SEVERAL, (Option("o1", "Builds"), Option("o2", "Reviews"))
)
CLEAR = Question(
    "q1", "How clear is it?", PromptKind.SCALE, tuple(Option(str(n), str(n)) for n in range(1, 6))
)
ABOUT = {"question": "q2", "confirmed": ""}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        pytest.param(
            PromptKind.SEVERAL,
            {"option_o1": "Long builds", "option_o2": " ", "options": "Tools\n\nMeetings"},
            (("o1", "Long builds"), (None, "Tools"), (None, "Meetings")),
            id="renamed, emptied and added",
        ),
        pytest.param(
            PromptKind.SEVERAL,
            {"option_o2": "Reviews", "options": ""},
            (("o1", "Builds"), ("o2", "Reviews")),
            id="one that was added after the form was opened stays",
        ),
        pytest.param(
            PromptKind.SCALE, {"option_o1": "Builds", "options": "Tools"}, (), id="a scale has none"
        ),
    ],
)
def test_a_form_says_which_options_there_are(
    kind: PromptKind, values: Mapping[str, str], expected: tuple[tuple[str | None, str], ...]
) -> None:
    assert read_options(SLOW.options, kind, values) == expected


@pytest.mark.parametrize(
    ("former", "values", "kind", "labels"),
    [
        pytest.param(None, {"kind": "emoji"}, PromptKind.EMOJI, list(EMOJI), id="five faces"),
        pytest.param(None, {"kind": "emoji", "options": "😀\n😞"}, PromptKind.EMOJI, ["😀", "😞"], id="two"),
        pytest.param(None, {}, PromptKind.SCALE, [], id="a new one is a scale"),
        pytest.param(CLEAR, {"kind": "choice", "options": "A\nB"}, PromptKind.CHOICE, ["A", "B"], id="anew"),
        pytest.param(SLOW, {}, PromptKind.SEVERAL, ["Builds", "Reviews"], id="settled: no kind is asked for"),
    ],
)
def test_a_question_s_form_says_how_it_is_answered(
    former: Question | None, values: Mapping[str, str], kind: PromptKind, labels: list[str]
) -> None:
    change = read_question(former, {"question": " How  many? ", "optional": "yes", **values}, ABOUT)
    assert (change.text, change.kind, change.optional, change.comment) == ("How many?", kind, True, False)
    assert [label for _, label in change.options] == labels


@pytest.mark.parametrize("text", ["", "   ", "x" * 501], ids=["nothing", "blanks", "too long"])
def test_a_question_that_can_not_be_read_is_said_under_its_input(text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_question(SLOW, {"question": text}, ABOUT)
    assert refused.value.field == "question"


def test_every_button_of_the_questions_has_a_listener_and_the_only_question_can_not_be_removed() -> None:
    form = World().prompt(PromptKind.FORM)
    blocks = question_blocks(form)
    pressed = [block["accessory"] for block in blocks if "accessory" in block]
    pressed += [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    assert {element["action_id"].partition(":")[0] for element in pressed} <= set(CLICKS)
    assert question_blocks(World().prompt(PromptKind.SCALE)) == []
    alone = question_view(form, CLEAR, {}, ABOUT, is_answered=False, is_wave=False)
    assert "Remove" not in str(alone)
