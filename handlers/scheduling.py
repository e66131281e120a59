"""`/progress schedule`, `list`, `pause`, `resume`, `remove` and `test`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from bot.blocks.answers import said
from bot.blocks.digests import digest_test
from bot.blocks.progress import test_message
from bot.blocks.schedules import (
    TITLE,
    answer_view,
    private_warning,
    schedule_changed,
    schedule_form,
    scheduled_message,
    schedules_list,
)
from bot.blocks.views import loading_view
from bot.domain.commands import parse
from bot.domain.days_off import OnDaysOff
from bot.domain.entities import ChannelRef, quote, read_line, tokenize
from bot.domain.formatting import format as format_request
from bot.domain.message import Message, View
from bot.domain.post_schedule import PostOnly, ScheduleScope
from bot.domain.requests import (
    ChangeSchedule,
    ListSchedules,
    OpenScheduleForm,
    PreviewProgress,
    ScheduleChange,
    ScheduleProgress,
    TestSchedule,
)
from bot.domain.rhythms import parse_every
from bot.domain.zones import parse_zone
from bot.errors import DeliveryError, LoopmarkError, UserError
from bot.services.drafts import keep_typed, typed_draft
from bot.services.finding import find_initiative
from bot.services.schedules import (
    ScheduleView,
    change_schedule,
    digest_now,
    left_out_here,
    list_schedules,
    posts_now,
)
from bot.services.scheduling import Confirmation, create_schedule, schedulable
from handlers.context import Click, Form, Incoming, Redrawn, ShowView
from handlers.forms import open_form
from handlers.progress import AT_ONCE, answer_each, show_preview


async def schedule(request: ScheduleProgress, at: Incoming) -> Message:
    """`/progress schedule every Mon 09:00 …`: stored, or a warning to confirm first."""
    return await _answer(at, await create_schedule(at.deps, at.actor, request))


async def press_confirm(click: Click, at: Incoming) -> Redrawn | None:
    """[Schedule it anyway] under the warning that a private initiative would be seen elsewhere."""
    draft_id, _, ids = click.value.partition(":")
    draft = await typed_draft(at.deps, at.actor, draft_id)
    request = parse(draft.command, draft.text)
    assert isinstance(request, ScheduleProgress)
    actor = replace(at.actor, channel_id=draft.channel_id)
    picked = [int(each) for each in ids.split(",")]
    outcome = await create_schedule(at.deps, actor, request, initiative_ids=picked, confirmed=True)
    message = await _answer(at, outcome, in_modal=click.view_id is not None)
    if click.view_id is None:
        return Redrawn(message)
    await _show(click.view_id, message, at)
    return None


async def _answer(at: Incoming, outcome: ScheduleView | Confirmation, *, in_modal: bool = False) -> Message:
    if isinstance(outcome, ScheduleView):
        return scheduled_message(outcome.schedule, outcome.initiatives, at.deps.now(), in_modal=in_modal)
    draft_id = await keep_typed(at.deps, at.actor, "progress", format_request(outcome.request))
    ids = ",".join(str(each) for each in outcome.initiative_ids)
    return private_warning(outcome.private, outcome.channel.channel_id, f"{draft_id}:{ids}")


async def show_list(request: ListSchedules, at: Incoming, page: int = 0) -> Message:
    """`/progress list`: this channel's schedules with their numbers and next runs."""
    del request
    views = await at.deps.database.read(list_schedules, at.actor)
    now = at.deps.now()
    left_out = await at.deps.database.read(left_out_here, at.actor, now)
    listed = [(view.schedule, view.initiatives, view.hidden) for view in views]
    return schedules_list(listed, now, page=page, left_out=left_out)


async def press_more_schedules(click: Click, at: Incoming) -> Message:
    """[Next 12] under a list of schedules."""
    return await show_list(ListSchedules(), at, int(click.value))


async def change(request: ChangeSchedule, at: Incoming) -> Message:
    """`/progress pause|resume|remove [#3]`."""
    view = await change_schedule(at.deps, at.actor, request.to, request.number)
    return schedule_changed(view.schedule, request.to, at.deps.now())


async def press_change(click: Click, at: Incoming) -> Message:
    """[Pause], [Resume] or [Remove] beside a schedule."""
    to, _, schedule_id = click.value.partition(":")
    return await change(ChangeSchedule(ScheduleChange(to)), _chosen(at, schedule_id))


async def try_out(request: TestSchedule, at: Incoming, offset: int = 0) -> Message:
    """`/progress test [#3]`: what the schedule would post now, for this person only."""
    now = at.deps.now()
    view, posts = await at.deps.database.read(posts_now, at.actor, request.number, now)
    number, channel_id = view.schedule.number, view.schedule.channel_id
    if posts and view.schedule.is_digest:
        digest = await at.deps.database.read(digest_now, view, now)
        return digest_test(digest, number=number, channel_id=channel_id)
    if not posts:
        return said(f"#{number} would post nothing now: no initiative of it that you can see is open.")
    messages = [
        test_message(post, number=number, channel_id=channel_id) for post in posts[offset : offset + AT_ONCE]
    ]
    left, value = len(posts) - offset - AT_ONCE, f"{view.schedule.id}:{offset + AT_ONCE}"
    return await answer_each(at, messages, left=left, value=value)


async def press_test(click: Click, at: Incoming) -> Message:
    """[Test] beside a schedule."""
    return await try_out(TestSchedule(), _chosen(at, click.value))


async def press_more_previews(click: Click, at: Incoming) -> Message:
    """[Next] under the previews of several initiatives, or under a schedule's test."""
    what, _, offset = click.value.partition(":")
    if what == "preview":
        return await show_preview(PreviewProgress(), at, int(offset))
    return await try_out(TestSchedule(), _chosen(at, what), int(offset))


def _chosen(at: Incoming, schedule_id: str) -> Incoming:
    return replace(at, actor=replace(at.actor, chosen=(("schedule", int(schedule_id)),)))


async def open_schedule_form(request: OpenScheduleForm, at: Incoming) -> None:
    """`/progress schedule`: the form."""
    del request
    await open_form(at, TITLE, lambda: _form(at, {}))


async def press_schedule(click: Click, at: Incoming) -> None:
    """[Schedule progress posts]: the form."""
    del click
    await open_form(at, TITLE, lambda: _form(at, {}))


async def typed_form(at: Incoming, text: str) -> View:
    """Return the form filled in with what could be read of a typed line."""
    filled, names = read_typed(text)

    def find(session: Session) -> str:
        found = []
        for name in names:
            try:
                found.append(str(find_initiative(session, at.actor, name).id))
            except UserError:
                continue  # the menu shows which ones there are
        return ",".join(found)

    return await _form(at, {**filled, "initiatives": await at.deps.database.read(find)})


def read_typed(text: str) -> tuple[dict[str, str], list[str]]:
    """Return what can be read of a typed line: fields of the form, and the names after `for`.

    Args:
        text: What followed `/progress`, as Slack sent it.
    """
    line = read_line(text)
    filled: dict[str, str] = {}
    every: list[str] = []
    names: list[str] = []
    clause = "every"
    for token in tokenize(line)[1:]:
        if token.key == "for":
            rest = tokenize(line, token.end)
            quoted = [each.text for each in rest if each.quoted]
            if len(rest) == 1 and not quoted and rest[0].key in ("all", "mine"):
                filled["scope"] = rest[0].key
                break
            names = quoted or [line.show_inline(token.end)]
            break
        if token.key in {"in", "zone", "every", "only", "skipping", "moving"}:
            clause = token.key
            if clause in {"skipping", "moving"}:
                filled["on_days_off"] = OnDaysOff.MOVE if clause == "moving" else OnDaysOff.SKIP
        elif isinstance(token.entity, ChannelRef):
            filled["channel"] = token.entity.id
        elif clause == "every":
            every.append(quote(token.text) if token.quoted else token.text)
        elif clause == "zone":
            filled["zone"] = token.text
        elif clause == "only" and token.key in {"changed", "status"}:
            filled.setdefault("only", PostOnly.CHANGED if token.key == "changed" else PostOnly.STATUS)
    if every:
        text_of_every = " ".join(every)
        filled["every"] = text_of_every if every[0] == "cron" else f"every {text_of_every}"
    return filled, [name for name in names if name]


async def submit_form(form: Form, at: Incoming) -> ShowView:
    """The form, sent: what is wrong with it is said at once; the channel is asked about afterwards."""
    request = ScheduleProgress(
        cadence=parse_every(form.values["every"]),
        channel=ChannelRef(form.values["channel"]) if form.values.get("channel") else None,
        zone=parse_zone(form.values["zone"]) if form.values.get("zone", "").strip() else None,
        only=PostOnly(form.values.get("only") or PostOnly.ALWAYS),
        scope=ScheduleScope(form.values.get("scope") or ScheduleScope.NAMED),
        on_days_off=OnDaysOff(form.values.get("on_days_off") or OnDaysOff.SKIP),
    )
    if request.channel is None:
        raise UserError("Choose the channel to post in.", field="channel")
    await at.deps.database.read(schedulable, at.actor)  # learns the person's zone while an error can be shown
    if request.scope is not ScheduleScope.NAMED and form.values.get("initiatives"):
        raise UserError(
            "Choose initiatives or a digest of all of them, not both: leave Initiatives empty.",
            field="initiatives",
        )
    picked = [int(each) for each in form.values.get("initiatives", "").split(",") if each]
    at.deps.tasks.spawn(_create_from_form(form, request, picked, at), name="schedule from form")
    return ShowView(loading_view(TITLE, "Saving …"))


async def _create_from_form(
    form: Form, request: ScheduleProgress, picked: Sequence[int], at: Incoming
) -> None:
    try:
        outcome = await create_schedule(at.deps, at.actor, request, initiative_ids=picked)
    except LoopmarkError as error:
        view = await _form(at, dict(form.values), problem=str(error))
        await _show_view(form.view_id, view, at, said(str(error)))
    else:
        await _show(form.view_id, await _answer(at, outcome, in_modal=True), at)


async def _show(view_id: str, message: Message, at: Incoming) -> None:
    await _show_view(view_id, answer_view(message, at.actor.channel_id), at, message)


async def _show_view(view_id: str, view: View, at: Incoming, message: Message) -> None:
    """Show a view in the open modal; was it closed meanwhile, the message comes as a direct message."""
    try:
        await at.deps.slack.update_view(view_id, view)
    except DeliveryError as error:
        if error.error != "not_found":
            raise
        await at.deps.slack.post(at.actor.user_id, message)


async def _form(at: Incoming, filled: dict[str, str], *, problem: str = "") -> View:
    zone, initiatives = await at.deps.database.read(schedulable, at.actor)
    return schedule_form(
        initiatives, zone=zone, channel_id=at.actor.channel_id, filled=filled, problem=problem
    )
