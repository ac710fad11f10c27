"""Write the tables of a preset's keys into docs/training.md, from the dataclasses themselves."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from vowelscope_training import settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "training.md"


def with_tables(text: str) -> str:
    """The page with each table between its marks as `settings.key_table` makes it."""

    def table(match: re.Match[str]) -> str:
        return f"{match[1]}\n{settings.key_table(getattr(settings, match[2]))}\n<!-- end -->"

    return re.sub(r"(<!-- keys: (\w+) -->)\n.*?<!-- end -->", table, text, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(PAGE, file=sys.stderr)
