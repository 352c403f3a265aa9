from __future__ import annotations

import io

from rich.console import Console

from extractor.commands.progress import _bar, _columns


def test_the_bar_names_the_document_that_has_been_in_hand_longest_and_prints_no_control_character() -> None:
    console = Console(file=io.StringIO(), width=80)
    with _columns(console) as progress:
        bar = _bar(progress)
        shown = progress.tasks[0].fields
        bar.started("a/first\x1b[31m[red].pdf")
        bar.started("b/second.pdf")
        bar.finished(None, 3)
        assert (shown["name"], progress.tasks[0].completed) == ("first\\x1b[31m[red].pdf", 1)
        progress.refresh()
    assert "first\\x1b[31m[red].pdf" in console.file.getvalue()  # type: ignore[attr-defined]
