"""`make replicas`: every replica at once, for a person to look at; Ctrl+C ends them."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack

from tests.replicas.board import BoardSite
from tests.replicas.boards import FuzhouSite, RednetSite
from tests.replicas.families import AdviceSite, JactSite, JcmsSite, TableSite, TrsSite
from tests.replicas.mailbox import MailboxSite
from tests.replicas.official import BeijingSite, FeedSite, GuangdongSite, ZhejiangSite
from tests.replicas.server import Replica, Site
from tests.replicas.weibo import WeiboSite

_SITES: dict[str, Site] = {
    "example_mailbox": MailboxSite(),
    "people_board": BoardSite(),
    "weibo_mentions": WeiboSite(),
    "gd_hdjlpt": GuangdongSite(),
    "beijing_mailbox": BeijingSite(),
    "zhejiang_petition": ZhejiangSite(),
    "media_feed": FeedSite(),
    "jcms_mailbox": JcmsSite(),
    "trs_mailbox": TrsSite(),
    "jact_mailbox": JactSite(),
    "advice_mailbox": AdviceSite(),
    "table_mailbox": TableSite(),
    "fuzhou_orders": FuzhouSite(),
    "rednet_board": RednetSite(),
}
_FIRST_PORT = 8801


def main() -> None:
    """Run them until interrupted."""
    with ExitStack() as stack:
        for place, (key, site) in enumerate(_SITES.items()):
            replica = stack.enter_context(Replica(site, _FIRST_PORT + place, _FIRST_PORT + 100 + place))
            line = f"{key:<20} {replica.url}  控制口 {replica.control_url}\n"
            sys.stdout.write(f"{line}    huiying crawl {key} --base-url {replica.url} --delay 0\n")
        sys.stdout.write("按 Ctrl+C 停止。\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
