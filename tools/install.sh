#!/usr/bin/env bash
# Makes .venv and installs the locked dependencies: with uv, or with plain pip where uv cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "$1" >&2
  exit 1
}

find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  fail "没有找到 Python 3.11 或更高版本,请先安装(Debian、麒麟等系统:apt install python3 python3-venv)。"
}

make_environment() {
  [ -x .venv/bin/python ] && return
  local python
  python=$(find_python)
  # Debian ships Python without the part that makes an environment with pip in it.
  "$python" -c 'import ensurepip' 2>/dev/null || fail "Python 缺少 venv 模块,请先安装(apt install python3-venv)。"
  "$python" -m venv .venv || fail "无法在当前目录建立虚拟环境 .venv,请检查目录的写入权限和磁盘空间。"
}

ensure_uv() {
  [ -x .venv/bin/uv ] && return
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
  .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
}

install_with_uv() {
  ensure_uv && VIRTUAL_ENV='' .venv/bin/uv sync --quiet --frozen --all-groups --all-extras --python .venv/bin/python
}

install_with_pip() {
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt &&
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
}

make_environment
if ! install_with_uv; then
  echo "uv 不可用,改用 pip 安装。" >&2
  install_with_pip || fail "依赖没有装上,请检查网络或内网软件源(pip 的 index-url)后重试。"
fi
