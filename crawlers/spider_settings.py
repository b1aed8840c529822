"""How Scrapy is set for a run: politely, and with everything off that would open a door or hide an answer."""

from __future__ import annotations

from typing import Any

from crawlers.wire import Job

_BODY_BYTES = 16 * 1024 * 1024
_SLOWEST_DELAY = 120
_TIMEOUT_SECONDS = 40


def settings_of(job: Job) -> dict[str, Any]:
    """The settings of one run."""
    manners, limits = job.source.politeness, job.source.limits
    return {
        "USER_AGENT": job.user_agent,
        "ROBOTSTXT_OBEY": manners.robots == "obey",
        "CONCURRENT_REQUESTS": manners.connections,
        "CONCURRENT_REQUESTS_PER_DOMAIN": manners.connections,
        "DOWNLOAD_DELAY": manners.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,  # a promised delay is a least delay
        "AUTOTHROTTLE_ENABLED": manners.delay_seconds > 0,
        "AUTOTHROTTLE_START_DELAY": manners.delay_seconds,
        "AUTOTHROTTLE_MAX_DELAY": max(_SLOWEST_DELAY, manners.delay_seconds),
        "DOWNLOAD_TIMEOUT": _TIMEOUT_SECONDS,
        "DOWNLOAD_MAXSIZE": _BODY_BYTES,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.robots.CheckedRobots": 100,
            "crawlers.gate.Gate": 150,
        },
        # Every answer reaches our own judgement, whatever its status; nothing is dropped without a word.
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "RETRY_ENABLED": False,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "HTTPCACHE_ENABLED": False,
        "COOKIES_ENABLED": True,
        # Both would let a stranger on this machine run code in the process.
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "CLOSESPIDER_TIMEOUT": int(limits.minutes * 60) + 1,
        "MEMUSAGE_ENABLED": False,  # the process has a limit of its own
        # Our callbacks give requests only, and Scrapy would make so many tasks for each answer.
        "CONCURRENT_ITEMS": 1,
        # A check for beginners that reads a callback's source anew for each answer.
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "LOG_LEVEL": "WARNING",
        "LOG_ENABLED": True,
    }
