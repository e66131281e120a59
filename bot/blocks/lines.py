"""Criteria as lines of text: the same in lists and in progress posts."""

from __future__ import annotations

from bot.blocks.mrkdwn import escape
from bot.domain.line import CriterionLine


def line_text(line: CriterionLine) -> str:
    """Return a criterion's line as mrkdwn: mark, name, value, condition, what it means and how old it is."""
    facts = [f"{line.mark} *{escape(line.name)}*", f"*{escape(line.value)}*", escape(line.condition)]
    if line.was:
        facts.append(f"({escape(line.was)})")
    means = escape(", ".join(part for part in (line.words, line.age) if part))
    return f"{'  '.join(facts)}\n      {means}"


def line_summary(line: CriterionLine) -> str:
    """Return a criterion's line as one escaped sentence for notifications and screen readers."""
    return escape(f"{line.name}: {line.words}, {line.value}, {line.condition}")
