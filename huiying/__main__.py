"""Entry point of the `huiying` command."""

from __future__ import annotations

import sys

from core.errors import HuiyingError
from huiying.cli import app
from huiying.output import stderr


def main() -> None:
    """Run the command line; a fault of ours ends in one sentence, its traceback only under `--debug`."""
    try:
        app()
    except HuiyingError:
        raise  # only under --debug does one of ours come so far
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        stderr.print(
            f"程序内部错误(internal):{type(error).__name__}。"
            "请加 --debug 再运行一次，把显示的内容发给维护人员。",
            markup=False,
            highlight=False,
        )
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
