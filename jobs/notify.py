"""Sending what waits in the outbox: posts, replies, prompts and notices, each exactly once."""

from __future__ import annotations

from functools import partial

from bot.blocks.checkin_reminders import check_ins_due
from bot.blocks.days_off import calendar_failed
from bot.blocks.decisions import decision_card, decision_reply
from bot.blocks.digests import digest_details, digest_message
from bot.blocks.feedback import prompt_message
from bot.blocks.follow_ups import follow_up_message
from bot.blocks.goalposts import goalposts_reply
from bot.blocks.inviting import asked_of_you
from bot.blocks.leaving import handed_over, owner_left
from bot.blocks.note_states import note_moved
from bot.blocks.notices import held_message, not_posted, value_due, verdict_asked
from bot.blocks.nudges import nudge_message
from bot.blocks.outages import outage_message, outage_over_message
from bot.blocks.privacy import privacy_line
from bot.blocks.progress import Laid, more_message, progress_message, status_reply
from bot.blocks.refused import schedule_paused
from bot.blocks.results import shared_message
from bot.blocks.series import series_passed, series_paused
from bot.blocks.ships import ship_message
from bot.blocks.strikes import strike_reply
from bot.db.deliveries import OutboxClaim
from bot.deps import Deps
from bot.services.delivery import Built, claim_deliveries, deliver
from bot.services.parcels import (
    AskedParcel,
    CalendarParcel,
    CardParcel,
    CheckInsParcel,
    DecisionParcel,
    DigestMoreParcel,
    DigestParcel,
    FollowUpParcel,
    GoalpostParcel,
    HandedOverParcel,
    HeldParcel,
    MoreParcel,
    NoteParcel,
    NotPostedParcel,
    NudgeParcel,
    OutageOverParcel,
    OutageParcel,
    OwnerLeftParcel,
    Parcel,
    PausedParcel,
    ProgressParcel,
    PromptParcel,
    ReminderParcel,
    ReplyParcel,
    ResultsParcel,
    SeriesPassedParcel,
    SeriesPausedParcel,
    ShipParcel,
    StrikeParcel,
    VerdictParcel,
)
from jobs.queue import Queue


async def tick(deps: Deps, queue: Queue) -> None:
    """Start sending what is due, as far as the queue has room; a quiet tick writes nothing."""
    room = queue.room()
    if room <= 0:
        return
    for claim in await claim_deliveries(deps, room):
        queue.put(f"notify {claim.key}", partial(run, deps, claim))


async def run(deps: Deps, claim: OutboxClaim) -> None:
    """Send one claimed message and write down what came of it; cancelled at shutdown it is given back."""
    await deliver(deps, claim, partial(build, deps))


def build(deps: Deps, parcel: Parcel) -> Built:
    """Make the message a parcel is posted as."""
    match parcel:
        case ProgressParcel(post):
            return _built(progress_message(post))
        case MoreParcel(post):
            return _built(more_message(post))
        case DigestParcel(digest, number):
            return _built(digest_message(digest, number=number))
        case DigestMoreParcel(digest):
            return _built(digest_details(digest))
        case ReplyParcel(change, thread_ts):
            return Built(status_reply(change, starts_thread=thread_ts is None))
        case OutageParcel(outage, thread_ts):
            return Built(outage_message(outage, starts_thread=thread_ts is None))
        case OutageOverParcel(outage):
            return Built(outage_over_message(outage))
        case GoalpostParcel(moved, thread_ts):
            now = deps.now()
            return Built(goalposts_reply(moved, now, starts_thread=thread_ts is None))
        case StrikeParcel(told, thread_ts):
            return Built(strike_reply(told, deps.now(), starts_thread=thread_ts is None))
        case PromptParcel(view):
            privacy = privacy_line(view.prompt, deps.database.dialect)
            return Built(prompt_message(view.prompt, view.tally, privacy, view.trends))
        case AskedParcel(prompts):
            return Built(asked_of_you(prompts, deps.database.dialect))
        case ResultsParcel(view):
            return Built(shared_message(view.prompt, view.tally))
        case ShipParcel(view):
            return Built(ship_message(view, deps.now()))
        case DecisionParcel(told, thread_ts):
            return Built(decision_reply(told, starts_thread=thread_ts is None))
        case CardParcel(card):
            return Built(decision_card(card, deps.now()))
        case FollowUpParcel(asked):
            return Built(follow_up_message(asked, deps.now()))
        case VerdictParcel(initiative, line):
            return Built(verdict_asked(initiative, line))
        case ReminderParcel(initiative, line, every):
            return Built(value_due(initiative, line, every))
        case CheckInsParcel(criteria, outbox_id):
            return Built(check_ins_due(criteria, outbox_id))
        case NudgeParcel(nudge, in_thread):
            return Built(nudge_message(nudge, in_thread=in_thread))
        case PausedParcel(schedule, because, refused):
            return Built(schedule_paused(schedule, because, refused=refused))
        case SeriesPausedParcel(series, because):
            return Built(series_paused(series, because))
        case SeriesPassedParcel(series, left):
            return Built(series_passed(series, left, deps.now()))
        case OwnerLeftParcel(initiative, left):
            return Built(owner_left(initiative, left))
        case HandedOverParcel(left, taken, criteria, schedules, follow_ups):
            return Built(handed_over(left, taken, criteria, schedules, follow_ups))
        case NoteParcel(note, to, reason, by):
            return Built(note_moved(note, to, reason, by))
        case CalendarParcel(link):
            return Built(calendar_failed(link))
        case HeldParcel(outbox_id, channel_id, what):
            return Built(held_message(what, channel_id, outbox_id))
        case NotPostedParcel(channel_id, what, because):
            return Built(not_posted(what, channel_id, because))


def _built(laid: Laid) -> Built:
    return Built(laid.message, laid.left)
