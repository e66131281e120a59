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
from functools import cache
from itertools import product
from math import comb, factorial
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.seal import Seal
from bot.services.sealing import unseal_response

Row = Mapping[str, Any]
Part = tuple[int, str]
"""Row id of a prompt, and the id of one of its questions, or with `WORDS` after it the words that go with it."""

Guesses = Mapping[tuple[Part, str], str]
"""(Part of a prompt, Slack user id) → the answer somebody is thought to have given."""

WORDS = " in words"
LEFT_OUT = "left out"
"""The answer of somebody who gave none."""

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
        parts: What the anonymous prompts asked for.
        snapshots: The database, the last moment last.
        logs: Everything that was logged.
        messages: Everything that was posted or edited, but for private receipts, in order.
        seal: The secret key, or None.
    """

    people: Sequence[str]
    parts: Sequence[Part]
    snapshots: Sequence[Snapshot]
    logs: str = ""
    messages: Sequence[str] = field(default_factory=list)
    seal: Seal | None = None


def attack(evidence: Evidence) -> dict[str, Guesses]:
    """Return what each way to guess comes to, by its name."""
    found: dict[str, Guesses] = {}
    people_orders = _people_orders(evidence)
    for name, order in _answer_orders(evidence):
        ordered = {part: order(part) for part in evidence.parts}
        for other, people in people_orders.items():
            found[f"{name} against {other}"] = {
                (part, who): answer
                for part, answers in ordered.items()
                for who, answer in zip(people, answers, strict=False)
            }
    found["hashes of every member"] = dict(_by_hash(evidence))
    return found


def count_right(guesses: Guesses, truth: Guesses) -> int:
    """Return how many guesses are right."""
    return sum(truth[who] == answer for who, answer in guesses.items())


def luck(guesses: Guesses, truth: Guesses) -> float:
    """Return the exact chance that guesses made without knowing anything are right so often or more often.

    In each part of a prompt it is known how many gave each answer, and every way to deal these answers to the people is
    as likely as any other. With ``c`` people who gave an answer and ``g`` who are thought to have given it, the ways to
    place j rooks on the board of right guesses are ``C(g, j) C(c, j) j!`` for that answer, and the product of these
    polynomials for all answers gives r_j. Of the n! ways to deal, ``sum over j >= k of (-1)^(j-k) C(j, k) (n-j)! r_j``
    are right exactly k times (Riordan, "An Introduction to Combinatorial Analysis", 1958, chapter 7). Prompts are
    dealt independently, so their distributions are folded.

    For 40 people with four answers of ten each, 40 right guesses have a chance of 2e-22, and the first number whose
    chance is under 1e-9 is 29; for three such prompts it is 62 of 120, where 30 are to be expected.
    """
    parts = []
    for part in {part for part, _ in truth}:
        dealt = Counter(answer for (each, _), answer in truth.items() if each == part)
        guessed = Counter(answer for (each, _), answer in guesses.items() if each == part)
        parts.append(tuple(sorted((count, guessed[answer]) for answer, count in dealt.items())))
    return sum(_chances(tuple(sorted(parts)))[count_right(guesses, truth) :])


@cache
def _chances(parts: tuple[tuple[tuple[int, int], ...], ...]) -> Sequence[float]:
    """Return the chances that 0, 1, 2 … guesses are right, for (people who gave an answer, guesses of it) in each part.

    Most ways to guess name everybody, so that these are nearly always the same.
    """
    folded = [1.0]
    for part in parts:
        rooks = [1]
        for count, guesses in part:
            most = min(count, guesses)
            rooks = _times(rooks, [comb(count, j) * comb(guesses, j) * factorial(j) for j in range(most + 1)])
        people, top = sum(count for count, _ in part), len(rooks)
        exactly = [
            sum((-1) ** (j - k) * comb(j, k) * factorial(people - j) * rooks[j] for j in range(k, top))
            / factorial(people)
            for k in range(top)
        ]
        folded = _times(folded, exactly)
    return folded


def _times(one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    terms = [0] * (len(one) + len(other) - 1)
    for (i, a), (j, b) in product(enumerate(one), enumerate(other)):
        terms[i + j] += a * b
    return terms


def answers_of(row: Row) -> dict[Part, str]:
    """Return what a stored answer says: an option, and the first of the words with it; nothing where it is sealed."""
    option_ids = json.loads(row["option_ids"]) if isinstance(row["option_ids"], str) else row["option_ids"]
    found = {(row["prompt_id"], row["question_id"]): option_ids[0]} if option_ids else {}
    if row["text"]:
        found[row["prompt_id"], row["question_id"] + WORDS] = row["text"].split()[0]
    return found


def _answer_orders(evidence: Evidence) -> Iterator[tuple[str, Callable[[Part], list[str]]]]:
    """Yield ways to put the answers that can be read into an order that may be people's."""
    last = evidence.snapshots[-1]

    def ordered(key: Callable[[Row], Any], rows: Sequence[Row]) -> Callable[[Part], list[str]]:
        def of(part: Part) -> list[str]:
            mine = sorted((row for row in rows if row["prompt_id"] == part[0]), key=key)
            return [answer for row in mine if (answer := _read(evidence, row).get(part)) is not None]

        return of

    for moment, snapshot in enumerate(evidence.snapshots):
        rows = snapshot.responses
        yield f"moment {moment}, as stored", ordered(lambda _row: 0, rows)
        for column in ("id", "respondent", "answered_on", "inbox", "reply", "replied_on"):
            yield f"moment {moment}, by {column}", ordered(lambda row, by=column: str(row[by]), rows)
        yield f"moment {moment}, by place in the bytes", ordered(_place_in(snapshot.raw), rows)
        # Earlier rows beside the answers that could be read later: alike in length, or in order of their ids.
        if snapshot is not last:
            yield f"moment {moment}, by length", _by_length(snapshot, last)
        came = _first_seen(snapshot, "responses")
        if came:
            yield f"moment {moment}, as they came", ordered(lambda _row: 0, came)
        if len(snapshot.states) > 1:
            yield f"moment {moment}, as they changed", ordered(_last_change(snapshot), snapshot.responses)
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
    anonymous = {prompt for prompt, _ in evidence.parts}
    named = [row["respondent"] for row in last.responses if row["prompt_id"] not in anonymous]
    orders = {
        "named answers": named,
        "days of named answers": [
            row["respondent"]
            for row in sorted(last.responses, key=lambda row: str(row["answered_on"]))
            if row["prompt_id"] not in anonymous
        ],
        "notes": [row["author_id"] for row in last.notes],
        "last notes": _last_of_each(last.notes),
        "user ids": sorted(evidence.people),
    }
    for name, told in (("log", evidence.logs), ("messages", "\n".join(evidence.messages))):
        mentioned = re.findall(r"U0M\d\d", told)
        orders[f"mentions in the {name}"] = list(dict.fromkeys(mentioned))
    for moment, snapshot in enumerate(evidence.snapshots):
        if snapshot.states:
            came = _first_seen(snapshot, "notes")
            orders[f"notes as they came until moment {moment}"] = [row["author_id"] for row in came]
            orders[f"last notes as they came until moment {moment}"] = _last_of_each(came)
    return orders


def _last_of_each(notes: Sequence[Row]) -> list[str]:
    """Return who wrote notes, in the order of the last one of each."""
    return list(dict.fromkeys(row["author_id"] for row in reversed(notes)))[::-1]


def _read(evidence: Evidence, row: Row) -> dict[Part, str]:
    if row["sealed"] is None or evidence.seal is None:
        return answers_of(row)
    for key in _keys(evidence):
        response = unseal_response(key, row["sealed"])
        if response is not None:
            return answers_of({**row, "option_ids": response.option_ids, "text": response.text})
    return {}


def _by_hash(evidence: Evidence) -> Iterator[tuple[tuple[Part, str], str]]:
    """Yield who is found under a key that can be had or guessed: a name or a hash of a name that is stored."""
    readable = {
        (part, row["respondent"]): answer
        for snapshot in evidence.snapshots
        for row in snapshot.responses
        for part, answer in _read(evidence, row).items()
    }
    for key, who in product(_keys(evidence), evidence.people):
        for name in (who, hmac.digest(key, who.encode(), "sha256").hex()):
            for part in evidence.parts:
                if (answer := readable.get((part, name))) is not None:
                    yield (part, who), answer


def _keys(evidence: Evidence) -> list[bytes]:
    """Return what may be a prompt's key: what lies sealed in the bytes, unsealed if one can, and simple ones."""
    cached: list[bytes] | None = evidence.__dict__.get("_keys")
    if cached is None:
        cached = [b"", b"T0ACME", *{str(prompt).encode() for prompt, _ in evidence.parts}]
        for snapshot in evidence.snapshots:
            for found in re.finditer(rb"(?=(\x01.{%d}))" % (SEALED_KEY - 1), snapshot.raw, re.S):
                if evidence.seal is not None:
                    try:
                        cached.append(evidence.seal.unseal(found[1]))
                    except ConfigError:
                        continue
        cached = evidence.__dict__["_keys"] = list(dict.fromkeys(cached))
    return cached


def _by_length(snapshot: Snapshot, last: Snapshot) -> Callable[[Part], list[str]]:
    """Return the last answers in the order of earlier rows: the longest sealed one is the longest written one."""

    def of(part: Part) -> list[str]:
        question = (part[0], part[1].removesuffix(WORDS))
        sealed = [
            row
            for row in snapshot.responses
            if (row["prompt_id"], row["question_id"]) == question and row["sealed"]
        ]
        clear = sorted(
            (row for row in last.responses if part in answers_of(row)),
            key=lambda row: len(row["text"] or ""),
        )
        ranks = sorted(range(len(sealed)), key=lambda place: len(sealed[place]["sealed"]))
        answers = {place: answers_of(row)[part] for place, row in zip(ranks, clear, strict=False)}
        return [answers[place] for place in sorted(answers)]

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


def _last_change(snapshot: Snapshot) -> Callable[[Row], int]:
    """Return when each row changed last, as the number of the commit: a mark left by whoever opened something, say."""
    changed: dict[Any, int] = {}
    before: dict[Any, Row] = {}
    for number, (responses, _) in enumerate(snapshot.states):
        now = {row["id"]: row for row in responses}
        changed |= {row_id: number for row_id, row in now.items() if before.get(row_id) != row}
        before = now
    return lambda row: changed.get(row["id"], -1)


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
