#!/usr/bin/env bash
# Fetches the script the pages draw with by lock file and copies it, with its licence, to api/static/vendor/.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "$1" >&2
  exit 1
}

target=api/static/vendor
if ! command -v npm >/dev/null; then
  # An offline bundle brings the files along; then Node is not needed.
  [ -s "$target/echarts.common.min.js" ] && exit 0
  fail "没有找到 Node.js(npm),页面脚本无法取得,请先安装 Node.js 18 或更高版本(apt install nodejs npm)。"
fi

npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
  fail "页面脚本没有取到,请检查网络或内网软件源(npm 的 registry)后重试。"

mkdir -p "$target"
cp node_modules/echarts/dist/echarts.common.min.js "$target/"
cp node_modules/echarts/LICENSE "$target/echarts.LICENSE"
cp node_modules/echarts/NOTICE "$target/echarts.NOTICE"
