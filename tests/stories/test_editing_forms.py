"""A form's questions are edited one by one after people answered, while somebody is still filling it in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox import View
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

ASK = (
    '/feedback ask "Sprint pulse" question "How clear is the goal?" scale comment '
    'question "What slows you down?" several "Builds" "Reviews" optional question "Anything else?" text optional'
)


async def open_edit(stage: Stage) -> View:
    await stage.alice.command(stage.general, "/feedback edit #1")
    return await stage.alice.wait_view(lambda view: "How clear is the goal?" in view.shown)


async def press(stage: Stage, button: str, expected: str) -> View:
    await stage.alice.click_view(button)
    return await stage.alice.wait_view(lambda view: expected in view.shown)


async def test_questions_are_edited_added_and_removed_and_nothing_typed_is_lost(stage: Stage) -> None:
    await stage.alice.command(stage.general, ASK)
    await stage.settle()
    [prompt] = stage.posts(stage.general)
    await stage.bob.click(prompt, "Answer")
    await stage.bob.wait_view(lambda view: "What slows you down?" in view.shown)
    await stage.bob.submit({"How clear is the goal?": "4", "What slows you down?": ["Builds", "Reviews"]})
    await stage.charlie.click(prompt, "Answer")
    await stage.charlie.wait_view(lambda view: "What slows you down?" in view.shown)

    form = await open_edit(stage)
    assert "Scale: a number from 1 to 5 · with comments" in form.shown
    assert "Several: Builds, Reviews · optional" in form.shown
    await stage.alice.fill({"Title": "Sprint 12 pulse"})

    # An option goes, after its number was said; the form beneath shows it, with what was typed there.
    await press(stage, "edit_question:2", "Option 1")
    await stage.alice.submit({"Option 1": "", "More options": "Meetings"})
    warned = await stage.alice.wait_view(lambda view: "Save anyway?" in view.shown)
    assert "1 answer will be dropped, for “Builds”." in warned.shown
    saved = await stage.alice.submit({})
    assert saved.view is form
    await stage.settle()
    assert "✅ Saved: *What slows you down?*" in form.shown
    assert "Several: Reviews, Meetings · optional" in form.shown

    # One more, which has to be answered.
    await press(stage, "Add a question", "It may be left unanswered")
    same = await stage.alice.submit({"Question": "how clear is THE goal?", "Kind": "Number"})
    assert "Another question of this form asks" in str(same.errors)
    await stage.alice.submit({"Question": "How many hours?", "Kind": "Number"})
    await stage.settle()
    assert "4. *How many hours?*" in form.shown

    # One less; it says that nobody answered it.
    await press(stage, "edit_question:3", "Remove this question")
    await stage.alice.click_view("Remove this question")
    await stage.alice.wait_view(lambda view: "Removed: *Anything else?*" in view.shown)
    await stage.alice.close_view()
    await stage.settle()
    assert stage.alice.view is form
    assert "Anything else?" not in form.shown
    await stage.alice.submit({})
    await stage.alice.wait_view(lambda view: "Saved: “Sprint 12 pulse”" in view.shown)
    await stage.pass_time(timedelta(seconds=5))
    [prompt] = stage.posts(stage.general)
    assert "3. How many hours?" in prompt.shown
    assert "edited" in prompt.shown

    # Charlie's form was opened before all that.
    await stage.charlie.submit(
        {
            "How clear is the goal?": "2",
            "Comment on “How clear is the goal?”": "too many",
            "What slows you down?": ["Reviews"],
            "Anything else?": "no",
        }
    )
    again = await stage.charlie.wait_view(lambda view: "nothing was counted yet" in view.shown)
    assert "New: “How many hours?”." in again.shown
    assert "Anything else?" not in again.shown
    await stage.charlie.submit({"How many hours?": "3"})
    receipt = await stage.charlie.wait_view(lambda view: "is counted" in view.shown)
    for said in ("too many", "Reviews", "3"):
        assert said in receipt.shown
    await stage.pass_time(timedelta(seconds=5))
    [prompt] = stage.posts(stage.general)
    assert "2 answers" in prompt.shown


async def test_of_an_anonymous_form_no_number_is_told_and_the_people_stay_counted(stage: Stage) -> None:
    await stage.alice.command(stage.general, f"{ASK} anonymous")
    await stage.settle()
    [prompt] = stage.posts(stage.general)
    await stage.bob.click(prompt, "Answer")
    await stage.bob.wait_view(lambda view: "What slows you down?" in view.shown)
    await stage.bob.submit({"How clear is the goal?": "4"})
    form = await open_edit(stage)
    shown = await press(stage, "edit_question:2", "Option 1")
    assert "How it is answered can't be changed any more" in shown.shown
    await stage.alice.submit({"Option 1": "", "More options": "Meetings"})
    warned = await stage.alice.wait_view(lambda view: "Save anyway?" in view.shown)
    assert "Answers for “Builds” will be dropped. How many there are is not told" in warned.shown
    await stage.alice.close_view()
    await press(stage, "edit_question:3", "Remove this question")
    # Cancelled: nothing is sent.
    assert stage.alice.view is not None
    await stage.alice.click(stage.alice.view, "Remove this question", confirm=False)
    await press(stage, "Remove this question", "Removed: *Anything else?*")
    await stage.alice.close_view()
    await stage.settle()
    assert "Several: Builds, Reviews · optional" in form.shown
    assert "Anything else?" not in form.shown
    await stage.pass_time(timedelta(seconds=5))
    [prompt] = stage.posts(stage.general)
    assert "1 answer so far." in prompt.shown
    assert "Anything else?" not in prompt.shown


async def test_what_was_answered_since_the_form_was_opened_is_said_before_a_question_goes(
    stage: Stage,
) -> None:
    await stage.alice.command(stage.general, ASK)
    await stage.settle()
    [prompt] = stage.posts(stage.general)
    await open_edit(stage)
    await press(stage, "edit_question:2", "Option 1")
    await stage.bob.click(prompt, "Answer")
    await stage.bob.wait_view(lambda view: "What slows you down?" in view.shown)
    await stage.bob.submit({"How clear is the goal?": "4", "What slows you down?": ["Builds"]})
    warned = await press(stage, "Remove this question", "The answers changed meanwhile")
    assert "1 answer to it will be dropped." in warned.shown
    await press(stage, "Remove this question", "Removed: *What slows you down?*")

    # Closed meanwhile: told where it was pressed.
    await stage.alice.close_view()
    await stage.settle()
    await press(stage, "edit_question:2", "Remove this question")
    close = await stage.alice.command(stage.general, "/feedback close #1")
    await stage.alice.click(close.messages[-1], "Close prompt")
    await stage.settle()
    refused = await stage.alice.submit({"Question": "Anything more?"})
    assert "can't be edited any more" in str(refused.errors)
    await press(stage, "Remove this question", "can't be edited any more")


async def test_the_next_waves_ask_what_was_changed_with_a_tick(stage: Stage) -> None:
    await stage.alice.command(
        stage.general,
        '/feedback ask "Sprint pulse" question "How clear is the goal?" scale question "Anything else?" text '
        "every Fri 15:00",
    )
    await stage.settle()
    await stage.pass_time(timedelta(days=4, hours=8))
    await open_edit(stage)
    tick = "Ask the next waves like that too"
    await press(stage, "Add a question", "It may be left unanswered")
    await stage.alice.submit({"Question": "How many hours?", "Kind": "Number"})
    await stage.settle()
    await press(stage, "edit_question:1", "Remove this question")
    await stage.alice.submit({"Question": "How clear is the aim?", "Next waves": [tick]})
    await stage.settle()
    assert stage.alice.view is not None
    assert "The next waves ask it like that too." in stage.alice.view.shown
    await press(stage, "edit_question:2", "Remove this question")
    await stage.alice.fill({"Next waves": [tick]})
    await press(stage, "Remove this question", "The next waves don't ask it either.")
    await stage.alice.close_view()
    await stage.settle()
    # It is the only one left that the next waves ask: told in its form, which stays.
    await press(stage, "edit_question:1", "Remove this question")
    await stage.alice.fill({"Next waves": [tick]})
    await press(stage, "Remove this question", "It is the only question the next waves ask.")
    await stage.pass_time(timedelta(days=7))
    # An edit's redraw may have been drawn just before the close; the final one follows 3 s later.
    await stage.pass_time(timedelta(seconds=5))
    first, second = stage.posts(stage.general)
    assert "How many hours?" not in second.shown
    assert "1. How clear is the aim?" in second.shown
    assert "Anything else?" not in second.shown
    assert "closed" in first.shown
