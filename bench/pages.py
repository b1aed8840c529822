"""How long the server takes for a page of many open clocks, and what a page weighs as it travels.

    python -m bench.pages [--clocks 1000] [--repeat 20]

Prints the median of the whole answer, from request to last byte, in this process; no network and no browser.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from core.clock import SHANGHAI, FixedClock
from core.settings import Settings
from core.vocabulary import Role
from huiying.office import Office
from storage.database import open_database
from storage.migrate import migrate
from tests.api.office import WebOffice
from tests.factories import make_record

NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def measured(browser: TestClient, address: str, repeat: int) -> dict[str, object]:
    """Median seconds of one page, and its bytes as they travel."""
    browser.get(address)  # templates are compiled on the first
    took = []
    for _ in range(repeat):
        began = time.perf_counter()
        answer = browser.get(address)
        took.append(time.perf_counter() - began)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    rows = len(re.findall(r'data-key="clock-', answer.text))
    return {
        "page": address,
        "clocks_shown": rows,
        "median_ms": round(statistics.median(took) * 1000, 1),
        "compressed_bytes": len(gzip.compress(answer.content)),
    }


def main() -> None:
    """Fill an office, ask for its pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clocks", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'huiying.db'}")
        clock = FixedClock(NOW)
        migrate(database, clock.now())
        law = replace(
            Office(Settings(data_dir=Path(folder)), clock, database).law, go_live_on=date(2026, 1, 1)
        )
        office = WebOffice(database, law, clock, Path(folder))
        first = NOW - timedelta(days=4)
        office.receive(
            *(
                make_record(f"{first + timedelta(minutes=n % 4000):%Y-%m-%dT%H:%M}", title=f"来信{n}")
                for n in range(given.clocks)
            )
        )
        browser = office.signed_in("zhiban", Role.DUTY)
        for address in ("/desk", "/wall", "/cases/1", "/reports/response-times"):
            sys.stdout.write(json.dumps(measured(browser, address, given.repeat)) + "\n")
        database.close()


if __name__ == "__main__":
    main()
