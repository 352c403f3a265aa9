"""`sources.toml`: the sites to fetch from, validated, and which of their links are wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from extractor.errors import ConfigError
from extractor.vocabulary.fields import Known, KnownIds, Strict, nearest
from extractor.vocabulary.regions import read_regions
from extractor.vocabulary.toml_file import TomlFile

MIN_DELAY = 0.05  # seconds: a host is never asked as fast as it answers
LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}")


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'"{value}" is no web address; expected one such as https://www.example.gov.cn/czxx/')
    return value


def _glob(value: str) -> str:
    scheme, separator, _ = value.partition("://")
    if not value or re.search(r"\s", value) or (separator and scheme not in ("http", "https", "*")):
        raise ValueError(
            f'"{value}" is no glob; expected one such as "/czxx/*.html", "*.pdf" or "https://att.example.gov.cn/*", '
            "where * stands for any characters"
        )
    return value


WebAddress = Annotated[str, AfterValidator(_url)]
Glob = Annotated[str, AfterValidator(_glob)]


class Site(Strict):
    """A site to fetch from.

    Attributes:
        name: Its name in the ledger and in messages.
        start: Pages that are always read.
        follow: Globs of links that lead to further pages; links to the next page of a list are followed without one.
        download: Globs of links that lead to documents; without any, what a page announces as an attachment.
        region: Code of the division whose documents it publishes: a hint for documents that name none.
        delay_s: Seconds between two requests to a host, at least.
        javascript: Read pages in a browser, for sites that list nothing without.
        allow_private: Fetch from private addresses too.
        max_depth: Links from a start page to the last page that is read; a list's further pages count as its first.
        max_pages: Pages that are read in a night.
    """

    name: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    start: Annotated[tuple[WebAddress, ...], Field(min_length=1)]
    follow: tuple[Glob, ...] = ()
    download: tuple[Glob, ...] = ()
    region: str | None = None
    delay_s: Annotated[float, Field(ge=MIN_DELAY, le=3600)] = 1.0
    javascript: bool = False
    allow_private: bool = False
    max_depth: Annotated[int, Field(ge=0)] = 5
    max_pages: Annotated[int, Field(ge=1)] = 5000

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str | None, info: ValidationInfo) -> str | None:
        known: KnownIds = info.context or {}
        if value is not None and value not in known["region"].ids:
            raise ValueError(
                f'unknown region "{value}"; expected a code of {known["region"].source}{nearest(value, known["region"].ids)}'
            )
        return value

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of the start pages: those that a glob without a host means."""
        return frozenset(urlsplit(url).hostname or "" for url in self.start)

    @property
    def is_local(self) -> bool:
        """Whether a start page is on this machine, which is then no secret from it."""
        return any(LOOPBACK.fullmatch(host) for host in self.hosts)

    def matching(self, globs: Sequence[str], url: str) -> list[str]:
        """Return those of the globs that a URL matches, with its percent-encoded characters decoded."""
        parts = urlsplit(url)
        whole = unquote(url)
        path = unquote(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        home = parts.hostname in self.hosts
        return [
            glob
            for glob in globs
            if (home or "://" in glob) and _pattern(glob).fullmatch(path if glob.startswith("/") else whole)
        ]


class Sites(Strict):
    """The content of `sources.toml`."""

    source: Annotated[tuple[Site, ...], Field(min_length=1)]


def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, unquote(glob).split("*"))), re.DOTALL)


def read_sites(path: Path, configs: Path) -> tuple[Site, ...]:
    """Read and validate a `sources.toml`.

    Args:
        path: The file.
        configs: The configuration folder, whose `codes/regions.csv` has the regions.

    Raises:
        ConfigError: It is missing, is no TOML, or has a wrong key or value; the message names the line.
    """
    file = TomlFile(path, "copy one of configs/sources")
    codes = frozenset(region.code for region in read_regions(configs / "codes" / "regions.csv"))
    sites = file.validated(Sites, {"region": Known(codes, "codes/regions.csv")}).source
    names = [site.name for site in sites]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ConfigError(
                f'{file.place(("source", index, "name"))}: source.{index}.name: "{name}" is used twice; give each its own'
            )
    return sites
