"""One post or comment of Weibo, in the forms of its official interface and of its mobile pages. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core.vocabulary import Precision
from crawlers.parsing.counts import read_count
from crawlers.parsing.dates import Moment
from crawlers.parsing.page_times import page_moment
from crawlers.parsing.weibo_ids import bid_from_mid, mid_from_bid, posted_at
from crawlers.reading.fields import as_text

_DEPTH = 6
_COUNTS = {"转发": "reposts_count", "评论": "comments_count", "赞": "attitudes_count"}


def post_number(post: Mapping[str, Any]) -> str:
    """The number of a post as text; empty where it has none."""
    for name in ("idstr", "mid", "id"):
        text = as_text(post.get(name))
        if text.isascii() and text.isdigit():
            return text
    return mid_from_bid(as_text(post.get("bid") or post.get("mblogid"))) or ""


def post_time(post: Mapping[str, Any], now: datetime) -> Moment | None:
    """When it was posted; a relative or year-less time is completed from the time in its number."""
    near = posted_at(post_number(post))
    said = page_moment(as_text(post.get("created_at")), now, near=near)
    if said is not None and said.precision is Precision.SECOND:
        return said
    return Moment(near, Precision.SECOND) if near is not None and near <= now else said


def post_values(post: Mapping[str, Any]) -> dict[str, str]:
    """The values of a record."""
    given = post.get("user")
    user: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    return {
        "native_id": post_number(post),
        "body": as_text(post.get("text_raw") or post.get("text")),
        "author": as_text(user.get("screen_name")),
        "author_key": as_text(user.get("idstr") or user.get("id")),
        "area": as_text(post.get("region_name")).removeprefix("发布于 "),
        "kind": "转发" if post.get("retweeted_status") else "",
    }


def post_extra(post: Mapping[str, Any]) -> dict[str, str]:
    """What else an official wants to see."""
    counts = {name: count_text(post.get(field)) for name, field in _COUNTS.items() if field in post}
    original = post.get("retweeted_status") or post.get("status")
    if isinstance(original, Mapping):
        counts["原微博"] = as_text(original.get("text"))[:200]
    return counts


def post_address(post: Mapping[str, Any]) -> str:
    """The public address of a post; empty where it cannot be told."""
    user, bid = post.get("user"), as_text(post.get("bid")) or bid_from_mid(post_number(post))
    number = as_text(user.get("idstr") or user.get("id")) if isinstance(user, Mapping) else ""
    return f"https://weibo.com/{number}/{bid}" if number.isdigit() and bid and bid.isalnum() else ""


def is_public(post: Mapping[str, Any]) -> bool:
    """Whether everybody may see it."""
    visible = post.get("visible")
    return not (isinstance(visible, Mapping) and visible.get("type") not in {0, None})


def count_text(value: Any) -> str:
    """A count as digits, with `约` where the source rounds: `1.2万`, `100万+`; a word (`转发`) is 0."""
    return read_count(as_text(value)) or "0"


def posts_of_cards(cards: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The posts in the cards of the mobile pages, which nest; advertisements carry none."""
    if not isinstance(cards, list) or depth > _DEPTH:
        return
    for card in cards:
        if not isinstance(card, Mapping):
            continue
        if isinstance(card.get("mblog"), Mapping):
            yield card["mblog"]
        yield from posts_of_cards(card.get("card_group"), depth + 1)
