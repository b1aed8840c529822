"""Where the tests find a real Elasticsearch server."""

from __future__ import annotations

URL_VARIABLE = "HUIYING_TEST_ELASTICSEARCH_URL"
# Three nodes, separated by commas, and the folder in which tools/elasticsearch.sh keeps them.
CLUSTER_VARIABLE = "HUIYING_TEST_ELASTICSEARCH_CLUSTER"
CLUSTER_RUN_VARIABLE = "HUIYING_TEST_ELASTICSEARCH_CLUSTER_RUN"
