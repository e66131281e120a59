"""Series: the one number out of an answer of Prometheus' HTTP API."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.criterion import SourceSpec
from bot.errors import SourceError
from bot.sources.body import parse_body, shorten, to_decimal
from bot.sources.shaping import shape

_SHOWN = 3
_LATEST_S = 32_503_680_000  # the year 3000: what is later is no time of a sample
_NUMBER = re.compile(r"[-+]?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,4})?")
_NOT_FINITE = frozenset({"NaN", "+Inf", "-Inf", "Inf"})
_WHERE = "the query's result"


@dataclass(frozen=True, slots=True)
class _Series:
    """One labelled series.

    Attributes:
        labels: Name → text.
        samples: (seconds since 1970, value as text), oldest first; one for an instant query.
    """

    labels: Mapping[str, object]
    samples: Sequence[tuple[Decimal, str]]


def read_series(body: bytes, asked: Mapping[str, str | None], host: str | None) -> dict[str, str | None]:
    """Return the value of an answer and when it held. Blocks as long as it takes.

    Its form is that of https://prometheus.io/docs/prometheus/latest/querying/api/; warnings in it are ignored.

    Args:
        body: Answer to an instant or a range query.
        asked: ``reduce`` and ``math`` as they were typed, or None.
        host: Named in the errors.

    Returns:
        ``value`` in the query's unit, and ``at``, seconds since 1970, or None for a range.

    Raises:
        SourceError: ``path_missing`` for no series, or more than one and no reducer; ``not_a_number``;
            ``not_json``.
    """
    data = _data_of(parse_body(body, host))
    if data is None:
        raise _strange(host)
    kind = data.get("resultType")
    if kind == "string":
        raise SourceError("the query gives a text, not a number", cause="not_a_number")
    found = _read_result(kind, data.get("result"))
    if found is None:
        raise _strange(host)
    if not found:
        raise SourceError("the query returned no series", cause="path_missing")
    reducer = asked.get("reduce")
    if reducer is None:
        _refuse_several(found)
    values = [_read_value(text, series, found, host) for series in found for _, text in series.samples]
    options = {name: text for name in ("reduce", "math") if (text := asked.get(name)) is not None}
    value = shape(SourceSpec("prometheus", options=tuple(options.items())), values, _WHERE)
    at = None if kind == "matrix" else max(when for series in found for when, _ in series.samples)
    return {"value": str(value), "at": None if at is None else str(at)}


def explain_refusal(body: bytes, status: int, host: str, hidden: Collection[str]) -> SourceError:
    """Return why a query was refused, in the server's words where it has some.

    Args:
        body: Of an answer that is no good one; small.
        status: Its HTTP status.
        host: Who answered.
        hidden: Texts that may not be shown; an error that repeats one of them isn't shown at all.
    """
    sentence = f"HTTP {status} from {host}"
    try:
        answer = parse_body(body, host)
    except SourceError:
        answer = None
    if isinstance(answer, dict) and answer.get("status") == "error":
        said = [answer.get("errorType"), answer.get("error")]
        words = ": ".join(text for text in said if isinstance(text, str) and text)
        if words and not any(text in words for text in hidden):
            sentence = f"{sentence}: {shorten(words, 180)}"
    return SourceError(sentence, cause="status", host=host)


def _data_of(answer: object) -> Mapping[str, object] | None:
    data = answer.get("data") if isinstance(answer, dict) and answer.get("status") == "success" else None
    return data if isinstance(data, dict) else None


def _read_result(kind: object, result: object) -> list[_Series] | None:
    """Return the series of a result, or None where it has another form."""
    if not isinstance(result, list):
        return None
    if kind == "scalar":
        sample = _read_sample(result)
        return None if sample is None else [_Series({}, [sample])]
    if kind not in ("vector", "matrix"):
        return None
    found: list[_Series] = []
    for item in result:
        if not isinstance(item, dict) or not isinstance(labels := item.get("metric"), dict):
            return None
        if "histogram" in item or "histograms" in item:
            raise SourceError(
                "the query gives histograms, not numbers; take histogram_quantile or histogram_sum of them",
                cause="not_a_number",
            )
        samples = item.get("values") if kind == "matrix" else [item.get("value")]
        if not isinstance(samples, list) or not samples:
            return None
        read = [_read_sample(sample) for sample in samples]
        if any(sample is None for sample in read):
            return None
        found.append(_Series(labels, [sample for sample in read if sample is not None]))
    return found


def _read_sample(sample: object) -> tuple[Decimal, str] | None:
    match sample:
        case [int() | Decimal() as when, str() as text] if not isinstance(when, bool):
            return (Decimal(when), text) if 0 <= when < _LATEST_S else None
        case _:
            return None


def _read_value(text: str, series: _Series, found: Sequence[_Series], host: str | None) -> Decimal:
    if text in _NOT_FINITE:
        which = f" for {_show_labels(series, found)}" if len(found) > 1 else ""
        raise SourceError(
            f"the query gave {text}{which}, which is not a number; often something is divided by 0",
            cause="not_a_number",
        )
    if not _NUMBER.fullmatch(text):
        raise _strange(host)
    return to_decimal(Decimal(text), _WHERE)


def _refuse_several(found: Sequence[_Series]) -> None:
    """Do nothing when there is one series of one sample.

    Raises:
        SourceError: ``path_missing``; it shows the first few by the labels in which they differ.
    """
    if len(found) > 1:
        shown = ", ".join(_show_labels(series, found) for series in found[:_SHOWN])
        raise SourceError(
            f"the query returned {len(found):,} series: {shown}{', …' if len(found) > _SHOWN else ''}; "
            "narrow it, or add with reduce=avg (or sum, min, max, …)",
            cause="path_missing",
        )
    if len(found[0].samples) > 1:
        raise SourceError(
            f"the query returned {len(found[0].samples):,} values over time; add with reduce=avg "
            "(or max, p95, …), or ask for one moment",
            cause="path_missing",
        )


def _show_labels(series: _Series, found: Sequence[_Series]) -> str:
    """Return the labels that tell a series from the others: ``{team="search"}``."""
    differing = [
        f"{name}={json.dumps(text, ensure_ascii=False)}"
        for name, text in series.labels.items()
        if any(other.labels.get(name) != text for other in found)
    ]
    return shorten("{" + ", ".join(differing) + "}", 50)


def _strange(host: str | None) -> SourceError:
    answer = f"the answer from {host}" if host else "the answer"
    return SourceError(f"{answer} is not one of Prometheus' API; check the address", cause="path_missing")
