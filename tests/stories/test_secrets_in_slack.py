"""Secrets in Slack: set in a form by an admin, listed without a value, offered where one failed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session, select

from bot.blocks.previews import unread_view
from bot.db.models import DraftRow
from bot.domain.actor import Actor
from bot.seal import KEY_FILE
from bot.services.people import learn_person
from bot.services.secrets import StoredSecrets, set_secret
from tests.stories.conftest import Stage

VALUE = "s3cr3t-v4lue-of-grafana"

pytestmark = pytest.mark.parametrize("transport", ["socket"], indirect=True)


async def test_an_admin_sets_changes_and_removes_a_secret_nobody_sees_again(stage: Stage) -> None:
    dana_user = stage.workspace.add_user("Dana", is_admin=True)
    operations = stage.workspace.add_channel("operations", members=[dana_user, stage.bob_user])
    dana = stage.workspace.person(dana_user)
    seen = [await stage.says(dana, operations, "/criteria secret")]
    assert "There is no secret yet." in seen[-1]

    listed = (await dana.command(operations, "/criteria secret GRAFANA")).message
    await dana.click(listed, "Add secret")
    view = await dana.wait_view(lambda view: "Hosts" in view.shown)
    refused = await dana.submit({"Name": "GRAFANA", "Value": VALUE, "Hosts": "https://grafana.example.com"})
    assert "without https://" in refused.errors["Hosts"]
    await dana.submit({"Hosts": "grafana.example.com"})
    view = await dana.wait_view(lambda view: "is stored" in view.shown)
    seen.append(json.dumps(view.body))
    await dana.close_view()
    assert (await StoredSecrets(stage.loopmark.deps).fill("{{secret:GRAFANA}}")).text == VALUE

    message = (await dana.command(operations, "/criteria secret")).message
    seen.append(json.dumps(message.blocks))
    assert "GRAFANA" in message.shown
    assert "grafana.example.com" in message.shown
    await dana.click(message, "Change")
    view = await dana.wait_view(lambda view: "It replaces the one there is" in view.shown)
    seen.append(json.dumps(view.body))
    await dana.close_view()

    assert "Only workspace admins" in await stage.says(stage.bob, operations, "/criteria secret")
    typed = await stage.says(dana, operations, f"/criteria secret GRAFANA {VALUE}")
    assert "never typed in a command" in typed
    seen += [typed, await stage.says(dana, operations, f"/criteria secret {VALUE}")]

    await dana.click(message, "Remove")
    await stage.settle()
    assert "There is no secret yet." in await stage.says(dana, operations, "/criteria secret")

    def drafts(session: Session) -> str:
        return repr([row.model_dump() for row in session.exec(select(DraftRow))])

    seen.append(await stage.loopmark.deps.database.read(drafts))
    assert all(VALUE not in shown for shown in seen)


async def test_where_a_secret_was_refused_in_a_form_it_is_changed_on_top_of_it(stage: Stage) -> None:
    dana_user = stage.workspace.add_user("Dana", is_admin=True)
    operations = stage.workspace.add_channel("operations", members=[dana_user, stage.bob_user])
    for person, seen in (
        (stage.workspace.person(dana_user), "Value"),
        (stage.bob, "Only workspace admins"),
    ):
        await person.command(operations, '/initiative new "Monitoring" by 12 Dec')
        await stage.settle()
        await person.command(operations, "/criteria add")
        form = await person.wait_view(lambda view: "Better when" in view.shown)
        failure = "401 from grafana.example.com: the secret GRAFANA was refused"
        failed = unread_view("Errors", failure, "draft", refused=False, secret="GRAFANA")
        await stage.loopmark.deps.slack.update_view(form.id, failed)
        await person.wait_view(lambda view: "was refused" in view.shown)
        await person.click_view("Change secret")
        top = await person.wait_view(lambda view, seen=seen: seen in view.shown)
        assert (top.id == form.id, len(person.views)) == (False, 2)
        await person.close_view()


async def test_a_refused_secret_can_be_changed_from_try_from_the_form_and_from_check(stage: Stage) -> None:
    dana_user = stage.workspace.add_user("Dana", is_admin=True)
    operations = stage.workspace.add_channel("operations", members=[dana_user])
    dana = stage.workspace.person(dana_user)
    await dana.command(operations, '/initiative new "Monitoring" by 12 Dec')
    await stage.settle()
    actor = Actor(stage.loopmark.deps.team_id, dana_user.id)
    store = partial(set_secret, name="STATS", value=VALUE, hosts=("127.0.0.1",))
    await stage.loopmark.deps.database.write(store, actor, stage.loopmark.deps)
    where = f"{stage.metrics.address}/stats"
    how = "auth=bearer token={{secret:STATS}}"

    stage.metrics.body = {"errors": 7}
    tried = await dana.command(operations, f"/criteria try {where} with {how}")
    await stage.settle()
    assert "errors: *7*" in tried.messages[-1].shown
    assert stage.metrics.authorization == f"Bearer {VALUE}"
    await dana.click(tried.messages[-1], "Use this number")
    form = await dana.wait_view(lambda view: "Better when" in view.shown)
    inputs = {block["block_id"]: block["element"] for block in form.body["blocks"] if "element" in block}
    assert inputs["options"]["initial_value"] == how.replace(" ", "\n")

    stage.metrics.status = 401
    await dana.submit(
        {"Kind": "Guardrail: must hold all the time", "Better when": "at most (≤)", "Target": "9"}
    )
    await stage.settle()
    unread = await dana.wait_view(lambda view: "was refused" in view.shown)
    assert "A workspace admin can change the secret STATS." in unread.shown
    assert "Change secret" in unread.shown
    await dana.submit({})

    tried = await dana.command(operations, f"/criteria try {where} with {how}")
    checked = await dana.command(operations, "/criteria check errors")
    typed = await dana.command(
        operations, f"/criteria add Faults <= 9 guardrail source {where} path $.errors with {how}"
    )
    await stage.settle()
    for outcome in (tried, checked, typed):
        assert "401 from 127.0.0.1: the secret STATS was refused" in outcome.messages[-1].shown
        assert VALUE not in json.dumps(outcome.messages[-1].blocks)
        await dana.click(outcome.messages[-1], "Change secret")
        await dana.wait_view(lambda view: "It replaces the one there is" in view.shown)
        await dana.close_view()


async def test_a_start_with_a_newer_key_seals_anew_and_the_old_one_can_go(stage: Stage) -> None:
    dana = Actor(stage.loopmark.deps.team_id, stage.workspace.add_user("Dana", is_admin=True).id)
    await learn_person(stage.loopmark.deps, dana.team_id, dana.user_id)
    store = partial(set_secret, name="GRAFANA", value=VALUE, hosts=("grafana.example.com",))
    await stage.loopmark.deps.database.write(store, dana, stage.loopmark.deps)
    settings, newest = stage.settings, "f" * 32
    old = settings.secret_key.get_secret_value() if settings.secret_key else key_in(settings.data_dir)
    for keys in (f"{newest} {old}", newest):
        stage.settings = settings.model_copy(update={"secret_key": SecretStr(keys)})
        await stage.restart()
        assert (await StoredSecrets(stage.loopmark.deps).fill("{{secret:GRAFANA}}")).text == VALUE


def key_in(folder: Path) -> str:
    return (folder / KEY_FILE).read_text().strip()
