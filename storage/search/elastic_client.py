"""Reaching an Elasticsearch server, and saying in one sentence why it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elastic_transport import TlsError
from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from storage.search.port import SearchUnavailable, SearchUnsupported

_BLOCKED = "cluster_block_exception"
_MEDIA_TYPE = "media_type_header_exception"
_NOT_ACCEPTABLE = 406
_SERVER_FAULTS = 500
_TOO_MANY = 429
_UNAUTHORIZED = (401, 403)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the servers are and how they know us.

    Attributes:
        urls: one or several nodes of one cluster.
        ca_file: the authority that signed their certificates; None for the system's.
        prefix: what the names of our indices and our alias begin with.
    """

    urls: Sequence[str]
    api_key: str | None = None
    ca_file: str | None = None
    prefix: str = "huiying"
    timeout_seconds: float = 10.0
    bulk_timeout_seconds: float = 60.0


def connect(settings: ServerSettings) -> Elasticsearch:
    """A client that tries another node, and again, before it gives up; nothing is sent yet."""
    trust: dict[str, Any] = {"ca_certs": settings.ca_file} if settings.ca_file else {}
    return Elasticsearch(
        list(settings.urls),
        api_key=settings.api_key,
        request_timeout=settings.timeout_seconds,
        max_retries=3,
        retry_on_timeout=True,
        retry_on_status=(502, 503, 504),
        **trust,
    )


@contextmanager
def speaking() -> Iterator[None]:
    """Turns the client's errors into ours.

    Raises:
        SearchUnavailable: no node answers, or it takes nothing in for now.
        SearchUnsupported: the server is no Elasticsearch of version 8 or 9, or refuses our key.
    """
    try:
        yield
    except UnsupportedProductError as error:
        raise SearchUnsupported(
            "检索服务器不是 Elasticsearch，或版本太旧（OpenSearch 和 7.x 不能用）。",
            mend="请使用 Elasticsearch 8.x 或 9.x，并检查 search.url。",
        ) from error
    except ApiError as error:
        raise _said(error) from error
    except TlsError as error:
        raise SearchUnavailable(
            "检索服务器的证书不可信，没有连接。",
            mend="请把签发它的机构证书写在 search.ca_file，并核对 search.url 里的主机名。",
            code="search.untrusted",
        ) from error
    except TransportError as error:
        raise SearchUnavailable(
            "检索服务器没有应答。", mend="新来文照常入库，服务器恢复后会自动补上索引。"
        ) from error


def _said(error: ApiError) -> Exception:
    kind = _kind(error)
    if kind == _MEDIA_TYPE or error.status_code == _NOT_ACCEPTABLE:
        return SearchUnsupported(
            "检索服务器的版本太旧，不认识本程序的请求。", mend="请升级到 Elasticsearch 8.x 或 9.x。"
        )
    if error.status_code in _UNAUTHORIZED and kind != _BLOCKED:
        return SearchUnsupported(
            "检索服务器不接受这个密钥。", mend="请检查 search.api_key 及其权限。", code="search.refused"
        )
    if kind == _BLOCKED:
        return SearchUnavailable(
            "检索服务器的索引被设为只读（多半是磁盘将满）。",
            mend="请在检索服务器上腾出空间；之后会自动补上索引。",
            code="search.read_only",
        )
    if error.status_code == _TOO_MANY or error.status_code >= _SERVER_FAULTS:
        return SearchUnavailable("检索服务器忙或出错。", mend="会自动重试，请稍后再看。")
    return error


def _kind(error: ApiError) -> str:
    body = error.body
    found = body.get("error") if isinstance(body, dict) else None
    return str(found.get("type", "")) if isinstance(found, dict) else ""
