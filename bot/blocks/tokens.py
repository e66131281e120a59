"""What `/criteria token` answers."""

from __future__ import annotations

from bot.blocks.mrkdwn import escape
from bot.blocks.parts import actions, button, confirm, context, section
from bot.domain.message import Message


def token_made(
    name: str, *, address: str, token: str, is_public: bool, working: int, revoke_value: str
) -> Message:
    """Return the only message that ever shows a token; seen by whoever asked for it alone.

    Args:
        name: The criterion's.
        address: Where readings are sent.
        token: The token.
        is_public: False when the address works on Loopmark's own machine only.
        working: How many tokens of the criterion work now.
        revoke_value: Value of [Revoke].
    """
    curl = (
        f"curl {address} -H 'Authorization: Bearer {token}' "
        "-H 'Content-Type: application/json' -d '{\"value\": 412}'"
    )
    also = "" if working == 1 else f" {working} tokens of this criterion work now."
    text = (
        f"Here is a token for *{escape(name)}*. It is shown this once: keep it where your program finds it."
    )
    return Message(
        text=f"Here is a token for {escape(name)}, shown this once.",
        blocks=(
            section(text),
            section(f"```{escape(curl)}```"),
            context(
                "Whoever has the token can send readings of this criterion, and nothing else. "
                f"What else can be sent stands at /docs of the same address.{_where(is_public)}{also}"
            ),
            actions(
                button(
                    "Revoke",
                    "revoke_token",
                    revoke_value,
                    style="danger",
                    confirm=confirm(
                        "Revoke this token?",
                        "Programs that use it are refused from now on. Readings they sent are kept.",
                        "Revoke",
                        danger=True,
                    ),
                )
            ),
        ),
    )


def tokens_revoked(name: str, count: int) -> Message:
    """Return the answer to revoking one or all of a criterion's tokens."""
    what = "The token" if count == 1 else f"All {count} tokens"
    verb = "works" if count == 1 else "work"
    text = f"{what} of *{escape(name)}* {verb} no more. Readings already sent are kept."
    return Message(text=text.replace("*", ""), blocks=(section(text),))


def ship_token_made(
    name: str, *, address: str, token: str, is_public: bool, working: int, revoke_value: str
) -> Message:
    """Return the only message that ever shows a token with which a program ships.

    Args:
        name: The initiative's.
        address: Where ships are sent.
        token: The token.
        is_public: False when the address works on Loopmark's own machine only.
        working: How many tokens of the initiative work now.
        revoke_value: Value of [Revoke].
    """
    curl = (
        f"curl {address} -H 'Authorization: Bearer {token}' "
        "-H 'Content-Type: application/json' -d '{\"name\": \"New checkout form\"}'"
    )
    also = "" if working == 1 else f" {working} tokens of this initiative work now."
    sure = confirm(
        "Revoke this token?",
        "Programs that use it are refused from now on. What they shipped is kept.",
        "Revoke",
        danger=True,
    )
    return Message(
        text=f"Here is a token that ships for {escape(name)}, shown this once.",
        blocks=(
            section(
                f"Here is a token that ships for *{escape(name)}*. It is shown this once: keep it among your "
                "pipeline's secrets."
            ),
            section(f"```{escape(curl)}```"),
            context(
                "Whoever has the token can ship for this initiative, and nothing else. What else can be sent stands "
                f"at /docs of the same address.{_where(is_public)}{also}"
            ),
            actions(button("Revoke", "revoke_ship_token", revoke_value, style="danger", confirm=sure)),
        ),
    )


def ship_tokens_revoked(name: str, count: int) -> Message:
    """Return the answer to revoking one or all of an initiative's tokens."""
    what = "The token" if count == 1 else f"All {count} tokens"
    verb = "ships" if count == 1 else "ship"
    text = f"{what} of *{escape(name)}* {verb} no more. What was shipped is kept."
    return Message(text=text.replace("*", ""), blocks=(section(text),))


def _where(is_public: bool) -> str:
    return (
        ""
        if is_public
        else " This address works only on the computer Loopmark runs on; "
        "whoever runs it can set LOOPMARK_PUBLIC_URL."
    )
