"""Why a request gave nothing, in a few words for one line."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

_TLS = ("certificate", "verif", "ssl", "tls")
ROBOTS = "Forbidden by robots.txt"  # Scrapy's words
REDIRECTS = "max redirections reached"


def told(error: BaseException) -> str:
    """Return what happened and what to do about it."""
    if str(error) == REDIRECTS:
        return "redirects in a loop; open it in a browser, and correct the address"
    if isinstance(error, DownloadTimeoutError):
        return "did not answer in time; give a longer --timeout, or wait for the next run"
    if isinstance(error, CannotResolveHostError):
        return "its host cannot be found; check the address"
    if isinstance(error, DownloadConnectionRefusedError):
        return "its host refuses connections; check the address, or wait for the next run"
    if isinstance(error, DownloadCancelledError):
        return "is larger than --max-mb allows; give a higher one to fetch it"
    if isinstance(error, ResponseDataLossError):
        return "its answer was cut off; the next run tries again"
    said = "; ".join(dict.fromkeys(_causes(error)))
    if "playwright install" in said:
        return "needs a browser that is not installed: playwright install chromium"
    if any(word in said.lower() for word in _TLS):
        return f"its certificate is not trusted ({said}); tell the publisher, and check the address"
    return f"cannot be fetched ({said}); check the address, or wait for the next run"


def _causes(error: BaseException) -> list[str]:
    """Return what an exception and those within it say; Twisted wraps failures in lists."""
    inner = [getattr(reason, "value", reason) for reason in getattr(error, "reasons", ())]
    if error.__cause__ is not None:
        inner.append(error.__cause__)
    if inner:
        return [cause for one in inner for cause in _causes(one)]
    return [" ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")]
