"""Which Chromium the browser tests drive, and how it is started."""

from __future__ import annotations

import os
from pathlib import Path

FLAGS = (
    "--no-sandbox",  # CI runs as root, where the sandbox cannot start
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine can be looked up: a page that needs another machine fails here, too.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


def chromium_path() -> Path | None:
    """The browser named in `HUIYING_TEST_CHROMIUM`, or Debian's; None when it is not there."""
    path = Path(os.environ.get("HUIYING_TEST_CHROMIUM") or "/usr/bin/chromium")
    return path if path.is_file() else None
