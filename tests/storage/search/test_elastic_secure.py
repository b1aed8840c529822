"""TLS and keys: a real server behind certificates of its own, and one that a proxy lets in by key alone.

The distribution that tests can fetch has the security module but not the analysers its index of keys needs,
so that no key can be made on it: a proxy with TLS in front of the plain server asks for one in its place.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from core.clock import FixedClock
from storage.database import Database
from storage.search.elastic_client import ServerSettings
from storage.search.elastic_index import ElasticIndex
from storage.search.port import SearchUnavailable, SearchUnsupported
from tests.elastic import URL_VARIABLE
from tests.storage.search.engines import server
from tests.storage.search.letters import found, index_all, store

pytestmark = pytest.mark.elasticsearch

SCRIPT = Path(__file__).parents[3] / "tools" / "elasticsearch.sh"
KEY = "aHVpeWluZzpzZWNyZXQ="
_PRODUCT = {"X-Elastic-Product": "Elasticsearch"}


@dataclass(frozen=True)
class Certificate:
    """One for loopback, and the authority that signed it."""

    ca_file: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def certificate() -> Iterator[Certificate]:
    """As an office makes its own."""
    folder = Path(tempfile.mkdtemp(prefix="huiying-certificates-"))
    subprocess.run([SCRIPT, "certificates", folder], check=True)
    yield Certificate(folder / "ca.pem", folder / "node.pem", folder / "node.key")
    shutil.rmtree(folder)


@pytest.fixture
def proxy(certificate: Certificate) -> Iterator[str]:
    """The address of a TLS server that hands requests with the key on to the plain server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    behind = os.environ[URL_VARIABLE]

    def hand_on(request: Request) -> Response:
        if request.headers.get("Authorization") != f"ApiKey {KEY}":
            refusal = '{"error": {"type": "security_exception"}, "status": 401}'
            return Response(refusal, 401, _PRODUCT, content_type="application/json")
        kept = {name: request.headers[name] for name in ("Content-Type", "Accept") if name in request.headers}
        url = behind + request.full_path
        answer = httpx2.request(request.method, url, content=request.get_data(), headers=kept, timeout=60)
        return Response(
            answer.content, answer.status_code, _PRODUCT, content_type=answer.headers["Content-Type"]
        )

    with HTTPServer(host="localhost", ssl_context=context, threaded=True) as made:
        for method in ("GET", "PUT", "POST", "HEAD", "DELETE"):
            made.expect_request(re.compile(".*"), method=method).respond_with_handler(hand_on)
        yield f"https://localhost:{made.port}"


def _settings(url: str, certificate: Certificate | None, key: str, prefix: str) -> ServerSettings:
    ca_file = str(certificate.ca_file) if certificate is not None else None
    return ServerSettings([url], api_key=key, ca_file=ca_file, prefix=prefix)


def test_with_its_authority_and_the_key_a_server_is_used_as_any_other(
    sqlite: Database, clock: FixedClock, proxy: str, certificate: Certificate
) -> None:
    ids = store(sqlite, clock, ["停水", "停电", "停水了"])
    with server() as plain:
        index = ElasticIndex(_settings(proxy, certificate, KEY, plain.prefix))
        index_all(sqlite, index, clock)
        assert found(index, "停水") == [ids[0], ids[2]]
        index.close()


def test_a_wrong_key_is_refused_with_a_sentence(proxy: str, certificate: Certificate) -> None:
    index = ElasticIndex(_settings(proxy, certificate, "d3Jvbmc=", "huiying"))
    with pytest.raises(SearchUnsupported, match="密钥") as caught:
        index.exists()
    assert "search.api_key" in caught.value.mend
    index.close()


def test_a_certificate_of_an_authority_we_do_not_know_is_not_trusted(proxy: str) -> None:
    index = ElasticIndex(_settings(proxy, None, KEY, "huiying"))
    with pytest.raises(SearchUnavailable, match="证书") as caught:
        index.exists()
    assert "search.ca_file" in caught.value.mend
    index.close()


@pytest.mark.thorough
def test_a_server_with_its_own_security_is_believed_and_its_refusal_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="huiying-secured-"))
    folder.chmod(0o755)  # the server is another user
    own = {"PORT": str(port), "RUN": str(folder / "run"), "HEAP": "384m"}
    environment = {
        **os.environ,
        **{f"HUIYING_TEST_ELASTICSEARCH_{name}": value for name, value in own.items()},
    }
    try:
        started = subprocess.run(
            [SCRIPT, "secure"], env=environment, check=False, capture_output=True, text=True
        )
        assert started.returncode == 0, started.stderr
        url, ca_file, _password = started.stdout.split()
        trusting = ElasticIndex(ServerSettings([url], api_key=KEY, ca_file=ca_file))
        with pytest.raises(SearchUnsupported, match="密钥"):
            trusting.exists()
        wary = ElasticIndex(ServerSettings([url], api_key=KEY))
        with pytest.raises(SearchUnavailable, match="证书"):
            wary.exists()
        trusting.close()
        wary.close()
    finally:
        subprocess.run([SCRIPT, "stop"], env=environment, check=True)
        shutil.rmtree(folder)
