"""`/criteria recipes`: presets for well-known services."""

from __future__ import annotations

from bot.blocks.recipes import recipes_list
from bot.domain.message import Message
from bot.domain.names import nearest
from bot.domain.recipe import all_recipes, search_recipes
from bot.domain.requests import ListRecipes
from handlers.context import Incoming


async def show(request: ListRecipes, at: Incoming) -> Message:
    """Answer with the recipes a word is in, or with all of them; touches no database."""
    del at
    found = search_recipes(request.word)
    if found:
        return recipes_list(found, request.word)
    return recipes_list(
        list(all_recipes().values()), request.word, nearest(request.word, all_recipes()), in_none=True
    )
