"""Elasticsearch: the search engine on its own machines.

One alias serves; behind it stand the indices of one generation, one for each month in which messages were
first seen, so that an old month is never rewritten. A rebuild makes a new generation beside it and moves the
alias in one request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from elasticsearch import NotFoundError

from storage.search import elastic_mapping, port
from storage.search.elastic_client import ServerSettings, connect, speaking
from storage.search.elastic_writer import ElasticRebuild, ElasticWriter, Versions
from storage.search.port import (
    SCHEMA,
    Facets,
    Filters,
    Hits,
    Order,
    SearchUnavailable,
    SearchUnsupported,
    id_of,
)
from storage.search.query import Query

_OLDEST_MAJOR = 8


class ElasticIndex:
    """The indices behind one alias.

    Args:
        settings: where the servers are.
    """

    engine = "elasticsearch"
    is_shared = True

    def __init__(self, settings: ServerSettings) -> None:
        self._client = connect(settings)
        self._settings = settings
        self._alias = settings.prefix
        self._versions = Versions()

    def exists(self) -> bool:
        """Whether indices of today's form stand behind the alias; refuses a server that cannot be used.

        Raises:
            SearchUnsupported: the server is no Elasticsearch of version 8 or 9.
        """
        self._check_version()
        with speaking():
            try:
                behind = self._client.indices.get_mapping(index=self._alias)
            except NotFoundError:
                return False
        forms = [one["mappings"].get("_meta", {}).get("schema") for one in behind.values()]
        return bool(forms) and all(form == SCHEMA for form in forms)

    def find(
        self, query: Query, filters: Filters, order: Order, limit: int, before: int | None = None
    ) -> Hits:
        """As the port says."""
        by_score = order is Order.RELEVANCE
        asked: dict[str, Any] = {
            "query": elastic_mapping.asked(query, filters),
            "size": limit,
            "sort": [{"_score": "desc"}, {"place": "desc"}] if by_score else [{"place": "desc"}],
            "track_total_hits": True,
            "source": False,
        }
        if before is not None and not by_score:
            asked["search_after"] = [before]
        if by_score:  # scores of all shards on one scale
            asked["search_type"] = "dfs_query_then_fetch"
        answer = self._search(**asked)
        places = [int(hit["sort"][-1]) for hit in answer["hits"]["hits"]]
        return Hits([id_of(place) for place in places], places, int(answer["hits"]["total"]["value"]))

    def facets(self, query: Query, filters: Filters, names: Sequence[str]) -> Facets:
        """As the port says."""
        answer = self._search(
            query=elastic_mapping.asked(query, filters),
            size=0,
            aggregations=port.aggregations(names),
            track_total_hits=False,
        )
        return port.facets_of(answer["aggregations"])

    def count(self) -> int:
        """How many documents there are."""
        answer = self._search(size=0, track_total_hits=True)
        return int(answer["hits"]["total"]["value"])

    def sums(self, width: int) -> Mapping[int, tuple[int, int]]:
        """As the port says."""
        stretches = {
            "histogram": {"field": "id", "interval": float(width), "min_doc_count": 1},
            "aggs": {"digest": {"sum": {"field": "digest"}}},
        }
        answer = self._search(size=0, aggregations={"stretches": stretches}, track_total_hits=False)
        return {
            int(bucket["key"]): (bucket["doc_count"], int(bucket["digest"]["value"]))
            for bucket in answer["aggregations"]["stretches"]["buckets"]
        }

    def digests(self, first: int, width: int) -> Mapping[int, int]:
        """As the port says."""
        answer = self._search(
            query={"range": {"id": {"gte": first, "lt": first + width}}},
            size=width,
            source=False,
            docvalue_fields=["id", "digest"],
        )
        fields = [hit["fields"] for hit in answer["hits"]["hits"]]
        return {int(one["id"][0]): int(one["digest"][0]) for one in fields}

    def writer(self, epoch: int) -> ElasticWriter:
        """The right to write to the generation that serves."""
        self._versions.begin(epoch)
        with speaking():
            try:
                names = list(self._client.indices.get_alias(name=self._alias))
            except NotFoundError as error:
                raise _missing() from error
        generation = names[0].rsplit("-", 1)[0]
        return ElasticWriter(self._client, self._settings, generation, self._versions, is_live=True)

    def rebuild(self, epoch: int) -> ElasticRebuild:
        """A new generation beside the one that serves."""
        self._versions.begin(epoch)
        generation = f"{self._alias}-{SCHEMA}-{uuid4().hex[:8]}"
        with speaking():
            self._client.indices.put_index_template(
                name=self._alias,
                index_patterns=[f"{self._alias}-{SCHEMA}-*"],
                template={
                    "settings": {
                        "number_of_shards": 1,
                        "auto_expand_replicas": "0-1",
                        "refresh_interval": "-1",  # what was committed is found, nothing before
                    },
                    "mappings": elastic_mapping.mapping(),
                },
                version=SCHEMA,
                priority=200,
            )
        return ElasticRebuild(self._client, self._settings, generation, self._versions, is_live=False)

    def release(self) -> None:
        """The lease is the right; nothing is held here."""

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _search(self, **asked: Any) -> Any:
        with speaking():
            try:
                # A shard that is missing must be an error: half a count looks like a whole one.
                return self._client.search(
                    index=self._alias,
                    allow_partial_search_results=False,
                    # The same copy of a shard each time: another one may be a moment behind or ahead.
                    preference=self._alias,
                    **asked,
                )
            except NotFoundError as error:
                raise _missing() from error

    def _check_version(self) -> None:
        with speaking():
            answer = self._client.nodes.info(filter_path="nodes.*.version")
        versions = [str(node["version"]) for node in answer["nodes"].values()]
        if any(int(version.split(".")[0]) < _OLDEST_MAJOR for version in versions):
            raise SearchUnsupported(
                f"检索服务器的版本 {versions[0]} 太旧。", mend="请升级到 Elasticsearch 8.x 或 9.x。"
            )


def _missing() -> SearchUnavailable:
    return SearchUnavailable(
        "还没有建立检索索引。", mend="请运行 huiying index rebuild。", code="search.missing"
    )
