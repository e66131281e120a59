"""The Home tab: what waits for a person, their criteria, their schedules, and how to begin."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.decisions import SIGN
from bot.blocks.follow_ups import follow_up_menu, follow_up_words, initiative_words
from bot.blocks.inviting import answer_button
from bot.blocks.lines import line_text
from bot.blocks.mrkdwn import channel, code, escape, person, shorten
from bot.blocks.parts import actions, button, context, divider, header, section
from bot.blocks.phrases import closing, plural, strong
from bot.domain.follow_up import FollowUpView
from bot.domain.home import Home, HomeDecision, HomeLine, HomeNotes
from bot.domain.loop import say_deadline
from bot.domain.message import Block, View
from bot.domain.post_schedule import PostOnly, Schedule, ScheduleScope
from bot.domain.prompt import Prompt
from bot.domain.wallclock import show_moment

WAITING = 10
DECISIONS = 5
FOLLOW_UPS = 5
VERDICTS = 5
PROMPTS = 5
NOTES = 3
CRITERIA = 25
SCHEDULES = 10
LINE_LIMIT = 2_000


def home_view(home: Home) -> View:
    """Return a person's Home tab; Slack takes 100 blocks, and this makes 90 at most."""
    is_begun = home.initiatives and home.all_criteria and home.schedules
    blocks = [] if is_begun else _begin(home)
    if not home.is_empty:
        blocks += [*([] if is_begun else [divider()]), *_own(home)]
    seen = f"As of {show_moment(home.now, home.now, home.zone)} ({home.zone})"
    return {"type": "home", "blocks": [*blocks, context(seen)]}


def _begin(home: Home) -> list[Block]:
    """Return how to begin, in three steps, each ticked off once somebody has done it; they go when all are."""
    steps = (
        (
            "Start an initiative",
            "A piece of work with one outcome, an owner and a channel where it lives.",
            "new_initiative",
            home.initiatives,
        ),
        (
            "Say what success means",
            "A number that can be read, and what it has to reach by when.",
            "add_criterion",
            home.all_criteria,
        ),
        (
            "Have progress posted",
            "Where the team or its leads read it, when they have ten seconds for it.",
            "schedule_progress",
            len(home.schedules),
        ),
    )
    blocks = [header("Begin in three steps")]
    first_open = next(place for place, step in enumerate(steps) if not step[-1])
    for place, (title, text, action, done) in enumerate(steps):
        mark = "✅" if done else f"{place + 1}."
        style = "primary" if place == first_open else None
        # A step that needs the one before has no button yet: its form would have nothing to choose from.
        shown = None if place > first_open else button(title, action, style=style)
        said = "done" if done else text
        blocks.append(section(f"{mark} *{title}*\n{said}", accessory=shown))
    blocks.append(context(f"{code('/loop help')} lists everything that can be typed."))
    return blocks


def _own(home: Home) -> list[Block]:
    blocks: list[Block] = []
    if home.waits:
        blocks.append(header("Waiting for you"))
        blocks += [_decision(each, home) for each in home.decisions[:DECISIONS]]
        blocks += _more(len(home.decisions) - DECISIONS, "/initiative list")
        blocks += [_follow_up(each, home) for each in home.follow_ups[:FOLLOW_UPS]]
        blocks += _more(len(home.follow_ups) - FOLLOW_UPS, "/loop follow-ups mine")
        blocks += [_verdict(each) for each in home.verdicts[:VERDICTS]]
        blocks += _more(len(home.verdicts) - VERDICTS, "/criteria list mine")
        blocks += _lines(home.waiting[:WAITING], "A value is due.")
        blocks += _more(len(home.waiting) - WAITING, "/criteria list mine")
        blocks += [_prompt(each) for each in home.prompts[:PROMPTS]]
        blocks += _more(len(home.prompts) - PROMPTS, "/feedback list")
        blocks += [_notes(each) for each in home.notes[:NOTES]]
        blocks += _more(len(home.notes) - NOTES, "/feedback notes new")
        blocks.append(divider())
    if home.criteria:
        blocks += [header("Your criteria"), *_lines(home.criteria[:CRITERIA])]
        blocks += _more(len(home.criteria) - CRITERIA, "/criteria list mine")
        blocks.append(divider())
    if home.schedules:
        rows = [_schedule(each, home) for each in home.schedules[:SCHEDULES]]
        blocks += [header("Your schedules"), *(section(row) for row in rows)]
        blocks += _more(len(home.schedules) - SCHEDULES, "/progress list")
        blocks.append(divider())
    blocks.append(
        actions(
            button("Add a criterion", "add_criterion"),
            button("Schedule progress", "schedule_progress"),
            button("New initiative", "new_initiative"),
        )
    )
    return blocks


def _decision(each: HomeDecision, home: Home) -> Block:
    press = button(
        "Decide", "open_decide", str(each.initiative_id), label=f"Decide on {each.initiative_name}"
    )
    words = say_deadline(each.decide_by, home.now, each.zone)
    return section(f"{SIGN} *{escape(each.initiative_name)}*: {words}", accessory=press)


def _follow_up(each: FollowUpView, home: Home) -> Block:
    text = f"{follow_up_words(each, home.now)}\n      _{initiative_words(each)}_"
    return section(shorten(text, LINE_LIMIT), accessory=follow_up_menu(each.follow_up))


def _verdict(each: HomeLine) -> Block:
    return _line(
        replace(each, by_hand=True), "It is over its due date without a verdict. What was its value then?"
    )


def _prompt(prompt: Prompt) -> Block:
    asked = f"asked by {person(prompt.asked_by)} in {channel(prompt.channel_id)}"
    facts = " · ".join(
        each for each in (asked, "anonymous" if prompt.anonymous else "", closing(prompt)) if each
    )
    # Of an anonymous prompt this says nothing of whether the reader answered: it stands here until it closes.
    lead = "If you have not answered yet: " if prompt.anonymous else ""
    return section(
        shorten(f"💬 {lead}{strong(shorten(prompt.question, 300))}\n      {facts}", LINE_LIMIT),
        accessory=answer_button(prompt),
    )


def _notes(each: HomeNotes) -> Block:
    see = button(
        "See them", "new_notes", str(each.initiative_id), label=f"See new notes on {each.initiative_name}"
    )
    what = f"{each.count} new {plural(each.count, 'note')}"
    return section(f"📝 *{escape(each.initiative_name)}*: {what}", accessory=see)


def _lines(lines: tuple[HomeLine, ...], why: str = "") -> list[Block]:
    return [_line(each, why) for each in lines]


def _line(each: HomeLine, why: str) -> Block:
    line = each.line
    if each.by_hand:
        press = button(
            "Set a value", "set_value", str(line.criterion_id), label=f"Set a value of {line.name}"
        )
    else:
        press = button(
            "Check in", "check_in", f"criterion:{line.criterion_id}", label=f"Check in on {line.name}"
        )
    about = f"_{escape(each.initiative_name)}_" + (f" · {why}" if why else "")
    return section(shorten(f"{line_text(line)}\n      {about}", LINE_LIMIT), accessory=press)


def _schedule(schedule: Schedule, home: Home) -> str:
    what = {ScheduleScope.ALL: "a digest of all, ", ScheduleScope.MINE: "a digest of yours, "}.get(
        schedule.scope, ""
    )
    only = "" if schedule.only is PostOnly.ALWAYS else f", only if {schedule.only}"
    name = (
        f"*#{schedule.number}* {what}{escape(schedule.cadence_text)} in {channel(schedule.channel_id)}{only}"
    )
    if schedule.due_at is None:
        because = f": {escape(schedule.paused_because)}" if schedule.paused_because else ""
        return shorten(f"{name}\npaused{because}", LINE_LIMIT)
    return f"{name}\nnext {show_moment(schedule.due_at, home.now, home.zone)}"


def _more(left: int, command: str) -> list[Block]:
    return [context(f"and {left} more: type {code(command)}")] if left > 0 else []
