"""Progress posts: one message for each initiative, within Slack's limits and with nothing lost to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks.charts import line_chart, sparkline
from bot.blocks.checkins import confidence_rows
from bot.blocks.goalposts import SIGN, goalpost_rows
from bot.blocks.lines import line_summary, line_text
from bot.blocks.loop import loop_row
from bot.blocks.mrkdwn import channel, escape, shorten
from bot.blocks.parts import actions, button, confirm, context, option, overflow, section
from bot.blocks.ships import SIGN as SHIP_SIGN
from bot.blocks.ships import ship_rows
from bot.domain.criterion import CriterionState, Status
from bot.domain.durations import ago
from bot.domain.initiative import Initiative
from bot.domain.loop import say_deadline
from bot.domain.message import Block, Message
from bot.domain.post import PostLine, ProgressPost, StatusChange
from bot.domain.standing import headline, mark, week_of, word
from bot.domain.wallclock import day_at

LINES = 20
"""Criteria in one message; the others follow in its thread."""

PAGE = 12
"""Criteria on one page of a private answer."""

ROOM = 9_000
"""Characters all lines of one message may have together; Slack refuses about 12,000 in all."""

LINE_LIMIT = 2_000
CHARTS = 2
TEXT_LIMIT = 3_900


@dataclass(frozen=True, slots=True)
class Laid:
    """A progress post laid out.

    Attributes:
        message: What is posted.
        left: Row ids of the criteria that did not fit, in order.
    """

    message: Message
    left: tuple[int, ...] = ()


def progress_message(post: ProgressPost) -> Laid:
    """Return the progress post of an initiative, and which criteria are left for its thread."""
    fit = _fitting(post.lines, LINES)
    buttons = _post_buttons(post.initiative) if post.lines else []
    notes = [f"late by {ago(post.late_by)}"] if post.late_by else []
    notes += [escape(post.missed)] if post.missed else []
    left = len(post.lines) - fit
    if left:
        notes.insert(0, f"and {left} more, in the thread")
    return Laid(
        message=_message(post, post.lines[:fit], notes, buttons),
        left=tuple(each.line.criterion_id for each in post.lines[fit:]),
    )


def more_message(post: ProgressPost) -> Laid:
    """Return what did not fit into a progress post, for its thread, and which criteria are left even so."""
    fit = _fitting(post.lines, LINES)
    left = len(post.lines) - fit
    notes = [f"and {left} more, in the next message"] if left else []
    blocks = [*_line_blocks(post.lines[:fit]), *([context(*notes)] if notes else [])]
    summary = [line_summary(each.line) for each in post.lines[:fit]]
    text = shorten("\n".join([f"{escape(post.initiative.name)}, continued", *summary, *notes]), TEXT_LIMIT)
    return Laid(
        Message(text=text, blocks=tuple(blocks)), tuple(e.line.criterion_id for e in post.lines[fit:])
    )


def preview_message(post: ProgressPost, *, press: str, channel_id: str) -> Message:
    """Return what `/progress` shows one person: the post as it would be, with [Post here].

    Args:
        post: The post.
        press: Stands for this preview in the button, so that pressing twice posts once.
        channel_id: Where the person is; a private initiative is posted elsewhere only after a warning.
    """
    initiative = post.initiative
    elsewhere = initiative.private and initiative.channel_id != channel_id
    warning = confirm(
        "Show it here?",
        f"“{initiative.name}” lives in a private channel. Everyone in this channel will see the post.",
        "Post here",
    )
    post_here = button(
        "Post here",
        "post_here",
        f"{initiative.id}:{press}",
        style="primary",
        confirm=warning if elsewhere else None,
        label=f"Post {initiative.name} here",
    )
    return _private(post, "Preview, seen only by you. Nothing is posted yet.", [post_here])


def test_message(post: ProgressPost, *, number: int, channel_id: str) -> Message:
    """Return what `/progress test` shows one person: what a schedule would post now."""
    return _private(
        post, f"Test of #{number}, seen only by you: what it would post in {channel(channel_id)} now.", []
    )


def look_message(post: ProgressPost) -> Message:
    """Return an initiative's post as one person sees it who chose it under a digest."""
    return _private(post, "Seen only by you.", [])


# pytest would take the function for a test by its name.
test_message.__test__ = False  # type: ignore[attr-defined]  # functions take attributes


def lines_page(post: ProgressPost, offset: int) -> Message:
    """Return a private page of an initiative's lines, from one of them on."""
    fit = _fitting(post.lines[offset:], PAGE)
    shown = post.lines[offset : offset + fit]
    if not shown:
        return Message(text="That is all.", blocks=(section("That is all."),))
    buttons = _next_button(post, offset + fit)
    blocks = [*_line_blocks(shown), *([actions(*buttons)] if buttons else [])]
    text = "\n".join([escape(post.initiative.name), *(line_summary(each.line) for each in shown)])
    return Message(text=shorten(text, TEXT_LIMIT), blocks=tuple(blocks))


def more_initiatives(left: int, value: str) -> Message:
    """Return the last of several private messages: how many initiatives are left, and [Next 4].

    Args:
        left: How many are not shown yet.
        value: Of the button; names what is shown and where to go on.
    """
    text = f"and {left} more initiatives" if left > 1 else "and 1 more initiative"
    return Message(text=text, blocks=(section(text), actions(button("Next", "more_previews", value))))


def posted_here(channel_id: str, *, added: bool) -> Message:
    """Return the answer to [Post here]."""
    text = (
        f"On its way to {channel(channel_id)}."
        if added
        else "This preview was posted already. Type `/progress` for a new one."
    )
    return Message(text=text, blocks=(section(text),))


def status_reply(change: StatusChange, *, starts_thread: bool) -> Message:
    """Return the reply that tells of a status change.

    Args:
        change: What changed.
        starts_thread: True when there is no post to reply to, so that the message has to name the initiative.
    """
    words = f"{escape(word(change.before, change.kind))} → *{escape(word(change.after, change.kind))}*"
    # Recovery says how long it took; before that nobody can know.
    lasted = f" after {ago(change.lasted)}" if change.is_recovery and change.lasted is not None else ""
    line = (
        f"{mark(change.after)} *{escape(change.name)}*: {words}{lasted}. {escape(_sentence(change.sentence))}"
    )
    if starts_thread:
        line = f"*{escape(change.initiative.name)}*\n{line}"
    return Message(text=shorten(line, TEXT_LIMIT), blocks=(section(shorten(line, 3_000)),))


def post_line(each: PostLine) -> str:
    """Return a criterion's line in a post as mrkdwn: the same as in lists, with the course of its readings.

    While its source is broken or its value too old, the sentence says since when, why, and the last value.
    """
    line = each.line
    spoiled = line.standing.status in (Status.SOURCE_BROKEN, Status.STALE)
    if spoiled and line.standing.state is not CriterionState.PAUSED:
        text = f"{line.mark} *{escape(line.name)}*  {escape(line.sentence)}"
    else:
        text = line_text(line)
    if each.change:
        text = f"{text} · {escape(each.change)}"
    course = sparkline(each.readings)
    moved = "".join(f"\n{SIGN} {row}" for row in goalpost_rows(each.moved))
    return shorten(f"{text}   {course}{moved}" if course else f"{text}{moved}", LINE_LIMIT)


def loop_rows(post: ProgressPost) -> list[str]:
    """Return the loop line of a post as mrkdwn, or nothing when nothing was shipped and nothing is to be decided."""
    zone = post.initiative.zone
    if post.loop is not None:
        return [loop_row(post.loop, post.now, zone, post.decide_by)]
    return (
        [f"Loop: nothing shipped yet · {say_deadline(post.decide_by, post.now, zone)}"]
        if post.decide_by
        else []
    )


def _message(
    post: ProgressPost, shown: Sequence[PostLine], notes: Sequence[str], buttons: Sequence[Block]
) -> Message:
    initiative = post.initiative
    today = day_at(post.now, initiative.zone)
    sign = f"{mark(post.standing.status)} " if post.standing else ""
    facts = f"{week_of(initiative, today)} · {sign}*{escape(headline(post.standing))}*"
    above = [section(f"*{escape(initiative.name)}* · {facts}"), *_line_blocks(shown)]
    if not shown:
        above.append(context("No criteria yet: say what success means as a number with `/criteria add`."))
    confidence = confidence_rows(post.confidence)
    shipped = [f"{SHIP_SIGN} {row}" for row in ship_rows(post.ships, post.now, initiative.zone)]
    loop = loop_rows(post)
    below = [context(*rows) for rows in (shipped, confidence, notes, loop) if rows]
    if buttons:
        below.append(actions(*buttons))
    charts = [chart for each in shown if (chart := line_chart(each, initiative.zone))][:CHARTS]
    plain_facts = f"{week_of(initiative, today)}, {headline(post.standing)}"
    summary = [
        f"{escape(initiative.name)}, {escape(plain_facts)}",
        *(_summary(each) for each in shown),
        *shipped,
        *confidence,
        *notes,
        *loop,
    ]
    return Message(
        text=shorten("\n".join(summary), TEXT_LIMIT),
        blocks=(*above, *charts, *below),
        fallback=(*above, *below) if charts else None,
    )


def _private(post: ProgressPost, heading: str, buttons: Sequence[Block]) -> Message:
    laid = progress_message(post)
    fit = len(post.lines) - len(laid.left)
    every = [*buttons, *([_why_button(post.initiative)] if post.lines else []), *_next_button(post, fit)]
    notes = [heading]
    if laid.left:
        notes.append(f"and {len(laid.left)} more, which go to its thread")
    return _message(post, post.lines[:fit], notes, every)


def _summary(each: PostLine) -> str:
    change = [escape(each.change)] if each.change else []
    return "; ".join([line_summary(each.line), *change, *goalpost_rows(each.moved)])


def _line_blocks(lines: Sequence[PostLine]) -> list[Block]:
    return [section(post_line(each), block_id=f"criterion:{each.line.criterion_id}") for each in lines]


def _fitting(lines: Sequence[PostLine], most: int) -> int:
    """Return how many of the first lines fit into one message; at least one of them."""
    room = ROOM
    for count, each in enumerate(lines[:most]):
        room -= len(post_line(each))
        if room < 0:
            return max(count, 1)
    return min(len(lines), most)


def _post_buttons(initiative: Initiative) -> list[Block]:
    which = str(initiative.id)
    return [
        button("Check in", "check_in", f"initiative:{which}", label=f"Check in on {initiative.name}"),
        button("Give feedback", "give_feedback", which, label=f"Give feedback on {initiative.name}"),
        _why_button(initiative),
        overflow(
            "post_menu",
            [
                option("Snooze a week", f"snooze:{which}"),
                option("Edit a criterion", f"edit:{which}"),
                option("Export where it stands", f"progress:{which}"),
                option("Export all readings", f"readings:{which}"),
            ],
        ),
    ]


def _why_button(initiative: Initiative) -> Block:
    return button("Why?", "why", f"{initiative.id}:0", label=f"Why {initiative.name} stands where it does")


def _next_button(post: ProgressPost, offset: int) -> list[Block]:
    left = len(post.lines) - offset
    if left <= 0:
        return []
    return [button(f"Next {min(left, PAGE)}", "more_progress", f"{post.initiative.id}:{offset}")]


def _sentence(text: str) -> str:
    """Return a clause as a sentence: with a capital where it starts with a word, and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
