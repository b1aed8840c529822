"""A process that indexes what waits, one batch after the other, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from core.clock import SystemClock
from storage.database import open_database
from storage.search.indexer import Indexer
from storage.search.tantivy_index import TantivyIndex

folder = Path(sys.argv[1])
database = open_database(f"sqlite:///{folder / 'huiying.db'}")
with Indexer(database, TantivyIndex(folder / "search"), SystemClock()).running() as indexer:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        indexer.drain()
