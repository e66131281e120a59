"""Answers to prompts that ask one question."""

from __future__ import annotations

from bot.domain.prompt import ONLY, Response


def one(option_id: str | None = None, *, text: str | None = None) -> dict[str, Response]:
    return {ONLY: Response(() if option_id is None else (option_id,), None, text)}
