"""The form in which a prompt is edited, and what it shows afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.blocks.asking import audience_inputs, comment_input, open_options_input, reactions_input
from bot.blocks.kinds import KINDS
from bot.blocks.mrkdwn import channel, escape, shorten
from bot.blocks.parts import context, option, section, select_input, text_input, tick_input
from bot.blocks.phrases import closing, plural, short_question
from bot.blocks.views import modal
from bot.domain.initiative import Initiative
from bot.domain.message import Block, View
from bot.domain.prompt import Option, Prompt, PromptKind
from bot.domain.reactions import ANSWERED_BY_REACTION

FORM = "edit_prompt"
TITLE = "Edit a prompt"
OPTION = "option_"
"""What the name of the input of each option begins with; its id follows."""
NO_INITIATIVE = "none"
SETTLES = "Can be changed only while nobody has answered."


def edit_view(
    prompt: Prompt,
    values: Mapping[str, str],
    initiatives: Sequence[Initiative],
    *,
    channel_id: str,
    has_own_options: bool,
    is_wave: bool,
    confirmed: str = "",
    warning: str = "",
    questions: Sequence[Block] = (),
    said: str = "",
) -> View:
    """Return the form, filled in.

    Args:
        prompt: As it is stored.
        values: Field → text it starts with; `closes` is remembered, so that it changes only where it is typed anew.
        initiatives: What it may be about.
        channel_id: Where the form was opened.
        has_own_options: Whether whoever asks names the options.
        is_wave: Whether more waves will be asked.
        confirmed: What sending it again confirms.
        warning: What that drops, one sentence; empty for none.
        questions: Of a form, each with its button.
        said: What was just done to one of them, mrkdwn; empty for nothing.
    """
    blocks: list[Block] = []
    if warning:
        blocks.append(section(f"⚠️ {escape(warning)}", block_id="warning"))
    if said:
        blocks.append(section(said, block_id="said"))
    is_form = prompt.kind is PromptKind.FORM
    label = "Title" if is_form else "Question"
    blocks.append(text_input("question", label, initial=values.get("question", ""), max_length=500))
    blocks += questions
    if not is_form:
        kind = values.get("kind") or prompt.kind.value
        blocks += (kind_input(kind, hint=SETTLES), comment_input(ticked=bool(values.get("comment"))))
    if has_own_options:
        blocks += option_inputs(prompt.options, values)
    if not is_form:
        blocks.append(more_options_input(values))
    if prompt.anonymous:
        hint = "It can only be raised. That it is anonymous never changes."
        label = "Results from how many answers"
        blocks.append(text_input("floor", label, initial=values.get("floor", ""), hint=hint, max_length=6))
    if prompt.kind in (PromptKind.CHOICE, PromptKind.SEVERAL):
        blocks.append(open_options_input(ticked=bool(values.get("open_options"))))
    blocks += audience_inputs(values.get("to", ""), values.get("people", ""), values.get("results", ""))
    if not prompt.anonymous and prompt.kind in ANSWERED_BY_REACTION:
        blocks.append(reactions_input(ticked=bool(values.get("reactions"))))
    closes = "Like 30m, 4h or 2d from now; empty to keep it open until it is closed."
    if is_wave:
        closes = "Like 30m, 4h or 2d from now; empty to close it when it is asked again."
    blocks += [
        text_input(
            "closes", "Closes in", initial=values.get("closes", ""), hint=closes, optional=True, max_length=20
        ),
        text_input(
            "close_after",
            "Closes after how many answers",
            initial=values.get("close_after", ""),
            optional=True,
            max_length=6,
        ),
    ]
    if initiatives:
        blocks.append(_initiative(initiatives, values.get("initiative", "")))
    if is_wave:
        hint = "Else this wave alone is changed. A duration counts from when each wave is asked."
        blocks.append(next_waves_input(ticked=bool(values.get("next_waves")), hint=hint))
    metadata = {
        "prompt": prompt.id,
        "channel": channel_id,
        "closes": values.get("closes_before", values.get("closes", "")),
        "confirmed": confirmed,
    }
    submit = "Save anyway" if warning else "Save"
    return modal(TITLE, blocks, callback_id=FORM, submit=submit, metadata=json.dumps(metadata))


def kind_input(kind: str, *, hint: str = "") -> Block:
    """Return the input that says how a question is answered."""
    kinds = {each.value: option(name, each.value, about) for each, (name, about) in KINDS.items()}
    return select_input("kind", "Kind", list(kinds.values()), initial=kinds[kind], hint=hint)


def option_inputs(options: Sequence[Option], values: Mapping[str, str]) -> list[Block]:
    """Return an input for each option there is."""
    return [
        text_input(
            f"{OPTION}{each.id}",
            f"Option {place}",
            initial=values.get(f"{OPTION}{each.id}", ""),
            hint="Votes follow when it is renamed. Empty to remove it." if place == 1 else "",
            optional=True,
            max_length=75,
        )
        for place, each in enumerate(options, start=1)
    ]


def more_options_input(values: Mapping[str, str], *, label: str = "More options") -> Block:
    """Return the input for options to be added."""
    return text_input(
        "options",
        label,
        initial=values.get("options", ""),
        hint="For a choice, several or emoji: one on each line.",
        optional=True,
        multiline=True,
        max_length=1000,
    )


def next_waves_input(*, ticked: bool, hint: str) -> Block:
    """Return the input that says whether the waves to come are changed too."""
    return tick_input(
        "next_waves", "Next waves", "Ask the next waves like that too", ticked=ticked, hint=hint
    )


def dropping(labels: Sequence[str], answers: int | None, *, is_anonymous: bool) -> str:
    """Return what removing options does to answers, plain text."""
    named = ", ".join(f"“{shorten(label, 75)}”" for label in labels)
    if is_anonymous:
        return (
            f"Answers for {named} will be dropped. How many there are is not told before the close; the number of "
            "people who answered stays, and whoever chose it may choose again. Save anyway?"
        )
    assert answers is not None
    dropped = f"{answers} {plural(answers, 'answer')} will be dropped, for {named}."
    return f"{dropped} Whoever gave one may answer again. Save anyway?"


def edited_prompt_view(prompt: Prompt, *, next_waves: bool) -> View:
    """Return what the form shows once an edit was saved."""
    ends = closing(prompt) or "stays open until it is closed"
    text = (
        f"Saved: “{short_question(prompt)}” (#{prompt.number} in {channel(prompt.channel_id)}) {ends}. "
        "Its message shows that it was edited."
    )
    waves = "The next waves are asked like that too." if next_waves else ""
    more = [context(waves)] if waves else []
    return modal(TITLE, [section(text), *more], close="Done")


def _initiative(initiatives: Sequence[Initiative], chosen: str) -> Block:
    options = {NO_INITIATIVE: option("None, the channel alone", NO_INITIATIVE)}
    options |= {str(each.id): option(each.name, str(each.id)) for each in initiatives[:99]}
    initial = options.get(chosen or NO_INITIATIVE, options[NO_INITIATIVE])
    return select_input("initiative", "About", list(options.values()), initial=initial)
