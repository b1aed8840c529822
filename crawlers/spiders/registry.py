"""Which spider carries out which kind of source."""

from __future__ import annotations

from collections.abc import Mapping

from crawlers.spiders.base import GatheringSpider
from crawlers.spiders.board import BoardSpider
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.mailbox import MailboxSpider
from crawlers.spiders.weibo import WeiboApiSpider, WeiboHotSpider, WeiboSearchSpider

SPIDERS: Mapping[str, type[GatheringSpider]] = {
    "mailbox": MailboxSpider,
    "board": BoardSpider,
    "weibo_api": WeiboApiSpider,
    "weibo_hot": WeiboHotSpider,
    "weibo_search": WeiboSearchSpider,
    "feed": FeedSpider,
}
