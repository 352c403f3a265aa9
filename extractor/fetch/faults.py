"""Why a request gave nothing, in a few words for one line."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

ROBOTS = "Forbidden by robots.txt"  # Scrapy's words
REDIRECTS = "max redirections reached"
_BY_CLASS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "did not answer in time; give a longer --timeout, or wait for the next run"),
    (CannotResolveHostError, "its host cannot be found; check the address"),
    (DownloadConnectionRefusedError, "its host refuses connections; check the address, or wait for the next run"),
    (DownloadCancelledError, "is larger than --max-mb allows; give a higher one to fetch it"),
    (ResponseDataLossError, "its answer was cut off; the next run tries again"),
)
# Words that other exceptions say → what happened.
_BY_WORD: dict[str, str] = {
    REDIRECTS: "redirects in a loop; open it in a browser, and correct the address",
    "playwright install": "needs a browser that is not installed: playwright install chromium",
    **dict.fromkeys(
        ("certificate", "verif", "SSL", "TLS"),
        "its certificate is not trusted ({0}); tell the publisher, and check the address",
    ),
}


def told(error: BaseException) -> str:
    """Return what happened and what to do about it."""
    for kind, text in _BY_CLASS:
        if isinstance(error, kind):
            return text
    said = "; ".join(dict.fromkeys(_causes(error)))
    default = "cannot be fetched ({0}); check the address, or wait for the next run"
    return next((text for word, text in _BY_WORD.items() if word in said), default).replace("{0}", said)


def _causes(error: BaseException) -> list[str]:
    """Return what an exception and those within it say; Twisted wraps failures in lists."""
    inner = [getattr(reason, "value", reason) for reason in getattr(error, "reasons", ())]
    if error.__cause__ is not None:
        inner.append(error.__cause__)
    if inner:
        return [cause for one in inner for cause in _causes(one)]
    return [" ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")]
