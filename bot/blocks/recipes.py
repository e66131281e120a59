"""What `/criteria recipes` answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.blocks.mrkdwn import code, escape, shorten
from bot.blocks.parts import context, section
from bot.domain.message import Message
from bot.domain.recipe import Parameter, Recipe

MOST_IN_FULL = 3
_ON_A_SECTION = 15
_HOW = (
    "`/criteria recipes WORD` shows what one needs. A recipe becomes an address and a path; the answer shows them, and "
    "they are what is stored."
)


def recipes_list(
    found: Sequence[Recipe], word: str, near: Sequence[str] = (), *, in_none: bool = False
) -> Message:
    """Return the recipes: up to three with all they need, more with their titles.

    Args:
        found: What is shown; all recipes where the word is in none of them.
        word: What was looked for, or empty.
        near: The names that were probably meant where the word is in none.
        in_none: Whether it is.
    """
    if word and not in_none and len(found) <= MOST_IN_FULL:
        return Message(
            text="\n".join(f"{each.name}: {each.title}. {escape(each.example)}" for each in found),
            blocks=tuple(section(_in_full(each)) for each in found),
        )
    meant = f" Did you mean {' or '.join(code(name) for name in near)}?" if near else ""
    typed = f"“{escape(shorten(word, 60))}”"
    if in_none:
        intro = f"{typed} is in no recipe.{meant} These are all there are:"
    else:
        intro = f"{typed} is in {len(found)} recipes:" if word else "These are the recipes:"
    lines = [f"{code(each.name)}  {escape(each.title)}" for each in found]
    return Message(
        text="\n".join([intro, *lines]),
        blocks=(
            section(intro),
            *(
                section("\n".join(lines[start : start + _ON_A_SECTION]))
                for start in range(0, len(lines), _ON_A_SECTION)
            ),
            context(_HOW),
        ),
    )


def _in_full(recipe: Recipe) -> str:
    asked = [_parameter(each) for each in recipe.parameters]
    return "\n".join(
        [
            f"*{escape(recipe.title)}*: {escape(recipe.measures)}.",
            f"Reads {code(recipe.path)} in {code(recipe.address)}.",
            *_secrets(recipe),
            *asked,
            f"For example: {code(recipe.example)}",
        ]
    )


def _parameter(parameter: Parameter) -> str:
    left_out = "" if parameter.default is None else f"; {code(parameter.default)} when left out"
    return f"• {code(parameter.name)}  {escape(parameter.means)}{left_out}"


def _secrets(recipe: Recipe) -> Iterable[str]:
    names = recipe.secrets
    if names:
        yield (
            f"Sends the secret {' and '.join(code(name) for name in names)}, which a workspace admin sets with "
            "`/criteria secret`."
        )
