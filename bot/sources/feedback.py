"""The source `feedback`: what a closed prompt's answers come to, never more than its results show."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.names import fold
from bot.domain.prompt import NUMBERS, Prompt, PromptKind, Tally
from bot.errors import SourceError, UserError
from bot.sources.body import shorten
from bot.sources.protocol import Observed, SourceContext, SourceRequest

MEASURES = ("mean", "share", "count")

_HOST = "feedback"
"""What failures are grouped under; nothing is asked over the network."""

_OPTIONS = ("prompt", "measure", "option", "question")
_NUMBER = re.compile(r"#?([0-9]{1,9})")
_PLACE = re.compile(r"[1-9][0-9]?")
_EXAMPLE = "source feedback with prompt=#12 measure=mean"


class Feedback:
    """Reads the mean, the share or the count of one prompt's answers once it has closed."""

    kind = SourceKind.FEEDBACK
    readable_by_schedule = True
    default_every = timedelta(days=7)
    default_readings_needed = 2

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when the spec names a prompt and something to measure.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        for field, given in (("url", spec.url), ("path", spec.path)):
            if given:
                raise UserError(
                    f"a feedback source reads a prompt, so it has no address and no path; type {_EXAMPLE}",
                    field=field,
                )
        unknown = [name for name, _ in spec.options if name not in _OPTIONS]
        if unknown:
            raise UserError(
                f"{unknown[0]} means nothing to a feedback source; type {_EXAMPLE}", field="source"
            )
        if not _NUMBER.fullmatch(spec.option("prompt") or ""):
            raise UserError(
                f"say which prompt, by its number as /feedback list shows it: {_EXAMPLE}", field="source"
            )
        if not _PLACE.fullmatch(spec.option("question") or "1"):
            raise UserError("say which question of a form by its place, like question=2", field="source")
        measure = spec.option("measure")
        if measure not in MEASURES:
            raise UserError(f"say what to measure: mean, share or count, like {_EXAMPLE}", field="source")
        if measure == "share" and not spec.option("option"):
            raise UserError('say whose share: measure=share option="Yes"', field="source")
        if measure == "mean" and spec.option("option"):
            raise UserError(
                "a mean is over all answers; leave option out, or measure a share", field="source"
            )

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:
        """Return what the answers of a closed prompt come to.

        Raises:
            SourceError: ``withheld`` while the prompt is open or too few answered; ``path_missing`` when there
                is no such prompt, option or measure.
        """
        number = int((request.spec.option("prompt") or "0").removeprefix("#"))
        if ctx.answers is None:
            raise SourceError("no prompt can be read here", cause="path_missing", host=_HOST)
        shown = await ctx.answers.closed(number)
        if shown is None:
            raise SourceError(
                f"there is no prompt #{number} to be seen here", cause="path_missing", host=_HOST
            )
        prompt, tally = shown
        closed_at = prompt.closed_at
        if closed_at is None:
            raise SourceError(
                f"prompt #{number} is still open; its answers count once it has closed",
                cause="withheld",
                host=_HOST,
            )
        prompt, tally = _question(prompt, tally, request.spec)
        if tally.counts is None:
            raise SourceError(
                f"prompt #{number}: {tally.hidden_because.rstrip('.')}", cause="withheld", host=_HOST
            )
        value = _measure(prompt, tally, dict(tally.counts), request.spec)
        return Observed(value=value, at=closed_at, origin_host=None, detail="", elapsed_s=0.0)


def _question(prompt: Prompt, tally: Tally, spec: SourceSpec) -> tuple[Prompt, Tally]:
    """Return the question of a form that is read, as a prompt of its own; another prompt as it is."""
    typed = spec.option("question")
    if prompt.kind is not PromptKind.FORM:
        if typed not in (None, "1"):
            raise SourceError(
                f"prompt #{prompt.number} asks one question; leave question out",
                cause="path_missing",
                host=_HOST,
            )
        return prompt, tally
    count = len(prompt.form)
    if typed is None or int(typed) > count:
        raise SourceError(
            f"prompt #{prompt.number} is a form of {count} questions; say which, from question=1 to question={count}",
            cause="path_missing",
            host=_HOST,
        )
    place = int(typed) - 1
    return prompt.about(prompt.form[place]), tally.parts[place]


def _measure(prompt: Prompt, tally: Tally, counts: dict[str, int], spec: SourceSpec) -> Decimal:
    measure, wanted = spec.option("measure"), spec.option("option")
    if measure == "count" and wanted is None:
        return Decimal(tally.responses)
    if not tally.responses:
        raise SourceError(f"nobody answered prompt #{prompt.number}", cause="path_missing", host=_HOST)
    if measure == "mean":
        return _mean(prompt, tally, counts)
    chosen = [option for option in prompt.options if fold(option.label) == fold(wanted or "")]
    if not chosen:
        labels = ", ".join(shorten(option.label, 30) for option in prompt.options[:5])
        raise SourceError(
            f"prompt #{prompt.number} has no option {shorten(wanted or '', 40)}; it has {labels}",
            cause="path_missing",
            host=_HOST,
        )
    count = counts[chosen[0].id]
    # Where several may be chosen, a share is one of the people, not of the votes.
    votes = tally.responses if prompt.kind is PromptKind.SEVERAL else sum(counts.values())
    if not votes:
        raise SourceError(f"nobody answered prompt #{prompt.number}", cause="path_missing", host=_HOST)
    return Decimal(count) if measure == "count" else _rounded(Decimal(100 * count) / votes)


def _mean(prompt: Prompt, tally: Tally, counts: dict[str, int]) -> Decimal:
    if prompt.kind is PromptKind.NUMBER and tally.mean is not None:
        return Decimal(tally.mean)
    if prompt.kind not in NUMBERS:
        raise SourceError(
            f"prompt #{prompt.number} is not answered with numbers, so it has no mean; measure a share or a count",
            cause="not_a_number",
            host=_HOST,
        )
    votes = sum(counts.values())
    if not votes:
        raise SourceError(f"nobody answered prompt #{prompt.number}", cause="path_missing", host=_HOST)
    numbers = zip(NUMBERS[prompt.kind], prompt.options, strict=True)
    return _rounded(Decimal(sum(number * counts[option.id] for number, option in numbers)) / votes)


def _rounded(value: Decimal) -> Decimal:
    """Return a mean or a share with as many places as can mean something, and no zeros that say nothing."""
    exact = value.quantize(Decimal("0.01"))
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()
