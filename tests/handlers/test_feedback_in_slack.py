"""Feedback as people type, press and fill it in: through Bolt and the routes' table, to what they see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.blocks.feedback import prompt_message
from bot.blocks.privacy import privacy_line
from bot.db.models import DraftRow, NoteRow, PromptRow
from bot.db.sqlite import SqliteDatabase
from bot.domain.actor import Actor
from bot.domain.message import Message, View
from bot.domain.prompt import PromptKind, PromptState, Response
from bot.errors import DeliveryError
from bot.sandbox.blockkit import check_message, check_view, find_mass_mentions
from bot.services.answering import answer_prompt
from bot.services.prompts import mark_posted, prompt_to_post
from handlers.dispatch import register
from jobs.prompt import tick
from jobs.queue import LocalQueue
from tests.answers import one
from tests.feedback_world import ALICE, BOB, CHARLIE, TEAM, World, buttons, make_world


@dataclass
class Desk:
    """What people do in Slack, and what they see of it."""

    world: World
    app: AsyncApp

    async def type(self, text: str, actor: Actor = BOB, command: str = "/feedback") -> Message:
        """Type a command and return the private answer, at once or later."""
        body = {
            "command": command,
            "text": text,
            "team_id": actor.team_id,
            "user_id": actor.user_id,
            "channel_id": actor.channel_id,
            "channel_name": actor.channel_name,
            "response_url": "https://hooks.example/typed",
            "trigger_id": "1.2.3",
        }
        before = len(self.world.slack.answers)
        answer = await self._send(body)
        await self.world.tasks.idle()
        if answer:
            assert check_message(answer, "command_ack") is None
            assert find_mass_mentions(answer) == []
            return Message(answer["text"], tuple(answer.get("blocks") or ()))
        later = self.world.slack.answers[before:]
        return later[-1][1] if later else Message("")

    async def press(
        self,
        on: Message | View,
        text: str,
        actor: Actor = BOB,
        *,
        is_ephemeral: bool = True,
        view_id: str | None = None,
    ) -> tuple[Message, bool] | None:
        """Press a button and return the private answer and whether it replaces the message."""
        blocks = on.blocks if isinstance(on, Message) else on["blocks"]
        elements = [element for block in blocks for element in block.get("elements", ())]
        elements += [block["accessory"] for block in blocks if "accessory" in block]
        for element in [each for each in elements if each["type"] == "feedback_buttons"]:
            pair = (element["positive_button"], element["negative_button"])
            elements += [{**each, "type": "button", "action_id": element["action_id"]} for each in pair]
        pressable = [element for element in elements if element["type"] == "button"]
        button = next(element for element in pressable if element["text"]["text"] == text)
        body: dict[str, Any] = {
            "type": "block_actions",
            "team": {"id": actor.team_id},
            "user": {"id": actor.user_id},
            "trigger_id": "1.2.3",
            "actions": [
                {
                    "type": "button",
                    "block_id": "b",
                    "action_id": button["action_id"],
                    "value": button["value"],
                }
            ],
        }
        if view_id is None:
            body["channel"] = {"id": actor.channel_id, "name": actor.channel_name}
            body["container"] = {
                "type": "message",
                "message_ts": "1.2",
                "channel_id": actor.channel_id,
                "is_ephemeral": is_ephemeral,
            }
            body["response_url"] = "https://hooks.example/pressed"
        else:
            body["container"] = {"type": "view", "view_id": view_id}
            body["view"] = {
                "id": view_id,
                "private_metadata": self.world.slack.views[view_id].get("private_metadata", ""),
            }
        before = len(self.world.slack.answers)
        assert not await self._send(body), "Slack ignores what the acknowledgement of a click carries"
        await self.world.tasks.idle()
        later = self.world.slack.answers[before:]
        return (later[-1][1], later[-1][2]) if later else None

    async def submit(self, view_id: str, actor: Actor = BOB, **values: Any) -> Mapping[str, Any]:
        """Fill in an open form, send it and return the acknowledgement."""
        view = self.world.slack.views[view_id]
        state = {
            name: {name: value if isinstance(value, dict) else {"value": value}}
            for name, value in values.items()
        }
        body = {
            "type": "view_submission",
            "team": {"id": actor.team_id},
            "user": {"id": actor.user_id},
            "trigger_id": "1.2.3",
            "view": {**view, "id": view_id, "state": {"values": state}},
        }
        answer = await self._send(body)
        if answer.get("response_action") == "update":
            assert check_view(answer["view"]) == []
            self.world.slack.views[view_id] = answer["view"]
        return answer

    async def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert response.status == 200
        return json.loads(response.body) if response.body else {}


@pytest.fixture
async def desk(sqlite_database: SqliteDatabase) -> Desk:
    world = make_world(sqlite_database)
    await world.know(ALICE, BOB, CHARLIE)

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-1", bot_user_id="U0LOOPMARK")

    app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)
    register(app, world.deps)
    return Desk(world, app)


async def posted(desk: Desk, number: int = 1) -> Message:
    """Return a prompt's message as it stands in the channel."""
    rows = await desk.world.rows(PromptRow)
    row = next(row for row in rows if row.number == number)
    view = await desk.world.deps.database.read(prompt_to_post, row.id)
    return prompt_message(view.prompt, view.tally, privacy_line(view.prompt, "sqlite"))


def words(message: Message | View) -> str:
    return str(message.blocks if isinstance(message, Message) else message["blocks"])


async def test_a_note_is_shown_as_saved_and_undone(desk: Desk) -> None:
    await desk.world.start_initiative("Checkout rewrite")
    saved = await desk.type("the new form is confusing")
    assert "Saved as a note on *Checkout rewrite*." in words(saved)
    assert "> the new form is confusing" in words(saved)
    answer = await desk.press(saved, "Undo")
    assert answer is not None
    undone, replaces = answer
    assert replaces
    assert "deleted. It read:" in words(undone)
    assert await desk.world.rows(NoteRow) == []
    again = await desk.press(saved, "Undo")
    assert again is not None
    assert "gone already" in words(again[0])


async def test_a_note_in_a_channel_with_several_initiatives_is_put_on_one_by_button(desk: Desk) -> None:
    await desk.world.start_initiative("Checkout rewrite")
    search = await desk.world.start_initiative("Search")
    saved = await desk.type("hm")
    answer = await desk.press(saved, "Put on Search")
    assert answer is not None
    assert "Saved as a note on *Search*." in words(answer[0])
    (row,) = await desk.world.rows(NoteRow)
    assert row.initiative_id == search


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("&lt;!channel&gt; <!channel> &amp; <!here|here>", id="mass mentions, encoded and raw"),
        pytest.param("“smart” مرحبا 🎉", id="smart quotes, right-to-left, emoji"),
        pytest.param("a" * 4000, id="4,000 characters"),
        pytest.param("&" * 4000, id="4,000 raw characters that are escaped"),
        pytest.param("&amp;" * 2400, id="2,400 characters that Slack encodes"),
    ],
)
async def test_whatever_is_noted_is_shown_back_safely(desk: Desk, typed: str) -> None:
    saved = await desk.type(typed)
    assert "Saved as a note" in words(saved)
    assert len(await desk.world.rows(NoteRow)) == 1


async def test_a_prompt_is_asked_answered_changed_withdrawn_and_closed(desk: Desk) -> None:
    asked = await desk.type('ask "How clear is it?" scale in <#C0GENERAL|general> closes in 2d', ALICE)
    assert "as #1. It closes Wed 25 Nov 2026 15:00 (Europe/Berlin)." in words(asked)
    prompt = await posted(desk)
    answer = await desk.press(prompt, "4", is_ephemeral=False)
    assert answer is not None
    receipt, replaces = answer
    assert not replaces, "the prompt stays for the others"
    assert "is counted: *4*" in words(receipt)
    options = await desk.press(receipt, "Change")
    assert options is not None
    assert options[1]
    changed = await desk.press(options[0], "2")
    assert changed is not None
    assert changed[1]
    assert "is now *2*. It was 4." in words(changed[0])
    assert "2 · 1 of 1" in words(await posted(desk))
    withdrawn = await desk.press(changed[0], "Withdraw")
    assert withdrawn is not None
    assert "not counted any more" in words(withdrawn[0])
    assert "No answers yet." in words(await posted(desk))
    again = await desk.press(withdrawn[0], "Answer again")
    assert again is not None
    await desk.press(again[0], "5")
    question = await desk.type("close #1", ALICE)
    assert "1 answer so far" in words(question)
    results = await desk.press(question, "Close prompt", ALICE)
    assert results is not None
    assert results[1]
    assert "Mean 5.0 of 5." in words(results[0])
    late = await desk.press(prompt, "1", is_ephemeral=False)
    assert late is not None
    assert "has been closed since 15:00 (Europe/Berlin), so your answer was not counted." in words(late[0])


async def test_the_same_button_twice_counts_once_and_says_so(desk: Desk) -> None:
    await desk.type('ask "Keep it?" thumbs', ALICE)
    prompt = await posted(desk)
    for said in ("is counted", "It counts once."):
        answer = await desk.press(prompt, "Thumbs up", is_ephemeral=False)
        assert answer is not None
        assert said in words(answer[0])
    assert "1 answer so far." in words(await posted(desk))


async def test_a_written_answer_is_given_changed_and_withdrawn_in_its_form(desk: Desk) -> None:
    await desk.type('ask "What is missing?" text anonymous', ALICE)
    prompt = await posted(desk)
    assert await desk.press(prompt, "Answer", is_ephemeral=False) is None
    assert desk.world.slack.opened[-1]["blocks"][0]["text"]["text"] == "One moment …"
    assert "While this is open" in words(desk.world.slack.views["V1"])
    refused = await desk.submit("V1", answer_q="  ")
    assert refused["errors"] == {"answer_q": "Type your answer, or close this without sending."}
    shown = await desk.submit("V1", answer_q="<!channel> a back button")
    assert "&lt;!channel&gt; a back button" in words(shown["view"])
    await desk.press(shown["view"], "Change", view_id="V1")
    form = desk.world.slack.views["V1"]
    assert form["blocks"][0]["element"]["initial_value"] == "<!channel> a back button"
    shown = await desk.submit("V1", answer_q="two back buttons")
    assert "is saved:" in words(shown["view"])
    await desk.press(shown["view"], "Withdraw", view_id="V1")
    assert "not counted any more" in words(desk.world.slack.views["V1"])
    assert await desk.world.responses() == []
    await desk.press(desk.world.slack.views["V1"], "Answer again", view_id="V1")
    assert desk.world.slack.views["V1"]["submit"]["text"] == "Send answer"


async def test_a_form_sent_after_the_close_says_so_and_keeps_what_was_written(desk: Desk) -> None:
    await desk.type('ask "What is missing?" text closes in 1h', ALICE)
    await desk.press(await posted(desk), "Answer", is_ephemeral=False)
    form = desk.world.slack.views["V1"]
    desk.world.clock.advance(hours=1)
    refused = await desk.submit("V1", answer_q="too late")
    assert "your answer was not counted" in refused["errors"]["answer_q"]
    assert desk.world.slack.views["V1"] == form


async def test_the_answer_that_closes_a_prompt_brings_a_receipt_without_a_way_back(desk: Desk) -> None:
    asked = await desk.type('ask "How clear is it?" scale anonymous floor 3 closes after 3', ALICE)
    assert "It closes after 3 answers." in words(asked)
    prompt = await posted(desk)
    assert "closes after 3 answers" in words(prompt)
    for n in range(2):
        await desk.press(prompt, "4", Actor(TEAM, f"U0P{n}", "C0GENERAL"), is_ephemeral=False)
    answer = await desk.press(prompt, "5", is_ephemeral=False)
    assert answer is not None
    assert "It was the last one needed, so the prompt is closed: see <#C0GENERAL>." in words(answer[0])
    assert buttons(answer[0]) == {}
    assert "Mean 4.3 of 5" in words(await desk.type("results #1", ALICE))


async def test_a_written_answer_that_closes_a_prompt_says_so_in_its_form(desk: Desk) -> None:
    await desk.type('ask "What is missing?" text closes after 1 answer', ALICE)
    await desk.press(await posted(desk), "Answer", is_ephemeral=False)
    shown = await desk.submit("V1", answer_q="nothing")
    assert "the prompt is closed" in words(shown["view"])
    assert buttons(shown["view"]) == {}


async def test_changing_in_a_form_after_the_close_shows_why_not(desk: Desk) -> None:
    await desk.type('ask "What is missing?" text closes in 1h', ALICE)
    await desk.press(await posted(desk), "Answer", is_ephemeral=False)
    shown = await desk.submit("V1", answer_q="in time")
    desk.world.clock.advance(hours=1)
    await desk.press(shown["view"], "Change", view_id="V1")
    assert "has been closed since" in words(desk.world.slack.views["V1"])
    await desk.press(shown["view"], "Withdraw", view_id="V1")
    assert len(await desk.world.responses()) == 1


async def test_an_anonymous_prompt_says_who_sees_what_before_the_first_tap_and_in_the_receipt(
    desk: Desk,
) -> None:
    await desk.type('ask "How safe do you feel?" scale anonymous floor 3 closes in 1d', ALICE)
    prompt = await posted(desk)
    line = (
        "While this is open, the person running Loopmark could find out who answered what; "
        "after it closes nobody can."
    )
    assert line in words(prompt)
    assert line in prompt.text
    answer = await desk.press(prompt, "4", is_ephemeral=False)
    assert answer is not None
    assert line in words(answer[0])
    results = await desk.type("results #1", ALICE)
    assert "Results are shown once, when it closes." in words(results)
    for n in range(2):
        await desk.press(prompt, "4", Actor(TEAM, f"U0P{n}", "C0GENERAL"), is_ephemeral=False)
    desk.world.clock.advance(days=1)
    queue = LocalQueue(5)
    await tick(desk.world.deps, queue)
    await queue.idle()
    results = await desk.type("results #1")
    assert "4 · 3 of 3 (100 %)" in words(results)


async def test_only_whoever_asked_may_close_and_others_can_ask_them(desk: Desk) -> None:
    await desk.type('ask "Keep it?" thumbs', ALICE)
    refused = await desk.type("close #1", BOB)
    assert "Only whoever asked “Keep it?” can close it." in words(refused)
    await desk.press(refused, "Ask the owner")
    ((to, message),) = desk.world.slack.posts
    assert to == ALICE.user_id
    assert "/feedback close #1" in words(message)
    (row,) = await desk.world.rows(PromptRow)
    assert row.state == PromptState.OPEN


async def test_closing_under_the_floor_warns_first(desk: Desk) -> None:
    await desk.type('ask "Keep it?" thumbs anonymous', ALICE)
    question = await desk.type("close", ALICE)
    assert "fewer than 5 answers, so its results would never be shown" in words(question)


async def test_among_several_open_prompts_one_is_chosen_by_button(desk: Desk) -> None:
    await desk.type('ask "Keep it?" thumbs', ALICE)
    await desk.type('ask "How clear is it?" scale', ALICE)
    which = await desk.type("results")
    assert "Which prompt do you mean?" in words(which)
    answer = await desk.press(which, "#1 Keep it?")
    assert answer is not None
    assert "*Keep it?*" in words(answer[0])


async def test_a_list_shows_prompts_with_their_results_and_notes(desk: Desk) -> None:
    assert "No feedback in this channel yet." in words(await desk.type("list"))
    await desk.type('ask "Keep it?" thumbs', ALICE)
    await desk.type("hm")
    listed = await desk.type("list")
    assert "#1 Keep it? · No answers · open" in words(listed)
    assert "> hm" in words(listed)
    answer = await desk.press(listed, "See results")
    assert answer is not None
    assert not answer[1]
    assert "*Keep it?*" in words(answer[0])


async def test_a_long_list_has_a_next_page(desk: Desk) -> None:
    for n in range(14):
        await desk.world.ask(question=f"Question {n}?")
    listed = await desk.type("list")
    assert buttons(listed)["Next 2"] == "12"
    answer = await desk.press(listed, "Next 2")
    assert answer is not None
    assert "#1 Question 0?" in words(answer[0])


async def test_long_written_results_have_a_next_page(desk: Desk) -> None:
    prompt = await desk.world.ask(kind=PromptKind.TEXT)
    for n in range(14):
        person = Actor(TEAM, f"U0P{n}", "C0GENERAL")
        await answer_prompt(desk.world.deps, person, prompt.id, one(text=f"answer {n:02}"))
    first = await desk.type("results #1")
    answer = await desk.press(first, "Next 2")
    assert answer is not None
    both = words(first) + words(answer[0])
    assert all(both.count(f"> answer {n:02}") == 1 for n in range(14))


async def test_privacy_says_what_is_kept(desk: Desk) -> None:
    await desk.type("hm")
    said = await desk.type("privacy")
    assert "1 × notes you gave, with their words, channel and time" in words(said)
    assert "your time zone is kept as Europe/Berlin" in words(said)
    assert "answers with your name" not in words(said)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param('ask "How?" scale in <#C0OUTSIDE|outside>', "`/invite @Loopmark`", id="not in it"),
        pytest.param('ask "How?" scale in <#C0OLD|old>', "#old is archived", id="archived"),
        pytest.param('ask "How?" choice "A"', "2 to 10", id="one option"),
        pytest.param('ask "How?" scale anonymous floor 2', "floor", id="floor under three"),
        pytest.param('ask "How?" scale closes in 2 fortnights', "2", id="unknown unit of time"),
        pytest.param('ask "How?"', "scale", id="no kind"),
    ],
)
async def test_a_prompt_that_can_not_be_asked_gives_back_what_was_typed_and_a_form(
    desk: Desk, typed: str, said: str
) -> None:
    refused = await desk.type(typed, ALICE)
    assert said in words(refused)
    assert "/feedback ask" in words(refused)
    assert await desk.world.rows(PromptRow) == []
    await desk.press(refused, "Open as form", ALICE)
    form = desk.world.slack.views["V1"]
    question = next(block for block in form["blocks"] if block.get("block_id") == "question")
    assert question["element"]["initial_value"] == "How?"


async def test_the_form_takes_over_what_was_typed(desk: Desk) -> None:
    await desk.world.start_initiative("Checkout rewrite", "C0OLD")
    refused = await desk.type(
        'ask "Which?" choice "A" "B" anonymous floor 7 in <#C0OLD|old> closes in 2d closes after 9', ALICE
    )
    await desk.press(refused, "Open as form", ALICE)
    form = desk.world.slack.views["V1"]
    assert "About Checkout rewrite" in words(form)
    element = {block["block_id"]: block["element"] for block in form["blocks"] if block["type"] == "input"}
    assert element["kind"]["initial_option"]["value"] == "choice"
    assert element["options"]["initial_value"] == "A\nB"
    assert element["anonymous"]["initial_options"][0]["value"] == "yes"
    assert element["floor"]["initial_value"] == "7"
    assert element["channel"]["initial_conversation"] == "C0OLD"
    assert element["closes"]["initial_value"] == "2d"
    assert element["close_after"]["initial_value"] == "9"


FILLED: dict[str, Any] = {
    "question": "How clear is it?",
    "kind": {"selected_option": {"value": "scale"}},
    "options": None,
    "anonymous": {"selected_options": []},
    "floor": None,
    "channel": {"selected_conversation": "C0GENERAL"},
    "closes": None,
    "close_after": None,
}


async def test_a_prompt_is_asked_in_the_form(desk: Desk) -> None:
    await desk.type("ask", ALICE)
    assert desk.world.slack.views["V1"]["callback_id"] == "ask_prompt"
    shown = await desk.submit(
        "V1",
        ALICE,
        **{
            **FILLED,
            "anonymous": {"selected_options": [{"value": "yes"}]},
            "floor": "3",
            "closes": "2d",
            "close_after": "6",
        },
    )
    assert "Asking …" in words(shown["view"])
    await desk.world.tasks.idle()
    assert "as #1. It closes Wed 25 Nov 2026 15:00 (Europe/Berlin) or after 6 answers." in words(
        desk.world.slack.views["V1"]
    )
    (row,) = await desk.world.rows(PromptRow)
    assert (row.anonymous, row.floor, row.closes_at - row.created_at) == (True, 3, timedelta(days=2))
    assert row.close_after == 6
    assert len(await desk.world.outbox()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"question": " "}, "question", id="no question"),
        pytest.param(
            {"kind": {"selected_option": {"value": "choice"}}, "options": "A"}, "options", id="one option"
        ),
        pytest.param({"floor": "7"}, "floor", id="floor for a named prompt"),
        pytest.param(
            {"anonymous": {"selected_options": [{"value": "yes"}]}, "floor": "2"},
            "floor",
            id="floor under three",
        ),
        pytest.param({"closes": "soon"}, "closes", id="unreadable duration"),
        pytest.param({"close_after": "some"}, "close_after", id="unreadable number of answers"),
        pytest.param(
            {"anonymous": {"selected_options": [{"value": "yes"}]}, "close_after": "4"},
            "close_after",
            id="closes under its floor",
        ),
    ],
)
async def test_what_is_wrong_in_the_form_is_said_under_its_input(
    desk: Desk, values: dict[str, Any], field: str
) -> None:
    await desk.type("ask", ALICE)
    refused = await desk.submit("V1", ALICE, **{**FILLED, **values})
    assert list(refused["errors"]) == [field]
    assert await desk.world.rows(PromptRow) == []


async def test_a_channel_that_does_not_work_brings_the_form_back_with_what_was_filled_in(desk: Desk) -> None:
    await desk.type("ask", ALICE)
    await desk.submit("V1", ALICE, **{**FILLED, "channel": {"selected_conversation": "C0OUTSIDE"}})
    await desk.world.tasks.idle()
    form = desk.world.slack.views["V1"]
    assert "*Not asked yet:* I am not in #outside." in words(form)
    assert "How clear is it?" in words(form)
    shown = await desk.submit("V1", ALICE, **FILLED)
    await desk.world.tasks.idle()
    assert shown["response_action"] == "update"
    assert len(await desk.world.rows(PromptRow)) == 1


async def test_an_answer_for_a_form_that_was_closed_comes_as_a_direct_message(desk: Desk) -> None:
    await desk.type("ask", ALICE)
    view = desk.world.slack.views["V1"]
    sending = desk.submit("V1", ALICE, **FILLED)
    await sending
    del desk.world.slack.views["V1"]
    await desk.world.tasks.idle()
    ((to, message),) = desk.world.slack.posts
    assert to == ALICE.user_id
    assert "as #1" in words(message)
    assert view["callback_id"] == "ask_prompt"


async def test_someone_new_is_looked_up_and_then_answered(desk: Desk) -> None:
    dana = Actor(TEAM, "U0DANA", "C0GENERAL", "general")
    asked = await desk.type('ask "Keep it?" thumbs', dana)
    assert "as #1" in words(asked)


async def test_charlie_sees_nothing_of_a_private_channel(desk: Desk) -> None:
    await desk.type('ask "Quiet?" thumbs', replace(ALICE, channel_id="C0SECRET", channel_name="privategroup"))
    for typed in ("results #1", 'results "Quiet?"', "close #1"):
        refused = await desk.type(typed, CHARLIE)
        assert "There is no prompt" in words(refused)
    assert "No feedback" in words(await desk.type("list", CHARLIE))


async def test_nothing_names_a_person_in_the_log_or_the_outbox_when_answers_are_given(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await desk.type('ask "Keep it?" text anonymous closes in 1h', ALICE)
    await desk.press(await posted(desk), "Answer", is_ephemeral=False)
    await desk.submit("V1", answer_q="very private words")
    await desk.press(await posted(desk), "Answer", is_ephemeral=False)
    refused = await desk.submit("V2", text="x" * 2001)
    assert "errors" in refused
    desk.world.clock.advance(hours=1)
    (row,) = await desk.world.rows(PromptRow)
    await desk.world.deps.database.write(mark_posted, row.id, "C0GENERAL", "1795442400.000100")
    desk.world.slack.refusals.append(DeliveryError("no answer", error="timeout", permanent=False))
    queue = LocalQueue(5)
    await tick(desk.world.deps, queue)
    await queue.idle()
    assert "redraw put off" in caplog.text
    kept = caplog.text + str([entry.model_dump() for entry in await desk.world.outbox()])
    assert BOB.user_id not in kept
    assert "very private words" not in kept


async def test_words_in_a_form_are_replied_to_on_their_questions_page_by_whoever_asked_alone(
    desk: Desk,
) -> None:
    await desk.type(
        'ask "Pulse" question "Clear?" scale comment question "Why?" text optional anonymous floor 3', ALICE
    )
    for place in range(3):
        actor = Actor(TEAM, f"U0P{place}", "C0GENERAL")
        answers = {"q1": Response(("4",), None, f"comment {place}"), "q2": Response(text=f"because {place}")}
        await answer_prompt(desk.world.deps, actor, 1, answers)
    closed = await desk.press(await desk.type("close #1", ALICE), "Close prompt", ALICE)
    assert closed is not None
    page = await desk.press(closed[0], "Question 1", ALICE)
    assert page is not None
    assert words(page[0]).count("'Reply'") == 3
    seen_by_bob = await desk.press(closed[0], "Question 1", BOB)
    assert seen_by_bob is not None
    assert "comment 1" in words(seen_by_bob[0])
    assert "'Reply'" not in words(seen_by_bob[0])

    # Bob forges the click, and then the form.
    assert await desk.press(page[0], "Reply", BOB) is None
    assert "Only whoever asked “Pulse” can reply" in words(desk.world.slack.views["V1"])
    assert await desk.press(page[0], "Reply", ALICE) is None
    form = desk.world.slack.views["V2"]
    assert "Nothing Loopmark keeps tells who that is" in words(form)
    forged = await desk.submit("V2", BOB, reply="It was me who asked")
    assert "Only whoever asked “Pulse” can reply" in forged["errors"]["reply"]
    empty = await desk.submit("V2", ALICE, reply=" ")
    assert empty["errors"] == {"reply": "Type your reply, or close this without sending."}
    sent = await desk.submit("V2", ALICE, reply="We hear you")
    assert "We hear you" in words(sent["view"])


async def test_a_code_opens_a_modal_and_a_wrong_one_is_repeated_to_its_typer(desk: Desk) -> None:
    await desk.type('ask "What is missing?" text anonymous floor 3', ALICE)
    codes = []
    for place in range(3):
        answered = await answer_prompt(
            desk.world.deps, Actor(TEAM, f"U0P{place}", "C0GENERAL"), 1, one(text="Undo")
        )
        codes.append(answered.code)
    await desk.press(await desk.type("close #1", ALICE), "Close prompt", ALICE)
    assert await desk.type(f"inbox {codes[0]}") == Message("")
    assert "No reply yet." in words(desk.world.slack.opened[-1])
    wrong = await desk.type("inbox 7KX3-9QPM-H2TV-0ABC")
    assert "No inbox opens with that code." in words(wrong)
    assert "/feedback inbox 7KX3-9QPM-H2TV-0ABC" in words(wrong)
    assert await desk.world.rows(DraftRow) == []
