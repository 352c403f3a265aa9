"""Post what a run did to a chat: JSON as Slack, Mattermost and others take it."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.parse import urlsplit

from extractor.drift import Drift
from extractor.errors import UsageError
from extractor.jobs.executor import RunSummary

TRIES, SECONDS = 4, 10.0
MAX_LISTED = 10  # documents that were not read, and changes at publishers, that a message lists


def require_web_address(url: str) -> None:
    """Refuse what nothing can be posted to; the message does not hold the address, which is a secret.

    Raises:
        UsageError: It is no http or https address.
    """
    if not _is_web_address(url):
        raise UsageError("--notify: is no web address; expected one such as https://hooks.slack.com/services/…")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # brackets that do not close, a port that is no number
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and not re.search(r"[\x00- \x7f]", url)
    )


def notify(url: str, text: str, wait: Callable[[float], None] = time.sleep) -> str:
    """Post a text, tried again where it fails.

    Args:
        url: A webhook.
        text: What to say.
        wait: Sleeps for some seconds.

    Returns:
        Why it could not be posted; empty where it was.
    """
    body = json.dumps({"text": _escaped(text)}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    said = ""
    for attempt in range(TRIES):
        if attempt:
            wait(2.0**attempt)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):
                return ""
        except (OSError, ValueError, HTTPException) as error:  # urllib's own are OSErrors
            said = " ".join(str(error).replace(url, "").split())
    return f"--notify: {urlsplit(url).hostname} did not take the message ({said}), tried {TRIES} times; the run is not affected"


def message(summary: RunSummary, drifts: Sequence[Drift] = ()) -> str:
    """Return what a run did, in some lines, and what is new at publishers."""
    status = ", ".join(f"{count} {name}" for name, count in summary.status.items()) or "none"
    grave = sum(finding.severity == "high" for _, finding in summary.contradictions)
    lines = [
        f"extractor: {summary.counts['documents']} documents read ({status}), {summary.skipped} unchanged; "
        f"{summary.counts['line_items']} amounts, {len(summary.contradictions)} findings, {grave} of them grave: {summary.out}"
    ]
    lines += _listed([f"{failed.status}: {failed.path}: {failed.reason}" for failed in summary.failed])
    lines += _listed([_changed(drift) for drift in drifts])
    return "\n".join((*lines, *(f"• {line}" for line in summary.damaged)))


def _listed(lines: Sequence[str]) -> list[str]:
    rest = [f"• … and {len(lines) - MAX_LISTED} more"] if len(lines) > MAX_LISTED else []
    return [*(f"• {line}" for line in lines[:MAX_LISTED]), *rest]


def _changed(drift: Drift) -> str:
    """Return a change at a publisher in a line: where, and what."""
    place = f"{drift.path} p.{drift.page}" if drift.page else drift.path
    return f"changed: {place} {drift.table_type or ''}: {drift.what} {drift.found}, usual {drift.usual}".replace(
        " :", ":"
    )


def _escaped(text: str) -> str:
    """Return a text in which nothing is a link or calls anybody: file names are strangers' words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
