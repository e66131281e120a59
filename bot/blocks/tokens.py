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
    where = (
        ""
        if is_public
        else " This address works only on the computer Loopmark runs on; "
        "whoever runs it can set LOOPMARK_PUBLIC_URL."
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
                f"What else can be sent stands at /docs of the same address.{where}{also}"
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
