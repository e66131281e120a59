"""Examples of what `/progress` shows, of progress posts, and of what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial

from bot.blocks import (
    away,
    checkin_reminders,
    days_off,
    digests,
    goalposts,
    home,
    leaving,
    maintenance,
    notices,
    nudges,
    outages,
    progress,
    quiet,
    refused,
    schedules,
    snoozing,
    strikes,
    why,
)
from bot.domain.criterion import Kind, Status
from bot.domain.days_off import Calendar, CalendarLink, DaysOff, OnDaysOff
from bot.domain.digest import Digest, DigestEntry
from bot.domain.forecast import Forecast, Trend
from bot.domain.goalpost import MovedGoalposts, tell_goalposts
from bot.domain.home import Home, HomeDecision, HomeLine, HomeNotes
from bot.domain.maintenance import Maintenance
from bot.domain.message import Message, View
from bot.domain.nudge import Nudge
from bot.domain.outage import Outage
from bot.domain.post import StatusChange
from bot.domain.post_schedule import PostOnly, ScheduleScope, ScheduleState
from bot.domain.prompt import PromptKind
from bot.domain.quiet import QuietHours
from bot.domain.reading import Reading
from bot.domain.requests import ScheduleChange
from bot.domain.strike import ToldStrike
from bot.examples.world import World

Named = Iterator[tuple[str, Message | View]]

BECAUSE = "Loopmark is not in that channel: type `/invite @Loopmark` there"


def examples(world: World) -> Named:
    """Yield the builder's name and what it makes."""
    yield from _posts(world)
    yield from _homes(world)
    yield from _digests(world)
    yield from _schedules(world)
    yield from _outages(world)
    yield from _notices(world)


def posted(world: World) -> Mapping[str, Message]:
    """Return what is posted, by what people call it."""
    line = world.post_lines[3].line
    return {
        "progress post": progress.progress_message(world.post).message,
        "status reply": progress.status_reply(_change(world), starts_thread=False),
        "outage": outages.outage_message(
            Outage("HTTP 401 from grafana.example.com", (_change(world), _change(world))), starts_thread=True
        ),
        "reply about moved goalposts": goalposts.goalposts_reply(
            _moved(world), world.now, starts_thread=False
        ),
        "reply about a struck reading": strikes.strike_reply(_strike(world), world.now, starts_thread=False),
        "digest": digests.digest_message(_digest(world, 4), number=3).message,
        "details of a digest": digests.digest_details(_digest(world, 4)).message,
        "the rest of a long post": progress.more_message(world.post_of(world.post_lines[2:])).message,
        "status reply without a post": progress.status_reply(_change(world), starts_thread=True),
        "question for a value": notices.verdict_asked(world.initiative, line),
        "reminder of a value": notices.value_due(world.initiative, line, timedelta(days=7)),
        "notice of a paused schedule": refused.schedule_paused(world.schedule, BECAUSE, refused=True),
        "question about a lost answer": notices.held_message("a progress post", world.channel_id, 0),
        "question who takes over": leaving.owner_left(world.initiative, world.user_id),
        "notice of what was handed over": leaving.handed_over(
            world.user_id, None, ["p95 <latency>"], [world.schedule]
        ),
        "notice of a refused post": notices.not_posted("a progress post", world.channel_id, BECAUSE),
    }


def _change(world: World) -> StatusChange:
    return StatusChange(
        initiative=world.initiative,
        name="p95 latency",
        kind=Kind.GUARDRAIL,
        before=Status.MET,
        after=Status.MISSED,
        sentence=world.post_lines[0].line.sentence,
    )


def _moved(world: World) -> MovedGoalposts:
    return MovedGoalposts(world.initiative, "p95 <latency>", "ms", world.goalposts[:2])


def _strike(world: World) -> ToldStrike:
    reading = Reading(world.now - timedelta(hours=3), Decimal(4120))
    return ToldStrike(world.initiative, "p95 <latency>", "ms", reading, world.user_id, "the <probe> broke")


def _homes(world: World) -> Named:
    lines = [HomeLine(each.line, world.initiative.name, by_hand=False) for each in world.long_post.lines]
    asked = world.post_lines[3].line
    nothing = Home((), (), (), 0, 0, world.now, "Europe/Berlin")
    paused = replace(
        world.schedule,
        number=4,
        due_at=None,
        only=PostOnly.CHANGED,
        paused_because="the channel is <archived>",
    )
    own = replace(
        nothing,
        waiting=(HomeLine(asked, world.initiative.name, by_hand=True),),
        criteria=tuple(lines[:3]),
        schedules=(world.schedule, paused),
    )
    yield "home.home_view", home.home_view(own)
    yield "home.home_view/empty", home.home_view(nothing)
    yield "home.home_view/two steps done", home.home_view(replace(nothing, initiatives=1, all_criteria=3))
    named = world.prompt(PromptKind.SCALE)
    prompts = (named, world.prompt(PromptKind.TEXT, anonymous=True))
    notes = tuple(HomeNotes(number, f"Initiative {number} <new>", number) for number in (1, 2))
    waits = replace(own, waiting=(), verdicts=tuple(lines[3:5]), prompts=prompts, notes=notes)
    yield "home.home_view/what waits", home.home_view(waits)
    many = (paused,) * 30
    full = replace(own, waiting=own.waiting * 30, criteria=tuple(lines) * 2, schedules=many)
    due = tuple(HomeDecision(1, "Checkout rewrite", world.now.date(), "UTC") for _ in range(9))
    full = replace(full, follow_ups=(world.follow_up(),) * 9)
    full = replace(full, decisions=due, verdicts=waits.verdicts * 9, prompts=prompts * 9, notes=notes * 9)
    yield "home.home_view/full", home.home_view(full)


def _digest(world: World, count: int, *, since: bool = True) -> Digest:
    changes = (_change(world), replace(_change(world), after=Status.MET)) if since else ()
    entries = [DigestEntry(world.post, changes), DigestEntry(world.long_post), DigestEntry(world.post_of(()))]
    entries += [DigestEntry(world.post_of(world.post_lines[2:3]), changes)] * (count - 3)
    moment = world.now - timedelta(days=7) if since else None
    return Digest(tuple(entries), moment, world.now, timedelta(hours=2))


def _digests(world: World) -> Named:
    laid = digests.digest_message(_digest(world, 4), number=3)
    yield "digests.digest_message", laid.message
    assert laid.message.fallback is not None
    yield "digests.digest_message/without table", replace(laid.message, blocks=laid.message.fallback)
    good = Digest((DigestEntry(world.post_of(world.post_lines[2:3])),), None, world.now)
    yield "digests.digest_message/good", digests.digest_message(good, number=3).message
    yield "digests.digest_message/many", digests.digest_message(_digest(world, 140), number=3).message
    test = digests.digest_test(_digest(world, 3, since=False), number=3, channel_id=world.channel_id)
    yield "digests.digest_test", test
    yield "digests.digest_details", digests.digest_details(_digest(world, 4)).message
    yield "digests.digest_details/many", digests.digest_details(_digest(world, 140)).message
    yield "progress.look_message", progress.look_message(world.post)


def _posts(world: World) -> Named:
    post, long_post = world.post, world.long_post
    laid = progress.progress_message(post)
    yield "progress.progress_message", laid.message
    if laid.message.fallback is not None:
        yield "progress.progress_message/without charts", replace(laid.message, blocks=laid.message.fallback)
    words = tell_goalposts(world.goalposts, world.now, "Europe/Berlin")
    first, *rest = post.lines
    moved = replace(post, lines=(replace(first, goalposts=world.goalposts, moved=words), *rest))
    yield "progress.progress_message/moved goalposts", progress.progress_message(moved).message
    felt = replace(post, lines=(replace(first, change="+40 ms since the last post"), *rest))
    felt = replace(felt, confidence=world.confidence)
    yield "progress.progress_message/confidence", progress.progress_message(felt).message
    yield "progress.progress_message/long", progress.progress_message(long_post).message
    yield "progress.progress_message/no criteria", progress.progress_message(world.post_of(())).message
    yield "progress.more_message", progress.more_message(long_post).message
    preview = progress.preview_message(post, press="0f3a9c", channel_id=world.channel_id)
    yield "progress.preview_message", preview
    private = replace(post, initiative=replace(post.initiative, private=True))
    elsewhere = progress.preview_message(private, press="0f3a9c", channel_id="C0LEADS")
    yield "progress.preview_message/private elsewhere", elsewhere
    yield (
        "progress.test_message",
        progress.test_message(long_post, number=3, channel_id=world.channel_id),
    )
    yield "progress.lines_page", progress.lines_page(long_post, 12)
    yield "progress.lines_page/past the end", progress.lines_page(post, 99)
    yield "progress.more_initiatives", progress.more_initiatives(3, "here:4")
    for added in (True, False):
        yield f"progress.posted_here/{added}", progress.posted_here(world.channel_id, added=added)
        reply = progress.status_reply(_change(world), starts_thread=added)
        yield f"progress.status_reply/{added}", reply
        edited = goalposts.goalposts_reply(_moved(world), world.now, starts_thread=added)
        yield f"goalposts.goalposts_reply/{added}", edited
        told = replace(_strike(world), reason="" if added else "the <probe> broke")
        struck = strikes.strike_reply(told, world.now, starts_thread=added)
        yield f"strikes.strike_reply/{'restored' if added else 'struck'}", struck
    recovered = replace(_change(world), before=Status.MISSED, after=Status.MET, lasted=timedelta(hours=9))
    yield "progress.status_reply/recovered", progress.status_reply(recovered, starts_thread=False)
    explained = [(criterion, line, "1h") for criterion, line in world.explained]
    for variant, rows in (("", explained), ("/long", explained * 3), ("/no criteria", [])):
        message = why.why_message(world.initiative, rows, offset=0, now=world.now, zone="Europe/Berlin")
        yield f"why.why_message{variant}", message
    day = timedelta(days=1)
    kinds = (
        Forecast(Trend.NAMED, world.now + 10 * day, world.now + 4 * day, world.now + 21 * day),
        Forecast(Trend.AWAY),
        Forecast(Trend.UNCLEAR),
    )
    yield (
        "why.why_message/forecasts",
        why.why_message(
            world.initiative,
            explained,
            offset=0,
            now=world.now,
            zone="Europe/Berlin",
            forecasts={row[0].id: kinds[place % 3] for place, row in enumerate(explained)},
        ),
    )


def _schedules(world: World) -> Named:
    schedule, initiative, now = world.schedule, world.initiative, world.now
    paused = replace(schedule, state=ScheduleState.PAUSED, paused_because=BECAUSE, due_at=None)
    yield "schedules.scheduled_message", schedules.scheduled_message(schedule, [initiative], now)
    rows = [
        (replace(each, id=number, number=number), [initiative], 1)
        for number, each in enumerate([schedule, paused] * 7)
    ]
    yield "schedules.schedules_list", schedules.schedules_list(rows, now)
    digests_of = [
        replace(schedule, scope=scope, number=place, id=place) for place, scope in enumerate(ScheduleScope)
    ]
    several = replace(schedule, initiative_ids=(0, 1), number=7, id=7)
    rows = [(each, [initiative, initiative], 0) for each in (*digests_of, several)]
    yield "schedules.schedules_list/digests", schedules.schedules_list(rows, now)
    out = [(f"Initiative {number} <new>", "30 Nov 09:00") for number in range(10)]
    yield "schedules.schedules_list/snoozed", schedules.schedules_list(rows[:1], now, left_out=out)
    yield (
        "snoozing.snoozed_message",
        snoozing.snoozed_message(initiative, world.channel_id, now + timedelta(days=7), now, "Europe/Berlin"),
    )
    yield "snoozing.woken_message", snoozing.woken_message(initiative, world.channel_id)
    asked = [(world.initiative, line.line) for line in world.post_lines]
    yield "checkin_reminders.check_ins_due", checkin_reminders.check_ins_due(asked[:1], 1)
    yield "checkin_reminders.check_ins_due/many", checkin_reminders.check_ins_due(asked * 4, 1)
    private = [(replace(world.initiative, private=True), asked[0][1])]
    yield "checkin_reminders.check_ins_due/private", checkin_reminders.check_ins_due(private, 1)
    stopped = checkin_reminders.reminders_stopped
    yield "checkin_reminders.reminders_stopped", stopped(1, now + timedelta(days=7), now, "Europe/Berlin")
    yield "checkin_reminders.reminders_stopped/for good", stopped(1, None, now, "Europe/Berlin")
    yield "checkin_reminders.reminders_back", checkin_reminders.reminders_back()
    yield "checkin_reminders.rhythm_set", checkin_reminders.rhythm_set(world.initiative)
    never = replace(world.initiative, check_ins="")
    yield "checkin_reminders.rhythm_set/off", checkin_reminders.rhythm_set(never)
    nudge = Nudge(world.initiative, asked[2][1], world.user_id, "Alice", 75, None, 1)
    yield "nudges.nudge_message", nudges.nudge_message(nudge, in_thread=True)
    last = replace(nudge, share=90)
    yield "nudges.nudge_message/mention", nudges.nudge_message(last, in_thread=True)
    yield "nudges.nudge_message/alone", nudges.nudge_message(last, in_thread=False)
    by_charlie = replace(nudge, share=None, by="U0CHARLIE", initiative=private[0][0])
    yield "nudges.nudge_message/by somebody", nudges.nudge_message(by_charlie, in_thread=False)
    yield "nudges.nudged_message", nudges.nudged_message("Conversion", world.user_id)
    until = "11:00 (Europe/Berlin)"
    yield "nudges.nudged_message/later", nudges.nudged_message("Conversion", world.user_id, until)
    night = QuietHours(time(20), time(8))
    for what, hours, runs in (("none", None, False), ("later", night, False), ("now", night, True)):
        ends = now + timedelta(hours=17) if hours else None
        yield (
            f"quiet.quiet_message/{what}",
            quiet.quiet_message(hours, now, "Europe/Berlin", runs=runs, ends=ends),
        )
    yield "away.away_message", away.away_message(now + timedelta(days=3), now, "Europe/Berlin")
    yield "away.away_message/here", away.away_message(None, now, "Europe/Berlin")
    yield "maintenance.maintenance_message", maintenance.maintenance_message([], now, "Europe/Berlin")
    worked_on = Maintenance("grafana.example.com", now + timedelta(hours=2), "U0ALICE")
    yield (
        "maintenance.maintenance_message/several",
        maintenance.maintenance_message(
            [(replace(worked_on, host=f"h{each}.example.com"), each) for each in range(1, 23)],
            now,
            "Europe/Berlin",
        ),
    )
    yield "maintenance.ended_message", maintenance.ended_message("grafana.example.com")
    christmas = [
        DaysOff(number, date(2026, 12, 24), date(2026, 12, 24 + number % 3), "U0ALICE")
        for number in range(33)
    ]
    yield "days_off.days_off_message", days_off.days_off_message(christmas, now.date())
    off = tuple(date(2026, 12, day) for day in (24, 25, 26, 31))
    link = CalendarLink(1, "calendar.example.com", world.user_id, off, now - timedelta(hours=3))
    failed = replace(link, id=2, days=off[:1], failure="HTTP 503 from calendar.example.com <&>")
    yield (
        "days_off.days_off_message/calendars",
        days_off.days_off_message(christmas, now.date(), [link, failed], now),
    )
    yield "days_off.calendar_failed", days_off.calendar_failed(failed)
    yield "days_off.calendar_failed/without days", days_off.calendar_failed(replace(failed, days=()))
    yield "days_off.days_off_message/none", days_off.days_off_message([], now.date())
    moving = replace(schedule, calendar=Calendar(frozenset({date(2026, 11, 30)}), OnDaysOff.MOVE))
    yield "schedules.scheduled_message/moving", schedules.scheduled_message(moving, [initiative], now)
    yield "schedules.schedules_list/none", schedules.schedules_list([], now)
    for to in ScheduleChange:
        each = paused if to is ScheduleChange.PAUSE else schedule
        yield f"schedules.schedule_changed/{to.value}", schedules.schedule_changed(each, to, now)
    warning = schedules.private_warning([initiative, initiative], world.channel_id, "0f3a9c")
    yield "schedules.private_warning", warning
    form = partial(schedules.schedule_form, [initiative], zone="Europe/Berlin", channel_id=world.channel_id)
    yield "schedules.schedule_form", form()
    filled = {"every": "every Mon 09:00", "initiatives": "0"}
    yield (
        "schedules.schedule_form/filled",
        form(filled=filled, problem="“Mnday” is no day."),
    )
    yield "schedules.answer_view", schedules.answer_view(warning, world.channel_id)


def _outages(world: World) -> Named:
    change = replace(_change(world), before=Status.MET, after=Status.SOURCE_BROKEN)
    other = replace(world.initiative, id=2, name="Search <fast>")
    three = (change, replace(change, name="Sign-ups"), replace(change, name="p95", initiative=other))
    outage = Outage("HTTP 401 from grafana.example.com", three)
    over = replace(outage, lasted=timedelta(hours=2, minutes=5))
    many = replace(outage, changes=three * 10)
    yield "outages.outage_message", outages.outage_message(outage, starts_thread=True)
    yield "outages.outage_message/one", outages.outage_message(Outage("", (change,)), starts_thread=True)
    yield "outages.outage_message/many", outages.outage_message(many, starts_thread=False)
    yield "outages.outage_message/over", outages.outage_message(over, starts_thread=True)
    yield "outages.outage_over_message", outages.outage_over_message(over)
    yield "outages.outage_over_message/one", outages.outage_over_message(replace(over, otherwise=1))
    yield "outages.outage_over_message/two", outages.outage_over_message(replace(over, otherwise=2))


def _notices(world: World) -> Named:
    line = world.post_lines[3].line
    private = replace(world.initiative, private=True)
    yield "notices.verdict_asked", notices.verdict_asked(world.initiative, line)
    yield "notices.verdict_asked/private", notices.verdict_asked(private, line)
    week = timedelta(days=7)
    yield "notices.value_due", notices.value_due(world.initiative, line, week)
    yield "notices.value_due/private", notices.value_due(private, line, week)
    first = world.post_lines[3].line
    yield "notices.value_due/first", notices.value_due(world.initiative, first, week)
    yield "notices.notice", notices.notice("It is *there*.", note="Small print.")
    yield "refused.schedule_paused", refused.schedule_paused(world.schedule, BECAUSE, refused=True)
    closed = "every initiative it was for is closed, so there is nothing to post"
    yield "refused.schedule_paused/closed", refused.schedule_paused(world.schedule, closed, refused=False)
    told = {"channel": "D0ALICE", "ts": "1764000000.000100"}
    yield "refused.move_form", refused.move_form(world.schedule, [], told=told)
    asked_again = refused.move_form(
        world.schedule, [private], told=told, filled=world.channel_id, problem="#leads is archived."
    )
    yield "refused.move_form/private", asked_again
    for messages, moved in ((1, False), (2, True), (0, True)):
        gone_on = refused.run_posted_again(
            world.schedule, [world.initiative], world.now, messages=messages, moved=moved
        )
        yield f"refused.run_posted_again/{messages} {moved}", gone_on
    yield "refused.moved_view", refused.moved_view(gone_on)
    yield "refused.runs_already", refused.runs_already(world.schedule, world.now)
    yield "notices.held_message", notices.held_message("a progress post", world.channel_id, 0)
    for again, decided in ((True, True), (False, True), (False, False)):
        message = notices.held_decided(again=again, decided=decided)
        yield f"notices.held_decided/{again} {decided}", message
    yield "leaving.owner_left", leaving.owner_left(world.initiative, "U0CHARLIE")
    yield "leaving.taken_over", leaving.taken_over(world.initiative, "U0CHARLIE", world.user_id)
    yield "leaving.taken_over/chosen", leaving.taken_over(world.initiative, "U0CHARLIE", "U0CHARLIE")
    names = [f"step <{number}>" for number in range(1, 14)]
    heirloom = leaving.handed_over("U0CHARLIE", world.initiative, names, [world.schedule])
    yield "leaving.handed_over", heirloom
    todo = ["Write the <runbook>"] * 12
    yield "leaving.handed_over/follow-ups", leaving.handed_over("U0CHARLIE", None, [], [], todo)
    yield "leaving.handed_over/no criteria", leaving.handed_over("U0CHARLIE", world.initiative, [], [])
    yield "leaving.handed_over/one", leaving.handed_over("U0CHARLIE", None, names[:1], [])
    yield "notices.not_posted", notices.not_posted("a progress post", world.channel_id, BECAUSE)
