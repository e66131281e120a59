"""What is said of Slack's refusals, and whether trying again helps."""

from __future__ import annotations

import pytest

from bot.slack.errors import disconnected, failed, refused, timed_out
from bot.slack.refusals import REFUSALS

PASSING = {
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "update_failed",
    "message_limit_exceeded",
    "external_channel_migrating",
    "org_login_required",
    "team_added_to_org",
    "accesslimited",
    "streaming_state_conflict",
}


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_known_code_is_permanent_unless_it_passes_by_itself(code: str) -> None:
    error = refused("chat.postMessage", code, effect="once", bot_name="Loopmark", needed="chat:write")

    assert error.error == code
    assert error.permanent is (code not in PASSING)
    assert str(error).endswith(".")
    assert "{" not in str(error)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("not_in_channel", "Loopmark is not in that channel: type `/invite @pace` there and try again."),
        ("channel_not_found", "`/invite @pace`"),
        ("is_archived", "archived"),
        ("restricted_action_read_only_channel", "ask an admin"),
        ("token_revoked", "SLACK_BOT_TOKEN"),
        ("account_inactive", "install it again"),
        ("expired_trigger_id", "try once more"),
        ("msg_too_long", "longer than Slack takes"),
    ],
    ids=lambda value: value if "_" in value and " " not in value else "",
)
def test_a_refusal_says_the_next_step(code: str, words: str) -> None:
    assert words in str(refused("chat.postMessage", code, effect="once", bot_name="pace"))


def test_a_missing_scope_is_named() -> None:
    error = refused(
        "conversations.history",
        "missing_scope",
        effect="read",
        bot_name="Loopmark",
        needed="channels:history,groups:history",
    )

    assert "`channels:history` or `groups:history`" in str(error)


def test_a_code_without_a_sentence_is_named_with_its_method_and_is_permanent() -> None:
    error = refused("chat.postMessage", "brand_new", effect="once", bot_name="Loopmark")

    assert str(error) == "Slack refused chat.postMessage: brand_new."
    assert error.permanent


def test_slacks_own_words_are_kept_without_tokens_and_addresses() -> None:
    error = refused(
        "chat.postMessage",
        "invalid_blocks",
        effect="once",
        bot_name="Loopmark",
        details=[
            "no more than 50 items allowed [json-pointer:/blocks]",
            "xoxb-12-ab at https://hooks.example/x",
        ],
    )

    assert "no more than 50 items allowed [json-pointer:/blocks]; … at …" in str(error)
    assert "xoxb" not in str(error)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "request_timeout", "service_unavailable"])
def test_a_fault_half_way_leaves_only_a_call_that_must_not_be_repeated_unclear(code: str) -> None:
    assert refused("m", code, effect="once", bot_name="x").unclear
    assert not refused("m", code, effect="repeatable", bot_name="x").unclear
    assert not refused("m", code, effect="read", bot_name="x").unclear


@pytest.mark.parametrize(
    ("status", "permanent", "unclear"),
    [
        (500, False, True),
        (503, False, True),
        (200, False, True),
        (302, True, False),
        (403, True, False),
        (408, False, True),
    ],
)
def test_an_answer_that_is_not_slacks_is_judged_by_its_status(
    status: int, permanent: bool, unclear: bool
) -> None:
    error = failed(status, effect="once")

    assert (error.error, error.permanent, error.unclear) == (f"http_{status}", permanent, unclear)
    assert failed(status, effect="repeatable").unclear is False


def test_a_timeout_is_unclear_unless_nothing_was_to_change() -> None:
    assert timed_out(effect="once").unclear
    assert timed_out(effect="repeatable").unclear
    assert not timed_out(effect="read").unclear


def test_a_connection_that_never_came_about_is_clear() -> None:
    assert not disconnected(effect="once", was_sent=False).unclear
    assert disconnected(effect="once", was_sent=True).unclear
