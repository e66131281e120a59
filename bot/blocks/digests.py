"""Digests: one message about many initiatives as a table, what changed, and the details for its thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks.decisions import SIGN
from bot.blocks.lines import line_summary
from bot.blocks.mrkdwn import channel, escape, shorten, unmarked
from bot.blocks.parts import actions, context, option, plain, section
from bot.blocks.progress import Laid, loop_rows, post_line
from bot.domain.digest import Digest, DigestEntry
from bot.domain.durations import ago, spell
from bot.domain.follow_up import FollowUpView
from bot.domain.loop import say_deadline
from bot.domain.message import Block, Message
from bot.domain.post import StatusChange
from bot.domain.standing import headline, mark, week_of, word
from bot.domain.wallclock import day_at

ROWS = 20
"""Initiatives in the table; the thread has them all."""

CHANGES = 8
"""Status changes told in the message; the thread has them all."""

FOLLOW_UPS = 5
"""Follow-ups named in the message; the thread has them all."""

FOLLOW_UP_ROOM = 2_400
"""Characters of one initiative's follow-ups in the details; `/loop follow-ups for NAME` shows the others."""

NAME = 80
TEXT_LIMIT = 3_900
ROOM = 9_000
BLOCKS = 45
LINES = 12
"""Criteria of one initiative in the details; `/progress for NAME` shows the others."""

OPTIONS = 100


def digest_message(digest: Digest, *, number: int) -> Laid:
    """Return a digest, and the initiatives whose details follow in its thread: all of them.

    Args:
        digest: With one initiative at least.
        number: Its schedule's.
    """
    notes = [f"#{number}, details in the thread"]
    return Laid(_message(digest, notes), tuple(each.post.initiative.id for each in digest.entries))


def digest_test(digest: Digest, *, number: int, channel_id: str) -> Message:
    """Return what `/progress test` shows one person: the digest a schedule would post now."""
    note = f"Test of #{number}, seen only by you: what it would post in {channel(channel_id)} now."
    return _message(digest, [note, "The details would follow in its thread."])


def digest_details(digest: Digest) -> Laid:
    """Return the details of a digest's initiatives, as many as fit into a message, and which are left even so."""
    blocks: list[Block] = []
    summary: list[str] = []
    room, fit = ROOM, 0
    for entry in digest.entries:
        lines = _details(entry, digest)
        room -= sum(map(len, lines))
        if fit and (room < 0 or len(blocks) + len(lines) > BLOCKS):
            break
        blocks += [section(line) for line in lines]
        summary += [_summary(entry), *(line_summary(each.line) for each in entry.post.lines[:LINES])]
        fit += 1
    left = tuple(each.post.initiative.id for each in digest.entries[fit:])
    if left:
        blocks.append(context(f"and {len(left)} more, in the next message"))
    return Laid(Message(text=shorten("\n".join(summary), TEXT_LIMIT), blocks=tuple(blocks)), left)


def _message(digest: Digest, notes: Sequence[str]) -> Message:
    entries, head = digest.entries, _headline(digest)
    shown = entries[:ROWS]
    more = len(entries) - len(shown)
    told = _changes(digest)
    late = [f"late by {ago(digest.late_by)}"] if digest.late_by else []
    late += [escape(digest.missed)] if digest.missed else []
    left = [f"and {more} more"] if more else []
    told += _notes(digest)
    owed = _debts(digest)
    due = _follow_ups(digest)
    parts = [section("\n".join(rows)) for rows in (told, owed, due) if rows]
    below = [*parts, context(*left, *late, *notes), _look_at(digest)]
    listed = [section("\n".join(_row_text(each, digest) for each in part)) for part in _parts(shown)]
    text = [_plain_headline(digest), *(_summary(each) for each in shown), *left, *told, *owed, *due, *late]
    return Message(
        text=shorten("\n".join(text), TEXT_LIMIT),
        blocks=(section(head), _table(shown, digest), *below),
        fallback=(section(head), *listed, *below),
    )


def _parts(entries: Sequence[DigestEntry]) -> list[Sequence[DigestEntry]]:
    return [entries[start : start + 10] for start in range(0, len(entries), 10)]


def _plain_headline(digest: Digest) -> str:
    """Return the first line as plain words."""
    return _headline(digest).replace("*", "")


def _headline(digest: Digest) -> str:
    total = len(digest.entries)
    of = "1 initiative" if total == 1 else f"{total} initiatives"
    if digest.needing == 0:
        return f"✅ *{of}*, none needs attention"
    return f"⚠️ *{digest.needing} of {of}* need{'s' if digest.needing == 1 else ''} attention"


def _table(entries: Sequence[DigestEntry], digest: Digest) -> Block:
    rows = [[_cell(title) for title in ("Initiative", "Stands", "Need attention", "Changed", "When")]]
    for each in entries:
        rows.append([_cell(text) for text in _cells(each, digest)])
    settings = [{"is_wrapped": True}, {"is_wrapped": True}]
    return {"type": "table", "rows": rows, "column_settings": settings}


def _cells(entry: DigestEntry, digest: Digest) -> tuple[str, ...]:
    post = entry.post
    total = len(post.lines)
    need = f"{entry.needing} of {total}" if entry.needing else f"none of {total}" if total else "no criteria"
    changed = str(len(entry.changes)) if entry.changes else "–"
    today = day_at(digest.now, post.initiative.zone)
    return (
        unmarked(shorten(post.initiative.name, NAME)),
        _stands(entry),
        need,
        changed,
        week_of(post.initiative, today),
    )


def _cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def _stands(entry: DigestEntry) -> str:
    standing = entry.post.standing
    return f"{mark(standing.status)} {headline(standing)}" if standing else headline(None)


def _row_text(entry: DigestEntry, digest: Digest) -> str:
    name, stands, need, _, when = _cells(entry, digest)
    return f"*{name}*  {escape(stands)}  ({need} need attention), {escape(when)}"


def _summary(entry: DigestEntry) -> str:
    name = escape(shorten(entry.post.initiative.name, NAME))
    need = f", {entry.needing} of {len(entry.post.lines)} need attention" if entry.needing else ""
    return f"{name}: {escape(headline(entry.post.standing))}{need}"


def _changes(digest: Digest) -> list[str]:
    changes = [change for each in digest.entries for change in each.changes]
    if not changes:
        return [] if digest.since is None else ["No status changed since the last digest."]
    left = len(changes) - CHANGES
    rows = [_change(change, named=True) for change in changes[:CHANGES]]
    return [
        "*Changed since the last digest*",
        *rows,
        *([f"and {left} more, in the thread"] if left > 0 else []),
    ]


def _debts(digest: Digest) -> list[str]:
    """Return what is owed a decision: its day is over, and nothing was decided."""
    owed = [
        (post.decide_by, f"{SIGN} {escape(shorten(post.initiative.name, NAME))}: {words}")
        for post in (each.post for each in digest.entries)
        if post.decide_by is not None and post.decide_by < day_at(digest.now, post.initiative.zone)
        for words in [say_deadline(post.decide_by, digest.now, post.initiative.zone)]
    ]
    rows = [row for _, row in sorted(owed)]
    left = len(rows) - CHANGES
    return ["*Decision debt*", *rows[:CHANGES], *([f"and {left} more"] if left > 0 else [])] if rows else []


def _follow_ups(digest: Digest) -> list[str]:
    """Return the follow-ups that are overdue or due soon, the earliest first."""
    due = sorted(
        (view for each in digest.entries for view in each.follow_ups),
        key=lambda view: (view.follow_up.due_on, view.follow_up.id),
    )
    left = len(due) - FOLLOW_UPS
    rows = [_follow_up(view, digest, named=True) for view in due[:FOLLOW_UPS]]
    more = [f"and {left} more, in the thread"] if left > 0 else []
    return ["*Follow-ups due*", *rows, *more] if rows else []


def _follow_up(view: FollowUpView, digest: Digest, *, named: bool) -> str:
    """Return one as a line, cut where its initiative is named; the owner is not notified, since the day does that."""
    of = f" of {escape(shorten(view.initiative.name, NAME))}" if named else ""
    sign = "⚠️" if view.is_overdue(digest.now) else "☐"
    owner = f"{escape(shorten(view.owner_name, NAME))}, " if view.owner_name else ""
    text = escape(shorten(view.follow_up.text, NAME) if named else view.follow_up.text)
    return f"{sign} {text}{of}: {owner}{view.due_words(digest.now)}"


def _notes(digest: Digest) -> list[str]:
    closed = digest.notes
    if closed is None:
        return []
    what = "1 note was" if closed.count == 1 else f"{closed.count} notes were"
    return [f"{what} acted on or turned down, after {spell(closed.median)} (median)"]


def _change(change: StatusChange, *, named: bool) -> str:
    words = f"{escape(word(change.before, change.kind))} → *{escape(word(change.after, change.kind))}*"
    of = f" of {escape(shorten(change.initiative.name, NAME))}" if named else ""
    return f"{mark(change.after)} {escape(change.name)}{of}: {words}"


def _details(entry: DigestEntry, digest: Digest) -> list[str]:
    post = entry.post
    rows = [f"*{escape(post.initiative.name)}* · *{escape(_stands(entry))}*"]
    rows += [shorten(post_line(each), 700) for each in post.lines[:LINES]]
    left = len(post.lines) - LINES
    if left > 0:
        rows.append(f"and {left} more: `/progress for {escape(post.initiative.name)}`")
    rows += loop_rows(post)
    if entry.follow_ups:
        rows.append("\n".join(_all_follow_ups(entry, digest)))
    if entry.changes:
        rows.append(
            shorten("\n".join(_change(each, named=False) for each in entry.changes[-CHANGES:]), 1_000)
        )
    return rows


def _all_follow_ups(entry: DigestEntry, digest: Digest) -> list[str]:
    """Return an initiative's follow-ups that are due, and where those are that do not fit."""
    rows, room = ["*Follow-ups due*"], FOLLOW_UP_ROOM
    for place, view in enumerate(entry.follow_ups):
        row = _follow_up(view, digest, named=False)
        room -= len(row) + 1
        if room < 0:
            left = len(entry.follow_ups) - place
            rows.append(f"and {left} more: `/loop follow-ups for {escape(entry.post.initiative.name)}`")
            break
        rows.append(row)
    return rows


def _look_at(digest: Digest) -> Block:
    """Return the menu that shows one person an initiative's post."""
    choices = [
        option(shorten(each.post.initiative.name, 75), str(each.post.initiative.id))
        for each in digest.entries[:OPTIONS]
    ]
    return actions(
        {
            "type": "static_select",
            "action_id": "look_at",
            "placeholder": plain("Look at …", 150),
            "options": choices,
        }
    )
