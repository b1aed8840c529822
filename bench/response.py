"""What the response half promises, each as a ratio or a count, on PostgreSQL.

    .venv/bin/python -m bench.response SERVER_URL [idle] [burst] [kill] [--clocks N] [--seconds N]

SERVER_URL is any database of a server on which databases may be made; each measurement makes its own and
drops it. `idle`: a tick that finds nothing at N running clocks against an indexed `SELECT 1 … LIMIT 1` on the
same table. `burst`: 10,000 clocks with two steps each fall due at once under eight engines. `kill`: a random
engine and dispatcher is killed every second under load; what reaches people is counted by a server here.
"""

from __future__ import annotations

import argparse

from sqlalchemy.engine import make_url

from bench.response_measures import FORK, burst, idle, kill
from tests.postgres import PostgresServer


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument(
        "what", nargs="*", choices=["idle", "burst", "kill"], default=["idle", "burst", "kill"]
    )
    parser.add_argument("--clocks", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=120)
    wish = parser.parse_args()
    # An engine that is started in place of a killed one finds everything imported.
    FORK.set_forkserver_preload(["bench.response_measures"])
    server = PostgresServer(make_url(wish.server))
    if "idle" in wish.what:
        idle(server, wish.clocks)
    if "burst" in wish.what:
        burst(server)
    if "kill" in wish.what:
        kill(server, wish.seconds)


if __name__ == "__main__":
    main()
