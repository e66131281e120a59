"""Words: what many answers have in common, by simple frequency."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MOST_WORDS = 8
FEWEST_ANSWERS = 2
"""A word that stands in one answer alone is not common to any."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]", re.UNICODE)
_LEAST_LETTERS = 3
_SAY_NOTHING = """
about after all also and any are because been before being both but can could did does doesn don down each even every
few for from get got had has have having her here him his how into isn its just like made make many may me more most
much must not now off only other our out over own really same she should some such than that the their them then there
these they thing things this those through too under until use very was wasn way were what when where which while who
why will with would you your
aber alle als also auch auf aus bei bin bis das dass dem den der des die doch ein eine einen einer für haben hat ich
ist mehr mit nach nicht noch nur oder sehr sich sie sind und uns viel vom von war was wenn wie wir wird zum zur
"""
_COMMON = frozenset(_SAY_NOTHING.split())
"""Words that say nothing by themselves, in English and German."""


def frequent_words(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return the words that stand in most answers, each with in how many, at most `MOST_WORDS`.

    Upper and lower case make no difference; a word counts once in each answer, however often it stands there.
    Those of fewer than three letters and those that say nothing by themselves are left out, and so are words of one
    answer alone.
    """
    answers: Counter[str] = Counter()
    for text in texts:
        folded = unicodedata.normalize("NFC", text).casefold()
        answers.update({word for word in _WORD.findall(folded) if _tells(word)})
    common = [(word, count) for word, count in answers.items() if count >= FEWEST_ANSWERS]
    return tuple(sorted(common, key=lambda each: (-each[1], each[0]))[:MOST_WORDS])


def _tells(word: str) -> bool:
    stem = word.split("'")[0].split("’")[0]
    return len(word) >= _LEAST_LETTERS and word not in _COMMON and stem not in _COMMON
