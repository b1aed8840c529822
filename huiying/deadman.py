"""The dead man's switch: an outside watchdog hears from us while all is well, and else raises the alarm."""

from __future__ import annotations

from alerts.channels import Outcome
from alerts.channels.web import WebSettings, request
from core.settings import WatchSettings


def ping(watch: WatchSettings) -> str | None:
    """Call the outside address once; None when it answered, else what went wrong, without the address.

    Raises:
        ValueError: the address is no web address.
    """
    if watch.ping_url is None:
        return None
    url = watch.ping_url.get_secret_value()
    settings = WebSettings(url=url, allow_private=watch.ping_allow_private)
    answer = request(settings, {}, b"", method="GET")
    if isinstance(answer, Outcome):
        return answer.detail
    return None if 200 <= answer.status < 300 else f"对方答复 {answer.status}"
