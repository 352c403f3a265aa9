"""`sources.toml`: every fault is one line with its place, and globs match what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.common import ROOT

from extractor.errors import ConfigError
from extractor.fetch.sources import Site, read_sites
from extractor.vocabulary.config import Config

WHOLE = """[[source]]
name = "wuxi"
region = "320200"
start = ["https://www.example.gov.cn/czxx/index.html"]
follow = ["/czxx/*.html"]
download = ["*.pdf", "https://att.example.gov.cn/*"]
"""


def sites(tmp_path: Path, config: Config, text: str) -> tuple[Site, ...]:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return read_sites(path, config.directory)


def test_a_source_has_a_delay_and_no_browser_unless_it_says_so(tmp_path: Path, config: Config) -> None:
    (site,) = sites(tmp_path, config, WHOLE)
    assert (site.delay_s, site.javascript, site.allow_private) == (1.0, False, False)
    assert site.hosts == {"www.example.gov.cn"}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("follow", "folow", 5, 'unknown key; expected one of name, start, follow, download, region, delay_s, javascript, allow_private, max_depth, max_pages: did you mean "follow"?'),
        ("https://www", "www", 4, '"www.example.gov.cn/czxx/index.html" is no web address; expected one such as https://'),
        ("https://www", "ftp://www", 4, "is no web address"),
        ('"/czxx/*.html"', '"/czxx/ *.html"', 5, '"/czxx/ *.html" is no glob; expected one such as'),
        ('"/czxx/*.html"', '""', 5, '"" is no glob'),
        ("320200", "329999", 3, 'unknown region "329999"; expected a code of codes/regions.csv: did you mean "'),
        ('name = "wuxi"', 'name = "wu/xi"', 2, "source.0.name: String should match pattern"),
        ('region = "320200"', "delay_s = 0", 3, "source.0.delay_s: Input should be greater than or equal to 0.05"),
        ('start = ["https://www.example.gov.cn/czxx/index.html"]\n', "", 1, "source.0.start: missing; add this key"),
        ('"*.pdf"', "*.pdf", 6, "not valid TOML"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_with_its_place(
    tmp_path: Path, config: Config, old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        sites(tmp_path, config, WHOLE.replace(old, new, 1))
    (message,) = str(caught.value).splitlines()
    assert message.startswith(f"{tmp_path / 'sources.toml'}:{line}: ")
    assert said in message


def test_the_example_of_the_guide_is_valid(tmp_path: Path, config: Config) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "docs/how-to/nightly.md").read_text("utf-8"), re.M | re.S)
    (site,) = sites(tmp_path, config, example)
    assert (site.name, site.region) == ("example", "320200")


def test_two_sources_of_one_name_are_a_fault(tmp_path: Path, config: Config) -> None:
    with pytest.raises(ConfigError, match=r'sources.toml:8: source.1.name: "wuxi" is used twice'):
        sites(tmp_path, config, WHOLE + WHOLE)


@pytest.mark.parametrize(
    ("glob", "url", "matches"),
    [
        ("/czxx/*.html", "https://www.example.gov.cn/czxx/2026/a.html", True),
        ("/czxx/*.html", "https://www.example.gov.cn/xx/czxx/a.html", False),  # the whole path
        ("/czxx/*.html", "https://other.gov.cn/czxx/a.html", False),  # a host that no start page has
        ("*.pdf", "https://www.example.gov.cn/a/b.pdf", True),
        ("*.pdf", "https://www.example.gov.cn/a/b.pdf?x=1", False),
        ("/down.jsp?id=*", "https://www.example.gov.cn/down.jsp?id=7", True),  # ? stands for itself
        ("/附件/*", "https://www.example.gov.cn/%E9%99%84%E4%BB%B6/a", True),
        ("https://att.example.gov.cn/*", "https://att.example.gov.cn/a.doc", True),
        ("*://*", "http://anywhere.example/a.doc", True),
    ],
)
def test_a_glob_without_a_host_means_those_of_the_start_pages(glob: str, url: str, matches: bool) -> None:
    site = Site(name="a", start=("https://www.example.gov.cn/",), follow=(glob,))
    assert bool(site.matching(site.follow, url)) == matches


def test_the_examples_name_ten_cities_whose_globs_can_match(config: Config) -> None:
    paths = sorted((config.directory / "sources").glob("*.toml"))
    found = [site for path in paths for site in read_sites(path, config.directory)]
    assert len({site.region for site in found}) >= 10
    assert all(site.follow or site.download for site in found)
    for site in found:
        for glob in (*site.follow, *site.download):
            url = glob.replace("*", "x") if "://" in glob else f"http://{min(site.hosts)}{glob.replace('*', 'x')}"
            assert site.matching([glob], url) == [glob]


def test_sources_and_link_words_are_no_part_of_what_documents_are_read_with(tmp_path: Path, config: Config) -> None:
    from shutil import copytree

    folder = Path(copytree(config.directory, tmp_path / "configs"))
    for name in ("links.toml", "sources/cities.toml"):
        (folder / name).write_text("# changed", encoding="utf-8")
    assert Config.read(folder).hash == config.hash
