"""The findings of an audit: things that forked workers would share or miss, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# More would help nobody, and must fit into a frame.
_MOST_TOLD = 20
_LONGEST = 500


class Finding(NamedTuple):
    """One thing that was found, such as ``file /data/x.db, open for writing``."""

    what: str
    remedy: str
    """The way to stay warm, such as ``open it in start()``."""

    def __str__(self) -> str:
        what = self.what if len(self.what) <= _LONGEST else self.what[:_LONGEST] + "..."
        return f"{what}: {self.remedy}"


def told(findings: Iterable[Finding]) -> list[str]:
    """Returns the findings as texts, alike ones once, and not more than people would read."""
    texts = list(dict.fromkeys(str(finding) for finding in findings))
    more = len(texts) - _MOST_TOLD
    return texts if more <= 0 else [*texts[:_MOST_TOLD], f"and {more} more"]
