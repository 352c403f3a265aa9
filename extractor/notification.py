"""Post what a run did to a chat: JSON as Slack, Mattermost and others take it."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from extractor.errors import UsageError
from extractor.jobs.executor import RunSummary

TRIES, SECONDS = 4, 10.0
MAX_FAILED = 10  # documents that a message lists


def require_web_address(url: str) -> None:
    """Refuse what nothing can be posted to; the message does not hold the address, which is a secret.

    Raises:
        UsageError: It is no http or https address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("--notify: is no web address; expected one such as https://hooks.slack.com/services/…")


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
        except (OSError, ValueError) as error:  # urllib's own are OSErrors
            said = " ".join(str(error).replace(url, "").split())
    return f"--notify: {urlsplit(url).hostname} did not take the message ({said}), tried {TRIES} times; the run is not affected"


def message(summary: RunSummary) -> str:
    """Return what a run did, in some lines."""
    status = ", ".join(f"{count} {name}" for name, count in summary.status.items()) or "none"
    grave = sum(finding.severity == "high" for _, finding in summary.contradictions)
    lines = [
        f"extractor: {summary.counts['documents']} documents read ({status}), {summary.skipped} unchanged; "
        f"{summary.counts['line_items']} amounts, {len(summary.contradictions)} findings, {grave} of them grave: {summary.out}"
    ]
    lines += [f"• {failed.status}: {failed.path}: {failed.reason}" for failed in summary.failed[:MAX_FAILED]]
    if len(summary.failed) > MAX_FAILED:
        lines.append(f"• … and {len(summary.failed) - MAX_FAILED} more")
    return "\n".join((*lines, *(f"• {line}" for line in summary.damaged)))


def _escaped(text: str) -> str:
    """Return a text in which nothing is a link or calls anybody: file names are strangers' words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
