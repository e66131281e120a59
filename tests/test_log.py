from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.log import PEOPLE_WROTE, Redaction, drop_what_people_wrote, set_up_logging
from bot.settings import Settings, load_settings

TYPED = "the new form is confusing"


def settings(**changed: object) -> Settings:
    return load_settings(_env_file=None, **changed)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Put back what set_up_logging changes for the whole process."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


class Log:
    """The lines that were logged since it was made."""

    def __init__(self, *, in_colour: bool = False, **changed: object) -> None:
        self.stream = io.StringIO()
        made = settings(**changed)
        set_up_logging(made.log_level, made.secrets, stream=self.stream, in_colour=in_colour)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def test_an_event_is_one_line_of_json_with_its_facts() -> None:
    log = Log()
    structlog.get_logger("bot.app").info("read failed", criterion_id=7, cause="timeout")
    (line,) = log.lines
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "read failed", "level": "info", "logger": "bot.app", "criterion_id": 7, "cause": "timeout",
    }  # fmt: skip


def test_a_person_at_a_terminal_gets_words() -> None:
    log = Log(in_colour=True)
    structlog.get_logger("bot.app").info("read failed", criterion_id=7)
    assert "read failed" in log.text
    assert not log.text.startswith("{")


def test_what_other_packages_log_goes_the_same_way() -> None:
    log = Log()
    logging.getLogger("slack_bolt.App").warning("token %s was refused", "xoxb-123-abc")
    (line,) = log.lines
    assert (line["logger"], line["level"]) == ("slack_bolt.App", "warning")
    assert line["event"] == "token xoxb-*** was refused"


@pytest.mark.parametrize(
    ("name", "level", "is_shown"),
    [
        ("bot.app", logging.DEBUG, True),
        ("handlers.routes", logging.DEBUG, True),
        ("slack_bolt.App", logging.INFO, True),
        ("slack_bolt.App", logging.DEBUG, False),
        ("slack_sdk.web", logging.DEBUG, False),
        ("httpx", logging.INFO, False),
        ("apscheduler.executors.default", logging.INFO, False),
        ("uvicorn.access", logging.INFO, False),
        ("uvicorn.error", logging.INFO, True),
    ],
)
def test_at_debug_only_our_own_modules_say_more(name: str, level: int, is_shown: bool) -> None:
    log = Log(LOG_LEVEL="debug")
    logging.getLogger(name).log(level, "payload")
    assert bool(log.text) is is_shown


@pytest.mark.parametrize("name", ["bot.app", "slack_bolt.App"])
def test_the_least_level_is_the_operators(name: str) -> None:
    log = Log(LOG_LEVEL="error")
    logging.getLogger(name).warning("not shown")
    structlog.get_logger(name).warning("not shown")
    logging.getLogger(name).error("shown")
    assert [line["event"] for line in log.lines] == ["shown"]


def test_a_second_set_up_replaces_the_first() -> None:
    first, second = Log(), Log()
    structlog.get_logger("bot.app").info("once")
    assert (first.text, len(second.lines)) == ("", 1)


SECRETS = {
    "a_code": ("sent /feedback inbox 7kx3-9QPM-H2TV-0ABC", "sent /feedback inbox ***"),
    "bot_token": ("token=xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy", "token=xoxb-***"),
    "app_token": ("xapp-1-A111-222-abcdef refused", "xapp-*** refused"),
    "rotated_token": ("xoxe.xoxb-1-Mi0yLTM", "xoxe.xoxb-***"),
    "refresh_token": ("xoxe-1-My0xLTM", "xoxe-***"),
    "header": ("{'Authorization': 'Bearer abc.def-123'}", "{'Authorization': '***'}"),
    "bearer": ("sent Bearer abcdefgh12345678", "sent Bearer ***"),
    "response_url": (
        "POST https://hooks.slack.com/commands/T1/2/abc failed",
        "POST https://hooks.slack.com/*** failed",
    ),
    "user_in_an_address": ("from https://alice:pw@api.example.com/x", "from https://***@api.example.com/x"),
    "query": ("GET https://api.example.com/x?api_key=1#y: 401", "GET https://api.example.com/x?*** 401"),
    "socket_ticket": ("wss://wss.slack.com/link/?ticket=1&app_id=2", "wss://wss.slack.com/link/?***"),
    "database": ("postgresql+psycopg://bot:pw@db/loopmark", "postgresql+psycopg://***@db/loopmark"),
    "path_with_a_query": ('"GET /api/v1/page?sig=abc HTTP/1.1"', '"GET /api/v1/page?*** HTTP/1.1"'),
    "row_that_broke_a_rule": (
        "null value\nDETAIL:  Failing row contains (1, so\nconfusing).\nCONTEXT: x",
        "null value\nDETAIL: ***\nCONTEXT: x",
    ),
}


@pytest.mark.parametrize(("line", "shown"), SECRETS.values(), ids=SECRETS.keys())
def test_secrets_are_hidden_by_their_shape(line: str, shown: str) -> None:
    assert Redaction().hide(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "https://api.example.com/stats",
        "Is it clear? Yes",
        "/criteria list",
        "12 criteria, 3 behind",
        "a/b?c d",
        "123e4567-e89b-12d3-a456-426614174000",
    ],
)
def test_plain_lines_stay_as_they_are(line: str) -> None:
    assert Redaction().hide(line) == line


def test_the_operators_own_secrets_are_hidden_wherever_they_stand() -> None:
    log = Log(
        SLACK_SIGNING_SECRET="8f742231b10e8888abcd99yyyzzz85a5",
        LOOPMARK_SECRET_KEY="correct horse battery staple etc",
        DATABASE_URL="postgresql://bot:pass%20word@db/loopmark",
    )
    structlog.get_logger("bot.app").error(
        "8f742231b10e8888abcd99yyyzzz85a5",
        facts=["correct horse battery staple etc", {"deep": ("pass word",)}],
    )
    (line,) = log.lines
    assert (line["event"], line["facts"]) == ("***", ["***", {"deep": ["***"]}])


def test_short_secrets_do_not_garble_the_log() -> None:
    assert settings(DATABASE_URL="postgresql://bot:bot@db/loopmark").secrets == frozenset()


def test_a_traceback_is_shown_without_secrets() -> None:
    log = Log()
    try:
        raise ValueError("xoxb-1-hidden was refused")
    except ValueError:
        structlog.get_logger("bot.app").exception("listener failed")
        logging.getLogger("aiohttp.server").exception("request failed")
    for line in log.lines:
        assert "Traceback" in line["exception"]
        assert "xoxb-*** was refused" in line["exception"]
        assert "hidden was" not in json.dumps(line)


@pytest.mark.parametrize("key", sorted(PEOPLE_WROTE))
@pytest.mark.parametrize("in_colour", [False, True], ids=["json", "terminal"])
def test_what_people_wrote_is_not_logged(key: str, in_colour: bool) -> None:
    log = Log(in_colour=in_colour, LOG_LEVEL="debug")
    logger = structlog.get_logger("bot.app").bind(**{key: TYPED})
    logger.debug("stored", **{key: TYPED})
    logger.info("stored", found={"deep": [{key: TYPED, "kept": 1}]})
    assert TYPED not in log.text
    assert "kept" in log.text


@pytest.mark.parametrize("key", ["response_url", "trigger_id", "token"])
def test_keys_that_let_someone_act_as_loopmark_are_hidden(key: str) -> None:
    log = Log()
    structlog.get_logger("bot.app").info("clicked", **{key: "13.37"}, body_of={key: "13.37"})
    assert "13.37" not in log.text


texts = st.text().map(lambda text: f"{text}s3cret")


@given(
    st.recursive(
        texts | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_whatever_is_logged_gives_a_line_without_the_secret(value: Any) -> None:
    event = drop_what_people_wrote(None, "info", {"event": "x", "fact": value})
    assert "s3cret" not in json.dumps(Redaction(["s3cret"])(None, "info", event))


def test_what_is_no_json_is_logged_as_text() -> None:
    log = Log()
    structlog.get_logger("bot.app").info("odd", what=Exception("xapp-1-x"), which={1: {2}})
    (line,) = log.lines
    assert (line["what"], line["which"]) == ("xapp-***", {"1": [2]})
