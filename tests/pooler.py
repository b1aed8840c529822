"""A real PgBouncer in transaction mode before a PostgreSQL server, for the tests that ask for one.

python -m tests.pooler COMMAND…    runs a command whose test databases are all behind such a pooler
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from tests.postgres import POOLED_VARIABLE

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
# Fewer than the clients, so that the transactions of one client really land on several servers.
_SERVERS = 3


def is_installed() -> bool:
    """Whether this machine has a PgBouncer."""
    return Path(PROGRAM).is_file()


@contextmanager
def pooler(server: URL) -> Iterator[URL]:
    """The address of a pooler before `server`; any database of the server can be asked for behind it."""
    with tempfile.TemporaryDirectory(prefix="huiying-pooler-") as name:
        folder, port = Path(name), _free_port()
        folder.chmod(0o777)
        (folder / "pooler.ini").write_text(_settings(server, port))
        as_nobody = ["-u", "nobody"] if os.getuid() == 0 else []
        # Its own log says what is wrong where it does not answer.
        with (folder / "log").open("w") as log:
            command = [PROGRAM, *as_nobody, str(folder / "pooler.ini")]
            with subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process:
                try:
                    _wait(port, process, folder / "log")
                    yield server.set(host="127.0.0.1", port=port).update_query_dict({"pooler": "transaction"})
                finally:
                    process.terminate()


def _settings(server: URL, port: int) -> str:
    login = f"user={server.username}" + (f" password={server.password}" if server.password else "")
    return (
        "[databases]\n"
        f"* = host={server.host} port={server.port} {login}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\n"
        f"default_pool_size = {_SERVERS}\nmax_client_conn = 500\nserver_idle_timeout = 1\n"
        "ignore_startup_parameters = extra_float_digits\n"
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"pgbouncer does not answer: {log.read_text()}")


def _run(command: list[str]) -> int:
    with pooler(make_url(os.environ["HUIYING_TEST_POSTGRES_URL"])) as address:
        pooled = address.render_as_string(hide_password=False)
        return subprocess.call(command, env={**os.environ, POOLED_VARIABLE: pooled})


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))
