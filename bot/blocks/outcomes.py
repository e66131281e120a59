"""What came of a prompt: how many answered, what they chose, said and wrote, as far as that may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.mrkdwn import escape, shorten
from bot.blocks.parts import context, section
from bot.blocks.phrases import (
    COMMENTS_IN_CHANNEL,
    count_answers,
    plural,
    quote,
    sections,
    strong,
)
from bot.blocks.result_charts import count_charts, trend_charts
from bot.domain.answer import label_of
from bot.domain.message import Block
from bot.domain.prompt import NUMBERS, Prompt, PromptKind, Tally
from bot.domain.trend import Trend, say_trend
from bot.domain.words import frequent_words

BAR_LENGTH = 10
COMMENT_LIMIT = 500
"""Characters of a written answer in the channel; a private answer shows it in full."""
MOST_CHARTS = 2
"""Of one message, in Slack."""
DAYS_SHOWN = 10
"""Of those that people named; Slack's button takes no more options either."""
SUMMARY_LIMIT = 300
"""Characters of one question's outcome where a form is told in a message."""
TITLE_LIMIT = 150
"""Characters of a question among others; ten of them with their outcome fit one message."""

Trends = Sequence[Trend | None]
"""How each question of a wave compares with the waves before, in order; empty where there are none."""


def outcome_blocks(prompt: Prompt, tally: Tally, trends: Trends = ()) -> tuple[Block, ...]:
    """Return how many answered, what they chose, and what they chose before, as far as that may be shown."""
    if prompt.kind is PromptKind.FORM:
        return _form_blocks(prompt, tally, trends)
    summary = " ".join([f"{count_answers(tally.responses)}.", *say_numbers(prompt, tally)])
    trend = trends[0] if trends else None
    waves = [f"Waves: {escape(say_trend(trend))}"] if trend else []
    blocks = sections([summary, *count_lines(prompt, tally), *waves])
    return (*blocks, context(escape(tally.hidden_because))) if tally.hidden_because else blocks


def comment_blocks(prompt: Prompt, tally: Tally) -> tuple[Block, ...]:
    """Return the first written answers, and where to read what did not fit."""
    where = f"`/feedback results #{prompt.number}`"
    if prompt.kind is PromptKind.FORM:
        written = sum(len(part.texts or ()) for part in tally.parts)
        said = f"{written} written {plural(written, 'answer')}: {where} shows all of them in full."
        return (context(said),) if written else ()
    texts = tally.texts or ()
    shown = [shorten(text, COMMENT_LIMIT) for text in texts[:COMMENTS_IN_CHANNEL]]
    blocks = [section(quote(text)) for text in shown]
    if often := say_often(texts):
        blocks.append(context(often))
    left = len(texts) - len(shown)
    if left:
        blocks.append(context(f"and {left} more: {where} shows all of them in full."))
    elif any(text != whole for text, whole in zip(shown, texts, strict=False)):
        blocks.append(context(f"{where} shows the long ones in full."))
    return tuple(blocks)


def outcome_text(prompt: Prompt, tally: Tally, trends: Trends = ()) -> str:
    """Return what came of a prompt in one escaped paragraph, for notifications and screen readers."""
    if prompt.kind is PromptKind.FORM:
        parts = [f"{count_answers(tally.responses)}."]
        parts += [] if tally.hidden_because else [f"{line}." for line in form_lines(prompt, tally)]
        return " ".join([*parts, escape(tally.hidden_because)]).rstrip()
    parts = [f"{count_answers(tally.responses)}.", *say_numbers(prompt, tally)]
    if tally.counts:
        counts = ", ".join(f"{escape(label_of(prompt, answer))}: {count}" for answer, count in tally.counts)
        parts.append(f"{counts}.")
    if trends and trends[0] is not None:
        parts.append(f"Waves: {escape(say_trend(trends[0]))}")
    if tally.hidden_because:
        parts.append(escape(tally.hidden_because))
    parts += [f"“{escape(shorten(text, 300))}”" for text in (tally.texts or ())[:COMMENTS_IN_CHANNEL]]
    return " ".join(parts)


def outcome_charts(prompt: Prompt, tally: Tally, trends: Trends = ()) -> tuple[Block, ...]:
    """Return charts of what was chosen and of the waves; of a form those of its first questions."""
    if prompt.kind is not PromptKind.FORM:
        trend = trends[0] if trends else None
        return (*count_charts(prompt, tally), *trend_charts(prompt, trend))
    asked = [prompt.about(question) for question in prompt.form]
    counts = [chart for pair in zip(asked, tally.parts, strict=True) for chart in count_charts(*pair)]
    waves = [chart for pair in zip(asked, trends, strict=False) for chart in trend_charts(*pair)]
    return (*counts[: MOST_CHARTS - min(1, len(waves))], *waves, *counts[1:])


def lay_charts(
    above: Sequence[Block], charts: Sequence[Block], below: Sequence[Block]
) -> tuple[tuple[Block, ...], tuple[Block, ...] | None]:
    """Return blocks with two charts at most, and the same without, for workspaces that refuse them (None: no chart)."""
    if not charts:
        return (*above, *below), None
    return (*above, *charts[:MOST_CHARTS], *below), (*above, *below)


def say_so_far(prompt: Prompt, tally: Tally) -> list[str]:
    """Return what the message of an open prompt says of its answers, as escaped lines."""
    lines = [f"{count_answers(tally.responses)} so far." if tally.responses else "No answers yet."]
    if (numbers := NUMBERS.get(prompt.kind)) is not None:
        lines[0] += f" {numbers[0]} is lowest, {numbers[-1]} is highest."
    if prompt.anonymous or not tally.responses or tally.hidden_because:
        return lines
    if prompt.kind is PromptKind.FORM:
        return lines + form_lines(prompt, tally)
    if prompt.kind is PromptKind.NUMBER:
        lines[0] = " ".join([lines[0], *say_numbers(prompt, tally)])
    return lines + count_lines(prompt, tally)


def form_lines(prompt: Prompt, tally: Tally) -> list[str]:
    """Return the outcome of a form, one short escaped line for each question."""
    lines = []
    for place, (question, part) in enumerate(zip(prompt.form, tally.parts, strict=True), start=1):
        title = escape(shorten(question.text, TITLE_LIMIT))
        lines.append(f"{place}. {title} {_summary(prompt.about(question), part, tally.responses)}")
    return lines


def count_lines(prompt: Prompt, tally: Tally) -> list[str]:
    """Return how often each option was chosen, with a bar, or each day named, as escaped lines."""
    counts = tally.counts or ()
    shown = counts
    if prompt.kind is PromptKind.DATE and len(counts) > DAYS_SHOWN:
        most = sorted(counts, key=lambda pair: -pair[1])[:DAYS_SHOWN]
        shown = tuple(pair for pair in counts if pair in most)
    total = tally.responses if prompt.kind is PromptKind.SEVERAL else sum(count for _, count in counts)
    lines = [_count_line(label_of(prompt, answer), count, total) for answer, count in shown]
    left = len(counts) - len(shown)
    return lines + ([f"and {left} other {plural(left, 'day')}"] if left else [])


def say_numbers(prompt: Prompt, tally: Tally) -> list[str]:
    """Return what answers in numbers come to, as sentences; none where there are no numbers."""
    if tally.mean is None:
        return []
    of = f" of {NUMBERS[prompt.kind][-1]}" if prompt.kind in NUMBERS else ""
    median = f", median {tally.median}" if tally.median is not None else ""
    spread = f", spread {tally.spread}" if tally.spread is not None else ""
    said = [f"Mean {tally.mean}{of}{median}{spread}."]
    if tally.ends is not None:
        said.append(f"From {tally.ends[0]} to {tally.ends[1]}.")
    if tally.enps is not None:
        sign = "+" if tally.enps > 0 else "−" if tally.enps < 0 else ""
        said.append(f"eNPS {sign}{abs(tally.enps)}.")
    return said


def say_often(texts: Sequence[str]) -> str:
    """Return the words that written answers share (``Often: form (3), slow (2)``), escaped, or nothing."""
    often = frequent_words(texts)
    return f"Often: {', '.join(f'{escape(word)} ({count})' for word, count in often)}" if often else ""


def _form_blocks(prompt: Prompt, tally: Tally, trends: Trends) -> tuple[Block, ...]:
    said = [f"{count_answers(tally.responses)}."]
    if tally.hidden_because:
        return (*sections(said), context(escape(tally.hidden_because)))
    for place, (question, part) in enumerate(zip(prompt.form, tally.parts, strict=True)):
        trend = trends[place] if place < len(trends) else None
        title = strong(shorten(f"{place + 1}. {question.text}", TITLE_LIMIT))
        waves = f"\nWaves: {shorten(escape(say_trend(trend)), SUMMARY_LIMIT)}" if trend else ""
        said.append(f"{title}\n{_summary(prompt.about(question), part, tally.responses)}{waves}")
    return sections(said)


def _summary(prompt: Prompt, tally: Tally, people: int) -> str:
    """Return what came of one question among others, short and escaped; `people` answered the form."""
    if tally.counts is None:
        return shorten(escape(tally.hidden_because), SUMMARY_LIMIT)
    said = [*say_numbers(prompt, tally)]
    chosen = [(answer, count) for answer, count in tally.counts if count]
    if not said and chosen:
        most = sorted(chosen, key=lambda pair: -pair[1])
        counted = [f"{escape(shorten(label_of(prompt, answer), 40))} {count}" for answer, count in most[:5]]
        more = f" and {len(most) - 5} more" if len(most) > 5 else ""
        said.append(f"{' · '.join(counted)}{more}")
    if tally.texts:
        what = "answer" if prompt.kind is PromptKind.TEXT else "comment"
        said.append(f"{len(tally.texts)} {plural(len(tally.texts), what)}")
    said += [escape(tally.hidden_because)] if tally.hidden_because else []
    if not said:
        return count_answers(tally.responses)
    is_plain = prompt.kind is PromptKind.TEXT or tally.responses == people
    return " ".join(said) if is_plain else f"{' '.join(said)} ({count_answers(tally.responses).lower()})"


def _count_line(label: str, count: int, total: int) -> str:
    if not total:
        return f"{escape(label)} · 0"
    filled = round(BAR_LENGTH * count / total)
    bar = "█" * filled + "░" * (BAR_LENGTH - filled)
    return f"{escape(label)} · {count} of {total} ({round(100 * count / total)} %) `{bar}`"
