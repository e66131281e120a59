"""Attackers who try to find out who gave which answer to an anonymous prompt, with all that one could look at."""

from __future__ import annotations

import hmac
import json
import re
import sqlite3
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import comb, factorial
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.seal import Seal
from bot.services.sealing import unseal_response

Row = Mapping[str, Any]
Guesses = Mapping[tuple[int, str], str]
"""(Prompt's row id, Slack user id) → the answer somebody is thought to have given."""

SEALED_KEY = 61
"""Bytes of a sealed prompt key: version, nonce, 32 bytes and a tag."""


@dataclass(frozen=True)
class Snapshot:
    """A database at one moment.

    Attributes:
        responses: Every row, in the order in which they are stored.
        notes: Every note, in the order in which they are stored.
        raw: The bytes of its write-ahead log and of its file, whether they are in use or not.
        states: The rows of responses and notes after each commit the write-ahead log still tells of.
    """

    responses: Sequence[Row]
    notes: Sequence[Row]
    raw: bytes = b""
    states: Sequence[tuple[Sequence[Row], Sequence[Row]]] = ()


@dataclass
class Evidence:
    """What an attacker has.

    Attributes:
        people: Everybody who may have answered (Slack user ids).
        prompts: Row ids of the anonymous prompts.
        snapshots: The database, the last moment last.
        logs: Everything that was logged.
        messages: Everything that was posted or edited, but for private receipts, in order.
        seal: The secret key, or None.
    """

    people: Sequence[str]
    prompts: Sequence[int]
    snapshots: Sequence[Snapshot]
    logs: str = ""
    messages: Sequence[str] = field(default_factory=list)
    seal: Seal | None = None


def attack(evidence: Evidence) -> dict[str, Guesses]:
    """Return what each way to guess comes to, by its name."""
    found: dict[str, Guesses] = {}
    for (name, order), (other, people) in product(_answer_orders(evidence), _people_orders(evidence).items()):
        found[f"{name} against {other}"] = {
            (prompt, who): answer
            for prompt in evidence.prompts
            for who, answer in zip(people, order(prompt), strict=False)
        }
    found["hashes of every member"] = dict(_by_hash(evidence))
    return found


def count_right(guesses: Guesses, truth: Guesses) -> int:
    """Return how many guesses are right."""
    return sum(truth[who] == answer for who, answer in guesses.items())


def luck(guesses: Guesses, truth: Guesses) -> float:
    """Return the exact chance that guesses made without knowing anything are right so often or more often.

    In each prompt it is known how many gave each answer, and every way to deal these answers to the people is as
    likely as any other. With ``c`` people who gave an answer and ``g`` who are thought to have given it, the ways to
    place j rooks on the board of right guesses are ``C(g, j) C(c, j) j!`` for that answer, and the product of these
    polynomials for all answers gives r_j. Of the n! ways to deal, ``sum over j >= k of (-1)^(j-k) C(j, k) (n-j)! r_j``
    are right exactly k times (Riordan, "An Introduction to Combinatorial Analysis", 1958, chapter 7). Prompts are
    dealt independently, so their distributions are folded.

    For 40 people with four answers of ten each, 40 right guesses have a chance of 2e-22, and the first number whose
    chance is under 1e-9 is 29; for three such prompts it is 62 of 120, where 30 are to be expected.
    """
    folded = [1.0]
    for prompt in {prompt for prompt, _ in truth}:
        dealt = Counter(answer for (number, _), answer in truth.items() if number == prompt)
        guessed = Counter(answer for (number, _), answer in guesses.items() if number == prompt)
        rooks = [1]
        for answer, count in dealt.items():
            most = min(count, guessed[answer])
            board = [comb(count, j) * comb(guessed[answer], j) * factorial(j) for j in range(most + 1)]
            rooks = _times(rooks, board)
        people, top = dealt.total(), len(rooks)
        exactly = [
            sum((-1) ** (j - k) * comb(j, k) * factorial(people - j) * rooks[j] for j in range(k, top))
            / factorial(people)
            for k in range(top)
        ]
        folded = _times(folded, exactly)
    return sum(folded[count_right(guesses, truth) :])


def _times(one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    terms = [0] * (len(one) + len(other) - 1)
    for (i, a), (j, b) in product(enumerate(one), enumerate(other)):
        terms[i + j] += a * b
    return terms


def answer_of(row: Row) -> str | None:
    """Return which of the options a stored answer is; None where that can't be read."""
    option_ids = json.loads(row["option_ids"]) if isinstance(row["option_ids"], str) else row["option_ids"]
    return option_ids[0] if option_ids else (row["text"].split()[0] if row["text"] else None)


def _answer_orders(evidence: Evidence) -> Iterator[tuple[str, Callable[[int], list[str]]]]:
    """Yield ways to put the answers that can be read into an order that may be people's."""
    last = evidence.snapshots[-1]

    def ordered(key: Callable[[Row], Any], rows: Sequence[Row]) -> Callable[[int], list[str]]:
        def of(prompt: int) -> list[str]:
            mine = sorted((row for row in rows if row["prompt_id"] == prompt), key=key)
            return [answer for row in mine if (answer := _read(evidence, row)) is not None]

        return of

    for moment, snapshot in enumerate(evidence.snapshots):
        rows = snapshot.responses
        yield f"moment {moment}, as stored", ordered(lambda _row: 0, rows)
        for column in ("id", "respondent", "answered_on"):
            yield f"moment {moment}, by {column}", ordered(lambda row, by=column: str(row[by]), rows)
        yield f"moment {moment}, by place in the bytes", ordered(_place_in(snapshot.raw), rows)
        # Earlier rows beside the answers that could be read later: alike in length, or in order of their ids.
        if snapshot is not last:
            yield f"moment {moment}, by length", _by_length(snapshot, last)
        came = _first_seen(snapshot, "responses")
        if came:
            yield f"moment {moment}, as they came", ordered(lambda _row: 0, came)
    for moment, snapshot in enumerate(evidence.snapshots):
        early = snapshot.raw

        def first_in(row: Row, raw: bytes = early) -> int:
            return raw.find(row["text"].encode()) if row["text"] else -1

        yield f"words in the bytes of moment {moment}", ordered(first_in, last.responses)
    told = "\n".join(evidence.messages)
    yield "words in messages", ordered(lambda row: told.find(row["text"] or "-"), last.responses)


def _people_orders(evidence: Evidence) -> dict[str, Sequence[str]]:
    """Return the orders in which people did something with their names, and some others."""
    last = evidence.snapshots[-1]
    named = [row["respondent"] for row in last.responses if row["prompt_id"] not in evidence.prompts]
    orders = {
        "named answers": named,
        "days of named answers": [
            row["respondent"]
            for row in sorted(last.responses, key=lambda row: str(row["answered_on"]))
            if row["prompt_id"] not in evidence.prompts
        ],
        "notes": [row["author_id"] for row in last.notes],
        "user ids": sorted(evidence.people),
    }
    for name, told in (("log", evidence.logs), ("messages", "\n".join(evidence.messages))):
        mentioned = re.findall(r"U0M\d\d", told)
        orders[f"mentions in the {name}"] = list(dict.fromkeys(mentioned))
    for moment, snapshot in enumerate(evidence.snapshots):
        if snapshot.states:
            came = _first_seen(snapshot, "notes")
            orders[f"notes as they came until moment {moment}"] = [row["author_id"] for row in came]
    return orders


def _read(evidence: Evidence, row: Row) -> str | None:
    if row["sealed"] is None or evidence.seal is None:
        return answer_of(row)
    for key in _keys(evidence):
        response = unseal_response(key, row["sealed"])
        if response is not None:
            return answer_of({"option_ids": response.option_ids, "text": response.text})
    return None


def _by_hash(evidence: Evidence) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield who is found under a key that can be had or guessed: a name or a hash of a name that is stored."""
    readable = {
        (row["prompt_id"], row["respondent"]): answer
        for snapshot in evidence.snapshots
        for row in snapshot.responses
        if (answer := _read(evidence, row)) is not None
    }
    for key, who in product(_keys(evidence), evidence.people):
        for name in (who, hmac.digest(key, who.encode(), "sha256").hex()):
            for prompt in evidence.prompts:
                if (answer := readable.get((prompt, name))) is not None:
                    yield (prompt, who), answer


def _keys(evidence: Evidence) -> list[bytes]:
    """Return what may be a prompt's key: what lies sealed in the bytes, unsealed if one can, and simple ones."""
    cached: list[bytes] | None = evidence.__dict__.get("_keys")
    if cached is None:
        cached = [b"", b"T0ACME", *(str(prompt).encode() for prompt in evidence.prompts)]
        for snapshot in evidence.snapshots:
            for found in re.finditer(rb"(?=(\x01.{%d}))" % (SEALED_KEY - 1), snapshot.raw, re.S):
                if evidence.seal is not None:
                    try:
                        cached.append(evidence.seal.unseal(found[1]))
                    except ConfigError:
                        continue
        cached = evidence.__dict__["_keys"] = list(dict.fromkeys(cached))
    return cached


def _by_length(snapshot: Snapshot, last: Snapshot) -> Callable[[int], list[str]]:
    """Return the last answers in the order of earlier rows: the longest sealed one is the longest written one."""

    def of(prompt: int) -> list[str]:
        sealed = [row for row in snapshot.responses if row["prompt_id"] == prompt and row["sealed"]]
        clear = sorted(
            (row for row in last.responses if row["prompt_id"] == prompt and answer_of(row)),
            key=lambda row: len(row["text"] or ""),
        )
        ranks = sorted(range(len(sealed)), key=lambda place: len(sealed[place]["sealed"]))
        answers = {place: answer_of(row) for place, row in zip(ranks, clear, strict=False)}
        return [str(answers[place]) for place in sorted(answers)]

    return of


def _place_in(raw: bytes) -> Callable[[Row], int]:
    return lambda row: raw.find(row["id"].encode())


def _first_seen(snapshot: Snapshot, what: str) -> list[Row]:
    """Return rows in the order of the commits that brought them."""
    seen: dict[Any, Row] = {}
    for responses, notes in snapshot.states:
        for row in responses if what == "responses" else notes:
            seen.setdefault(row["id"], row)
    return list(seen.values())


def read_sqlite(file: Path, folder: Path) -> Snapshot:
    """Return a SQLite file and its write-ahead log as they are now, with each state the log can be replayed to."""
    log = file.with_name(file.name + "-wal")
    raw, frames = file.read_bytes(), log.read_bytes() if log.exists() else b""
    folder.mkdir()
    copy = folder / "copy.db"
    copy.write_bytes(raw)
    states = []
    for commit in _commits(frames):
        with copy.open("r+b") as pages:
            for number, page in commit:
                pages.seek((number - 1) * len(page))
                pages.write(page)
        states.append(_rows(copy))
    responses, notes = states[-1] if states else _rows(copy)
    return Snapshot(responses, notes, frames + raw, states)


def _commits(log: bytes) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the pages of each transaction in a write-ahead log (https://www.sqlite.org/fileformat.html, 4.1)."""
    if len(log) < 32:
        return
    (size,) = struct.unpack(">I", log[8:12])
    pages: list[tuple[int, bytes]] = []
    for start in range(32, len(log) - size - 23, 24 + size):
        number, pages_after = struct.unpack(">II", log[start : start + 8])
        if log[start + 8 : start + 16] != log[16:24]:
            continue  # left from before the log was begun anew
        pages.append((number, log[start + 24 : start + 24 + size]))
        if pages_after:
            yield pages
            pages = []


def _rows(file: Path) -> tuple[list[Row], list[Row]]:
    connection = sqlite3.connect(f"file:{file}?immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return (
            [dict(row) for row in connection.execute("SELECT * FROM response ORDER BY rowid")],
            [dict(row) for row in connection.execute("SELECT * FROM note ORDER BY rowid")],
        )
    finally:
        connection.close()
