"""HTML that is escaped by construction: text becomes HTML only through `tag`."""

from __future__ import annotations

from html import escape


class Html(str):
    """Text that is HTML already; everything else is escaped on its way into a tag."""

    __slots__ = ()


Inside = str | Html | None
"""What stands in a tag; None for nothing."""

VOID = frozenset({"meta", "br", "hr"})


def tag(name: str, /, *inside: Inside, **attributes: str | float | bool | None) -> Html:
    """Return an element with all it holds.

    Args:
        name: The element's, also one of SVG.
        inside: What it holds, in order; plain text is escaped.
        attributes: ``aria_label`` stands for ``aria-label``, ``class_`` for ``class``. None and False leave one out,
            True gives it without a value, numbers are written with one digit after the point at most.
    """
    opened = "".join([name, *(_attribute(key, value) for key, value in attributes.items())])
    if name in VOID:
        return Html(f"<{opened}>")
    return Html(f"<{opened}>{join(*inside)}</{name}>")


def join(*inside: Inside) -> Html:
    """Return several pieces side by side; plain text is escaped."""
    return Html(
        "".join(part if isinstance(part, Html) else escape(part) for part in inside if part is not None)
    )


def _attribute(key: str, value: str | float | bool | None) -> str:
    key = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {key}"
    text = f"{value:.1f}".removesuffix(".0") if isinstance(value, int | float) else value
    return f' {key}="{escape(text)}"'
