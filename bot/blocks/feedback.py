"""What a channel sees of a prompt: the question with its buttons, and after the close what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import escape, person, shorten
from bot.blocks.parts import actions, button, context, section
from bot.blocks.reacting import reactions_line
from bot.blocks.result_charts import count_charts, trend_charts
from bot.domain.audience import Reach, Shown
from bot.domain.message import Block, Message
from bot.domain.open_options import MOST_OPEN
from bot.domain.prompt import NUMBERS, Option, Prompt, PromptKind, PromptState, Tally
from bot.domain.trend import Trend, say_trend
from bot.domain.words import frequent_words

BAR_LENGTH = 10
NAMES_SHOWN = 10
COMMENTS_IN_CHANNEL = 8
COMMENT_LIMIT = 500
"""Characters of a written answer in the channel; a private answer shows it in full."""
TEXT_LIMIT = 3900
SECTION_LIMIT = 2900
MOST_CHARTS = 2
"""Of one message, in Slack."""


def prompt_message(prompt: Prompt, tally: Tally, privacy: str, trend: Trend | None = None) -> Message:
    """Return the message a prompt is in its channel, as it stands now.

    Args:
        prompt: The prompt; its state decides whether there are buttons or the outcome.
        tally: What may be shown of its answers.
        privacy: Who sees what, from `privacy_line`.
        trend: How a closed wave compares with those before, or None.
    """
    question = section(strong(prompt.question), block_id=f"prompt_{prompt.id}")
    if prompt.state is PromptState.CLOSED:
        facts = f"#{prompt.number} · closed {closed_at(prompt)} · asked by {person(prompt.asked_by)}{_edited(prompt)}"
        text = f"{escape(prompt.question)} Closed. {outcome_text(prompt, tally, trend)}"
        above = (question, *outcome_blocks(prompt, tally, trend))
        below = (*comment_blocks(prompt, tally), context(facts))
        charts = (*count_charts(prompt, tally), *trend_charts(prompt, trend))
        return Message(shorten(text, TEXT_LIMIT), *lay_charts(above, charts, below))
    ends = closing(prompt) or "open until it is closed"
    by = f"asked by {person(prompt.asked_by)}"
    facts = f"#{prompt.number} · {ends} · {by}{audience(prompt)}{_edited(prompt)}"
    reactions = [line] if (line := reactions_line(prompt)) else []
    text = (
        f"{escape(prompt.question)} {' '.join([_how(prompt), *reactions])} {' '.join(_so_far(prompt, tally))} "
        f"Prompt #{prompt.number}, {ends}. {privacy}"
    )
    return Message(
        text=shorten(text, TEXT_LIMIT),
        blocks=(
            question,
            *sections(_so_far(prompt, tally)),
            actions(*answer_buttons(prompt), block_id=f"answers_{prompt.id}"),
            *_add_button(prompt),
            *map(context, reactions),
            context(facts),
            context(privacy),
        ),
    )


def _edited(prompt: Prompt) -> str:
    return f" · edited {when(prompt.edited_at, prompt.zone)}" if prompt.edited_at else ""


def lay_charts(
    above: Sequence[Block], charts: Sequence[Block], below: Sequence[Block]
) -> tuple[tuple[Block, ...], tuple[Block, ...] | None]:
    """Return blocks with two charts at most, and the same without, for workspaces that refuse them (None: no chart)."""
    if not charts:
        return (*above, *below), None
    return (*above, *charts[:MOST_CHARTS], *below), (*above, *below)


def audience(prompt: Prompt) -> str:
    """Return who may answer (`` · anyone may answer``); nothing where that is the channel's members."""
    match prompt.reach:
        case Reach.CHANNEL:
            return ""
        case Reach.EVERYONE:
            return " · anyone may answer"
        case Reach.NAMED:
            shown = [person(user_id) for user_id in prompt.named[:NAMES_SHOWN]]
            left = len(prompt.named) - len(shown)
            return f" · for {', '.join(shown)}{f' and {left} more' if left else ''}"


def privacy_line(prompt: Prompt, dialect: str) -> str:
    """Return who sees what of an answer to a prompt, before anybody answers.

    Args:
        prompt: The prompt.
        dialect: ``sqlite`` or ``postgresql``: what a close can erase (product.md, "Anonymity, exactly").
    """
    return (
        anonymity(dialect, prompt.floor)
        if prompt.anonymous
        else named_privacy(prompt.kind, prompt.results, reactions=prompt.reactions)
    )


def anonymity(dialect: str, floor: int) -> str:
    """Return what anonymous means here, and no more than the code guarantees."""
    after = (
        "after it closes Loopmark cannot; "
        "someone with the secret key and an older copy of the database could."
        if dialect == "postgresql"
        else "after it closes nobody can."
    )
    return (
        f"Anonymous. Results appear once, when it closes, and never of fewer than {floor} people. "
        f"While this is open, the person running Loopmark could find out who answered what; {after}"
    )


def named_privacy(kind: PromptKind, results: Shown, *, reactions: bool = False) -> str:
    """Return who sees what of an answer that is not anonymous, and when."""
    shown = "the answers" if kind is PromptKind.TEXT else "how many chose what"
    stored = "Not anonymous: answers are stored with your name."
    if reactions:
        stored += " A reaction shows everybody here who gave it."
    match results:
        case Shown.LIVE:
            return f"{stored} This channel sees {shown}, without names."
        case Shown.HIDDEN:
            return f"{stored} This channel sees {shown} when it closes, without names; whoever asked sees it before."
        case Shown.SHARED:
            return f"{stored} Nobody sees {shown} before it closes; then this channel does, without names."


def answer_buttons(prompt: Prompt, chosen: str | None = None) -> tuple[Block, ...]:
    """Return the buttons a prompt is answered with; the one chosen before stands out."""
    if prompt.kind is PromptKind.TEXT:
        label = spoken(f"Answer: {prompt.question}")
        return (button("Answer", "answer_text", str(prompt.id), style="primary", label=label),)
    return tuple(
        button(
            option.label,
            f"vote:{option.id}",
            f"{prompt.id}:{option.id}",
            style="primary" if option.id == chosen else None,
            label=spoken(f"Answer {option.label}: {prompt.question}"),
        )
        for option in prompt.options
    )


def _add_button(prompt: Prompt) -> tuple[Block, ...]:
    """Return [Add an option] where one can be added."""
    if not prompt.open_options or len(prompt.options) >= MOST_OPEN:
        return ()
    label = spoken(f"Add an option to: {prompt.question}")
    return (actions(button("Add an option", "add_option", str(prompt.id), label=label)),)


def outcome_blocks(prompt: Prompt, tally: Tally, trend: Trend | None = None) -> tuple[Block, ...]:
    """Return how many answered, what they chose, and what they chose before, as far as that may be shown."""
    summary = " ".join([f"{count_answers(tally.responses)}.", *_numbers(prompt, tally)])
    waves = [f"Waves: {escape(say_trend(trend))}"] if trend else []
    blocks = sections([summary, *_count_lines(prompt, tally), *waves])
    return (*blocks, context(escape(tally.hidden_because))) if tally.hidden_because else blocks


def comment_blocks(prompt: Prompt, tally: Tally) -> tuple[Block, ...]:
    """Return the first written answers, and where to read what did not fit."""
    texts = tally.texts or ()
    shown = [shorten(text, COMMENT_LIMIT) for text in texts[:COMMENTS_IN_CHANNEL]]
    blocks = [section(quote(text)) for text in shown]
    if often := frequent_words(texts):
        blocks.append(context(f"Often: {', '.join(f'{escape(word)} ({count})' for word, count in often)}"))
    left = len(texts) - len(shown)
    where = f"`/feedback results #{prompt.number}`"
    if left:
        blocks.append(context(f"and {left} more: {where} shows all of them in full."))
    elif any(text != whole for text, whole in zip(shown, texts, strict=False)):
        blocks.append(context(f"{where} shows the long ones in full."))
    return tuple(blocks)


def outcome_text(prompt: Prompt, tally: Tally, trend: Trend | None = None) -> str:
    """Return what came of a prompt in one escaped paragraph, for notifications and screen readers."""
    parts = [f"{count_answers(tally.responses)}.", *_numbers(prompt, tally)]
    if tally.counts is not None and prompt.options:
        labels = {option.id: option.label for option in prompt.options}
        counts = ", ".join(f"{escape(labels[option_id])}: {count}" for option_id, count in tally.counts)
        parts.append(f"{counts}.")
    if trend is not None:
        parts.append(f"Waves: {escape(say_trend(trend))}")
    if tally.hidden_because:
        parts.append(escape(tally.hidden_because))
    parts += [f"“{escape(shorten(text, 300))}”" for text in (tally.texts or ())[:COMMENTS_IN_CHANNEL]]
    return " ".join(parts)


def closing(prompt: Prompt) -> str:
    """Return what closes an open prompt by itself (``closes … or after 5 answers``), or nothing."""
    ends = []
    if prompt.closes_at is not None:
        ends.append(when(prompt.closes_at, prompt.zone))
    if prompt.close_after is not None:
        ends.append(after_answers(prompt.close_after))
    if prompt.series_id is not None and prompt.closes_at is None:
        ends.append("when it is asked again")
    return f"closes {' or '.join(ends)}" if ends else ""


def after_answers(count: int) -> str:
    """Return ``after 5 answers``."""
    return f"after {count:,} {plural(count, 'answer')}"


def when(moment: datetime, zone: str) -> str:
    """Return a moment in the reader's own zone, with the given zone's clock for where Slack can't.

    Args:
        moment: Aware UTC.
        zone: IANA zone of the words shown in notifications and by screen readers.
    """
    shown = "{date_short_pretty} at {time}"
    return f"<!date^{int(moment.timestamp())}^{shown}|{spell_moment(moment, zone)}, {zone}>"


def spell_moment(moment: datetime, zone: str) -> str:
    """Return ``Fri 27 Nov 2026 15:00`` for an aware moment in an IANA zone (English whatever the locale)."""
    wall = moment.astimezone(ZoneInfo(zone))
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[wall.weekday()]} {wall.day} {months[wall.month - 1]} {wall.year} {wall:%H:%M}"


def quote(text: str) -> str:
    """Return foreign text as a quotation, escaped, line by line."""
    return "\n".join(f"> {escape(line)}" for line in text.splitlines() or [""])


def sections(lines: Iterable[str]) -> tuple[Block, ...]:
    """Return escaped lines in as many sections as they need; one longer than a section is broken up."""
    pieces: list[str] = []
    for line in lines:
        if pieces and len(pieces[-1]) + len(line) < SECTION_LIMIT:
            pieces[-1] += f"\n{line}"
            continue
        while len(line) > SECTION_LIMIT:
            # Not inside `&amp;`: a cut there would show its halves.
            code = line.rfind("&", SECTION_LIMIT - 4, SECTION_LIMIT)
            cut = code if code >= 0 and ";" not in line[code:SECTION_LIMIT] else SECTION_LIMIT
            pieces.append(line[:cut])
            line = line[cut:]
        pieces.append(line)
    return tuple(section(piece or " ") for piece in pieces)


def strong(text: str) -> str:
    """Return foreign text in bold; as it is where its own signs would break the bold in two."""
    return escape(text) if set(text) & set("*_~`\n") else f"*{escape(text)}*"


def spoken(text: str) -> str:
    """Return foreign text as a screen reader's label, in which nothing can be escaped."""
    return shorten(text.replace("<", "‹").replace(">", "›"), 75)


def short_question(prompt: Prompt) -> str:
    """Return the question, escaped, short enough to stand in a sentence or a list."""
    return escape(shorten(prompt.question, 100))


def label_of(prompt: Prompt, option_id: str | None) -> str:
    """Return an option's label, escaped, also of one that was removed since."""
    labels = {option.id: option.label for option in prompt.options}
    return escape(labels.get(option_id or "", "an option that was removed"))


def _count_lines(prompt: Prompt, tally: Tally) -> Iterable[str]:
    counts = dict(tally.counts or ())
    if tally.counts is None:
        return
    total = sum(counts.values())
    for option in prompt.options:
        yield _count_line(option, counts.get(option.id, 0), total)


def _count_line(option: Option, count: int, total: int) -> str:
    if not total:
        return f"{escape(option.label)} · 0"
    filled = round(BAR_LENGTH * count / total)
    bar = "█" * filled + "░" * (BAR_LENGTH - filled)
    return f"{escape(option.label)} · {count} of {total} ({round(100 * count / total)} %) `{bar}`"


def _so_far(prompt: Prompt, tally: Tally) -> list[str]:
    lines = [f"{count_answers(tally.responses)} so far." if tally.responses else "No answers yet."]
    if (numbers := NUMBERS.get(prompt.kind)) is not None:
        lines[0] += f" {numbers[0]} is lowest, {numbers[-1]} is highest."
    if not prompt.anonymous and tally.responses:
        lines += _count_lines(prompt, tally)
    return lines


def _numbers(prompt: Prompt, tally: Tally) -> list[str]:
    if tally.mean is None:
        return []
    spread = f", spread {tally.spread}" if tally.spread is not None else ""
    said = [f"Mean {tally.mean} of {NUMBERS[prompt.kind][-1]}{spread}."]
    if tally.enps is not None:
        sign = "+" if tally.enps > 0 else "−" if tally.enps < 0 else ""
        said.append(f"eNPS {sign}{abs(tally.enps)}.")
    return said


def _how(prompt: Prompt) -> str:
    if prompt.kind is PromptKind.TEXT:
        return "Press Answer to write yours."
    return f"Answer with a button: {', '.join(escape(option.label) for option in prompt.options)}."


def closed_at(prompt: Prompt) -> str:
    """Return when a closed prompt closed, or nothing while it is open."""
    return when(prompt.closed_at, prompt.zone) if prompt.closed_at else ""


def count_answers(count: int) -> str:
    """Return ``3 answers``, ``1 answer`` or ``No answers``."""
    return f"{count} {plural(count, 'answer')}" if count else "No answers"


def plural(count: int, word: str) -> str:
    """Return the word as it stands after a number."""
    return word if count == 1 else f"{word}s"
