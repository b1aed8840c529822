# 回应 huiying — every command a contributor or an administrator needs. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
CODE := huiying core storage crawlers analysis alerts reports api bench tests
INSTALLED := .venv/.installed
VENDOR := api/static/vendor/.stamp

.PHONY: help install vendor run replicas check format screenshots test elasticsearch elasticsearch-cluster elasticsearch-stop lock clean

help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## 建立虚拟环境,安装锁定版本的依赖

$(INSTALLED): pyproject.toml uv.lock requirements.txt tools/install.sh
	@tools/install.sh
	@touch $@

vendor: $(VENDOR) ## 取得页面所用的画图脚本(echarts)

$(VENDOR): package-lock.json tools/vendor.sh
	@tools/vendor.sh
	@touch $@

run: install vendor ## 载入演示数据,在 http://127.0.0.1:8000 打开
	@.venv/bin/huiying demo

replicas: install ## 启动各采集网站的本地副本（地址和控制口会打印出来）
	$(PYTHON) -m tests.replicas

check: install ## 检查格式、代码规范、类型、包之间的依赖
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: install ## 整理格式,修正可自动修正的问题
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

screenshots: install vendor ## 用演示数据重拍 docs/pictures 里的图(需要 Chromium)
	PYTHONPATH=. $(PYTHON) tools/screenshots.py

test: install ## 运行全部测试(没有数据库服务器或浏览器时跳过相应部分)
	$(PYTHON) -m pytest -q -n auto --dist loadfile

elasticsearch: ## 在本机启动一个真正的 Elasticsearch(测试用,需要 Java 和 Maven)
	@tools/elasticsearch.sh start

elasticsearch-cluster: ## 在本机启动三个节点的 Elasticsearch 集群(测试用)
	@tools/elasticsearch.sh cluster

elasticsearch-stop: ## 停止上面启动的 Elasticsearch
	@tools/elasticsearch.sh stop

lock: install ## 改过 pyproject.toml 或 package.json 之后,重新锁定依赖版本
	.venv/bin/uv lock
	.venv/bin/uv export --quiet --frozen --no-hashes --no-header --no-annotate --all-groups --all-extras --no-emit-project -o requirements.txt
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

clean: ## 删除可重新生成的文件(不动 data 目录)
	rm -rf .venv node_modules api/static/vendor dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
