"""An anonymous answer is answered: a code on the receipt, a reply under the results, and nobody found out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import Person
from tests.stories.conftest import Stage

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)

CODE = re.compile(r"`/feedback inbox ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})`")


def bytes_of(folder: Path) -> bytes:
    """Return what lies in the database's files, its write-ahead log included."""
    return b"".join(file.read_bytes() for file in folder.glob("loopmark.db*"))


async def answer(stage: Stage, person: Person, words: str) -> str:
    """Answer the one prompt in the channel in words, and return the code on the receipt."""
    [posted] = stage.posts(stage.general)
    await person.click(posted, "Answer")
    await person.wait_view(lambda view: "What slowed you down?" in view.shown)
    sent = await person.submit({"What slowed you down?": words})
    assert sent.view is not None
    found = CODE.search(json.dumps(sent.view.blocks))
    assert found is not None
    await person.close_view()
    return found[1]


async def ask_and_answer(stage: Stage) -> str:
    """Ask, have three people answer, let it close, and return Bob's code."""
    await stage.says(
        stage.alice,
        stage.general,
        '/feedback ask "What slowed you down?" text anonymous floor 3 closes in 1d',
    )
    await stage.settle()
    code = await answer(stage, stage.bob, "The builds")
    await answer(stage, stage.charlie, "The reviews")
    await answer(stage, stage.alice, "The meetings")
    await stage.pass_time(timedelta(days=1))
    return code


async def reply_to(stage: Stage, words: str, reply: str) -> None:
    """Have Alice press [Reply] beside these words, and send a reply."""
    outcome = await stage.alice.command(stage.general, "/feedback results #1")
    await stage.settle()
    results = outcome.messages[-1]
    [value] = [
        block["accessory"]["value"]
        for block in results.blocks
        if words in json.dumps(block) and "accessory" in block
    ]
    await stage.alice.click(results, "Reply", value)
    await stage.alice.wait_view(lambda view: "Your reply" in view.shown)
    sent = await stage.alice.submit({"Your reply": reply})
    assert sent.errors == {}
    assert sent.view is not None
    assert "for whoever has the code" in sent.view.shown
    await stage.alice.close_view()
    await stage.settle()


async def test_whoever_asked_replies_and_only_the_code_opens_it(stage: Stage) -> None:
    code = await ask_and_answer(stage)
    await stage.bob.command(stage.general, f"/feedback inbox {code}")
    view = await stage.bob.wait_view(lambda view: "The builds" in view.shown)
    assert "No reply yet." in view.shown
    await stage.bob.close_view()

    messages = [
        len(stage.workspace.direct_messages(user))
        for user in (stage.alice_user, stage.bob_user, stage.charlie_user)
    ]
    await reply_to(stage, "The builds", "We cache them from Monday on.")
    seen = await stage.says(stage.alice, stage.general, "/feedback results #1")
    assert "Replied on 24 Nov 2026." in seen
    others = await stage.bob.command(stage.general, "/feedback results #1")
    await stage.settle()
    assert "The builds" in others.messages[-1].shown
    assert stage.bob.buttons(others.messages[-1]) == [], "only whoever asked may reply"

    # Typed on a phone: small letters, no dashes, into the form.
    await stage.bob.command(stage.general, "/feedback inbox")
    await stage.bob.wait_view(lambda view: "Code from your receipt" in view.shown)
    short = await stage.bob.submit({"Code from your receipt": code[:-1]})
    assert "this has 15" in str(short.errors)
    other = ("1" if code[0] != "1" else "2") + code[1:]
    wrong = await stage.bob.submit({"Code from your receipt": other})
    assert "No inbox opens with that code." in str(wrong.errors)
    right = await stage.bob.submit({"Code from your receipt": code.lower().replace("-", "")})
    assert right.view is not None
    assert "We cache them from Monday on." in right.view.shown
    await stage.bob.close_view()
    await stage.settle()
    assert messages == [
        len(stage.workspace.direct_messages(user))
        for user in (stage.alice_user, stage.bob_user, stage.charlie_user)
    ], "nothing is pushed"


async def test_a_code_that_is_mistyped_is_repeated_to_its_typer_and_kept_nowhere(
    stage: Stage, tmp_path: Path
) -> None:
    code = await ask_and_answer(stage)
    await reply_to(stage, "The builds", "We cache them from Monday on.")
    # First the word is mistyped, then the code, then neither.
    refused = await stage.says(stage.bob, stage.general, f"/feedback inbx {code}")
    assert "it was not saved as a note" in refused
    assert code in refused
    refused = await stage.says(stage.bob, stage.general, f"/loop feedback inbox {code}9")
    assert "this has 17" in refused
    other = ("1" if code[0] != "1" else "2") + code[1:]
    outcome = await stage.bob.command(stage.general, f"/feedback inbox {other}")
    await stage.settle()
    assert "No inbox opens with that code." in outcome.messages[-1].shown
    await stage.bob.command(stage.general, f"/feedback inbox {code}")
    await stage.bob.wait_view(lambda view: "We cache them" in view.shown)
    await stage.settle()

    assert code not in await stage.says(stage.alice, stage.general, "/feedback list")
    stored = bytes_of(tmp_path)
    for form in (code, code.replace("-", ""), other):
        assert form.encode() not in stored
    assert b"We cache them" not in stored
    sent = [record for record in stage.workspace.traffic if record.direction == "from_bot"]
    assert len(sent) > 5
    assert not any(code in json.dumps(record.payload) for record in sent), "in acknowledgements alone"
