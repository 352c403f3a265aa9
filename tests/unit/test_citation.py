from __future__ import annotations

import re

from support.common import ROOT

from extractor.version import __version__


def test_what_is_cited_is_this_version() -> None:
    assert re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE) == [__version__]
