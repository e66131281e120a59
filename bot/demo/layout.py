"""Messages and views as lines a terminal can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.style import Style
from rich.text import Text

from bot.demo.chart import draw_chart
from bot.demo.mrkdwn import Names, to_text

_FAINT = Style(dim=True)
_BUTTON = Style(color="green")
_CHART = Style(color="magenta")


def to_lines(text: str, blocks: Sequence[Mapping[str, Any]], names: Names) -> list[Text]:
    """Return what a person sees of a message: its blocks when there are any, else its text."""
    if not blocks:
        return _lines(to_text(text, names))
    return [line for block in blocks for line in _block_lines(block, names)]


def _block_lines(block: Mapping[str, Any], names: Names) -> Iterator[Text]:
    match block["type"]:
        case "section":
            parts = [block["text"]] if "text" in block else list(block.get("fields") or ())
            for part in parts:
                yield from _lines(_object(part, names))
            if "accessory" in block:
                yield _controls([block["accessory"]])
        case "header":
            yield Text(block["text"]["text"], Style(bold=True))
        case "context":
            for element in block["elements"]:
                for line in _lines(_object(element, names)):
                    line.stylize(_FAINT)
                    yield line
        case "actions":
            yield _controls(block["elements"])
        case "data_visualization":
            for row in draw_chart(block):
                yield Text(f"  {row}", _CHART)
        case "divider":
            yield Text("───", _FAINT)
        case "input":
            yield Text(f"{block['label']['text']}: […]")
        case other:
            yield Text(f"({other})", _FAINT)


def _object(part: Mapping[str, Any], names: Names) -> Text:
    if part["type"] == "plain_text":
        return Text(part["text"])
    return to_text(part.get("text", ""), names)


def _controls(elements: Sequence[Mapping[str, Any]]) -> Text:
    line = Text()
    for element in elements:
        words = element.get("text") or element.get("placeholder") or {}
        label = words.get("text") or element["type"]
        line.append(" " if line else "").append(f"[{label}]", _BUTTON)
    return line


def _lines(text: Text) -> list[Text]:
    return list(text.split("\n", allow_blank=True))
