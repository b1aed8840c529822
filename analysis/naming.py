"""What a matter is called on the desk: after what happened, in the citizens' own words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from analysis.terms import Wording

_LONGEST, _SHORTEST = 28, 4
_READ = 12
_TAG = re.compile(r"#([^#\n]{2,30})#")
_CLAUSE = re.compile(r"[\s,，。!！?？;；:：|【】\[\]()（）「」]+")
_OPENING = re.compile(
    r"^(?:(?:再次|多次|强烈|我要|我想|请问|咨询|投诉|举报|反映|反应|求助|关于|对于|有关|针对|坚决|反对|希望|恳请|请求|请)[、一下]?)+"
)
_ENDING = re.compile(
    r"(?:的|等)?(?:相关)?(?:若干)?(?:问题|投诉|维权投诉|咨询|情况|事宜|建议|疑问)*(?:反映|咨询)?[啊呢吗吧了]*$"
)


def name_of(texts: Sequence[tuple[str, str]], terms: Mapping[str, float], wording: Wording) -> str:
    """A name of at most 28 characters; empty where no text has words.

    A hashtag that most texts carry; otherwise the clause of a title, or of a beginning, that holds most of
    what the matter's messages share.

    Args:
        texts: title and body of some of its messages, masked as they are stored.
        terms: the matter's words with their weights.
    """
    read = texts[:_READ]
    tags: Counter[str] = Counter(
        tag.strip() for title, body in read for tag in set(_TAG.findall(f"{title}{body}"))
    )
    if tags:
        tag, times = tags.most_common(1)[0]
        if times * 2 > len(read) and times > 1:
            return tag
    clauses = {clause for text in read for clause in _clauses(*text)}
    best = max(((_told(one, terms, wording), one) for one in clauses), default=(0.0, ""))
    return best[1][:_LONGEST]


def _clauses(title: str, body: str) -> list[str]:
    titled = [one for one in _CLAUSE.split(title) if one]
    begun = [one for one in _CLAUSE.split(body[:120]) if one][:4]
    bare = [_ENDING.sub("", _OPENING.sub("", one)) for one in titled or begun]
    return [one for one in bare if _SHORTEST <= len(one) <= 2 * _LONGEST]


def _told(clause: str, terms: Mapping[str, float], wording: Wording) -> float:
    """What of the matter a clause tells, for its length."""
    held = sum([terms.get(term, 0.0) for term in wording.terms("", clause)])
    return held / math.sqrt(len(clause) + 8)
