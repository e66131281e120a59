"""Reading the app manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.manifest import bot_events, bot_scopes, commands, load_manifest, optional_scopes, shortcuts
from bot.sandbox import Workspace


def test_the_projects_own_manifest_is_found_and_names_its_commands() -> None:
    manifest = load_manifest()
    assert [command.name for command in commands(manifest)][:1] == ["/criteria"]
    assert all(command.should_escape for command in commands(manifest))
    assert "chat:write" in bot_scopes(manifest)
    assert set(optional_scopes(manifest)) <= set(bot_scopes(manifest))


def test_the_projects_own_manifest_can_work() -> None:
    assert Workspace().violations == []


def test_scopes_come_once_with_the_optional_ones_last() -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": ["chat:write", "im:history"], "bot_optional": ["im:history"]}}
    }
    assert bot_scopes(manifest) == ("chat:write", "im:history")
    assert optional_scopes(manifest) == ("im:history",)


def test_an_empty_manifest_declares_nothing() -> None:
    assert (commands({}), shortcuts({}), bot_events({}), bot_scopes({})) == ((), (), (), ())


@pytest.mark.parametrize(
    ("content", "words"),
    [("a: [", "is not readable as YAML"), ("- a", "must be a mapping"), (None, "is missing")],
    ids=["broken", "a list", "missing"],
)
def test_an_unreadable_manifest_is_a_wrong_setting(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "manifest.yml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=words):
        load_manifest(path)
