"""Writing to Elasticsearch: bulks of bounded size, an answer for each item, and no late write that wins.

Every bulk carries a version that rises with the holder of the indexer's lease and with each bulk; the server
refuses an older one, so a bulk that was given up for lost and arrives after its repetition changes nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch

from storage.search.elastic_client import ServerSettings, speaking
from storage.search.port import Document, SearchUnavailable

_BULK_BYTES = 5_000_000
_EPOCH_BITS = 36
_CREATED_TWICE = "resource_already_exists_exception"
_STALE = 409
_BUSY = 429
_TRIES = 6
_FIRST_WAIT_SECONDS = 0.5
_NEWER = "索引中的比数据库的新；如果数据库是从备份恢复的，请运行 huiying index rebuild。"
_BLOCKED = "cluster_block_exception"


class Versions:
    """Rising numbers for what this process writes, above those of every earlier holder of the lease."""

    def __init__(self) -> None:
        self._last = 0

    def begin(self, epoch: int) -> None:
        """Go on as the holder of this number; one that holds it still goes on where it was."""
        self._last = max(self._last, epoch << _EPOCH_BITS)

    def next(self) -> int:
        """Above all before."""
        self._last += 1
        return self._last


class ElasticWriter:
    """Writes to the months of one generation.

    Args:
        generation: what the names of its indices begin with.
        is_live: whether a new month is to stand behind the alias at once.
    """

    def __init__(
        self,
        client: Elasticsearch,
        settings: ServerSettings,
        generation: str,
        versions: Versions,
        *,
        is_live: bool,
    ) -> None:
        self._client = client.options(request_timeout=settings.bulk_timeout_seconds, max_retries=0)
        self._alias, self._generation, self._is_live = settings.prefix, generation, is_live
        self._versions = versions
        self._version = 0
        with speaking():
            self._months = set(self._client.indices.get(index=f"{generation}-*"))

    def put(self, documents: Sequence[Document]) -> Mapping[int, str]:
        """As the port says; what the server was too busy for is repeated."""
        self._version = self._versions.next()
        for month in sorted({document.month for document in documents}):
            self._ensure(self._name(month))
        lines = [(document.id, self._index_lines(document)) for document in documents]
        return {number: reason for some in _bulks(lines) for number, reason in self._bulk(some).items()}

    def delete(self, months: Mapping[int, str | None]) -> Mapping[int, str]:
        """As the port says; a message of unknown month is removed from every month."""
        self._version = self._versions.next()
        lines = []
        for number, month in months.items():
            names = sorted(self._months) if month is None else [self._name(month)]
            for name in set(names) & self._months:
                action = {"delete": {**self._address(name, number), "version_type": "external"}}
                lines.append((number, json.dumps(action).encode() + b"\n"))
        return {number: reason for some in _bulks(lines) for number, reason in self._bulk(some).items()}

    def commit(self) -> None:
        """What was answered is certain already; make it found."""
        if self._months:
            with speaking():
                self._client.indices.refresh(index=f"{self._generation}-*")

    def close(self) -> None:
        """Nothing is held."""

    def _name(self, month: str) -> str:
        return f"{self._generation}-{month}"

    def _ensure(self, name: str) -> None:
        if name in self._months:
            return
        aliases: dict[str, Any] = {self._alias: {}} if self._is_live else {}
        with speaking():
            try:
                self._client.indices.create(index=name, aliases=aliases)
            except BadRequestError as error:
                if error.error != _CREATED_TWICE:
                    raise
        self._months.add(name)

    def _address(self, name: str, number: int) -> dict[str, Any]:
        return {"_index": name, "_id": str(number), "version": self._version}

    def _index_lines(self, document: Document) -> bytes:
        address = self._address(self._name(document.month), document.id)
        action = {"index": {**address, "version_type": "external"}}
        source = {
            "id": document.id,
            "place": document.place,
            "received": document.received,
            "digest": document.digest,
            "terms": document.terms,
            **{name: list(values) for name, values in document.values.items()},
        }
        lines = (json.dumps(action), json.dumps(source, ensure_ascii=False))
        return "".join(f"{line}\n" for line in lines).encode()

    def _bulk(self, items: Sequence[tuple[int, bytes]]) -> dict[int, str]:
        """Send one bulk; again, after longer and longer waits, what the server was too busy for."""
        refused: dict[int, str] = {}
        for attempt in range(_TRIES):
            answers = self._send(items)
            again: list[tuple[int, bytes]] = []
            for item, answer in zip(items, answers, strict=True):
                if answer["status"] == _BUSY and answer["error"]["type"] != _BLOCKED:
                    again.append(item)
                elif (reason := _reason(answer)) is not None:
                    refused[item[0]] = reason
            if not again:
                return refused
            items = again
            time.sleep(_FIRST_WAIT_SECONDS * 2**attempt)
        raise SearchUnavailable("检索服务器太忙，收不下新的索引。", mend="会自动重试，请稍后再看。")

    def _send(self, items: Sequence[tuple[int, bytes]]) -> list[dict[str, Any]]:
        lines: Any = [line for _, item in items for line in item.splitlines()]
        for attempt in range(_TRIES):
            try:
                # An index that somebody removed must not come back without our mapping.
                answer = self._client.bulk(operations=lines, require_alias=False)
            except ApiError as error:
                if error.status_code == _BUSY and attempt + 1 < _TRIES and not _is_blocked(error):
                    time.sleep(_FIRST_WAIT_SECONDS * 2**attempt)
                    continue
                with speaking():
                    raise
            except Exception:
                with speaking():
                    raise
            return [next(iter(item.values())) for item in answer["items"]]
        raise SearchUnavailable("检索服务器太忙，收不下新的索引。", mend="会自动重试，请稍后再看。")


class ElasticRebuild(ElasticWriter):
    """A generation that is being filled."""

    def switch(self) -> None:
        """Move the alias in one request, then remove the generations nobody sees any more."""
        self.commit()
        with speaking():
            if not self._months:
                self._ensure(self._name("000000"))
            fresh = f"{self._generation}-*"
            others = [
                name
                for name in self._client.indices.get(index=f"{self._alias}-*")
                if not name.startswith(f"{self._generation}-")
            ]
            removed = [{"remove_index": {"index": name}} for name in others]
            self._client.indices.update_aliases(
                actions=[{"add": {"index": fresh, "alias": self._alias}}, *removed]
            )
        self._is_live = True


def _bulks(items: Sequence[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Bulks of bounded size, in order."""
    some: list[tuple[int, bytes]] = []
    size = 0
    for item in items:
        if some and size + len(item[1]) > _BULK_BYTES:
            yield some
            some, size = [], 0
        some.append(item)
        size += len(item[1])
    if some:
        yield some


def _reason(answer: dict[str, Any]) -> str | None:
    """Why an item was refused; None where it was taken, or was not there to be removed.

    A newer one on the server is no success: somebody else has the lease, or the database was restored from a
    backup older than the index.
    """
    error = answer.get("error")
    if error is None:
        return None
    if error["type"] == _BLOCKED:
        raise _read_only()
    if answer["status"] == _STALE:
        return _NEWER
    return f"{error['type']}: {error.get('reason', '')}"[:500]


def _is_blocked(error: ApiError) -> bool:
    return _BLOCKED in str(error.body)


def _read_only() -> SearchUnavailable:
    return SearchUnavailable(
        "检索服务器的索引被设为只读（多半是磁盘将满）。",
        mend="请在检索服务器上腾出空间；之后会自动补上索引。",
        code="search.read_only",
    )
