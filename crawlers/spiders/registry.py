"""Which spider carries out which kind of source."""

from __future__ import annotations

from collections.abc import Mapping

from crawlers.spiders.base import GatheringSpider
from crawlers.spiders.mailbox import MailboxSpider

SPIDERS: Mapping[str, type[GatheringSpider]] = {"mailbox": MailboxSpider}
