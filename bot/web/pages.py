"""`GET /i/{initiative}?link=…&until=…&signature=…`: an initiative's page, for whoever has a link that works."""

from __future__ import annotations

from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from bot.deps import Deps
from bot.domain.page_link import PageLink, read_page_link
from bot.services.pages import open_page
from bot.web.html import Html
from bot.web.initiative_page import gone_page, initiative_page
from bot.web.style import HEADERS


def add_pages(app: FastAPI, deps: Deps) -> None:
    """Give a web app the pages of initiatives.

    Wrong, ended and revoked links all get the same answer, so that nothing can be found out by guessing.
    """

    @app.get("/i/{initiative_id}")
    async def page(initiative_id: str, request: Request) -> HTMLResponse:
        found = await _find(deps, initiative_id, request)
        if found is None:
            return HTMLResponse(gone_page(), status_code=404, headers=HEADERS)
        return HTMLResponse(found, headers=HEADERS)


async def _find(deps: Deps, initiative_id: str, request: Request) -> Html | None:
    read = read_page_link(initiative_id, request.query_params)
    if read is None:
        return None
    link, signature = read
    # Before the database is asked, so that the time an answer takes tells nothing of what is in there.
    if not deps.seal.is_signed(link.signed_text(deps.team_id), signature):
        return None
    return await deps.database.read(_lay_out, deps.team_id, link, deps.now())


def _lay_out(session: Session, team_id: str, link: PageLink, now: datetime) -> Html | None:
    # On the database's thread: twenty charts take 70 ms, which no acknowledgement should wait for.
    found = open_page(session, team_id, link, now)
    return None if found is None else initiative_page(found)
