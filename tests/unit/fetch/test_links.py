"""What a page of a publisher says: attachments, further pages of a list, dates; and nothing where it does not say it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urljoin

import pytest
from support.common import CORPUS

from extractor.fetch.links import Link, Page, PageReader, promises_document, read_link_words
from extractor.vocabulary.config import Config

URL = "https://www.example.gov.cn/czxx/index.html"


@pytest.fixture(scope="module")
def reader(config: Config) -> PageReader:
    return PageReader(read_link_words(config.directory))


def page(reader: PageReader, body: str, head: str = "") -> Page:
    return reader.read(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL)


def link(reader: PageReader, body: str) -> Link:
    (found,) = page(reader, body).links
    return found


@pytest.mark.parametrize(
    "body",
    [
        '<p>附件：1．<a href="/d?id=7">某局2026年部门预算</a></p>',
        '<p><a href="/d?id=7">附件1：2026年部门预算</a></p>',
        '<a href="/files/a.PDF">预算</a>',
        '<a href="/down.jsp?filename=5dba.pdf&amp;classid=0"></a>',
        '<a href="/d?id=7">2026年部门预算.docx</a>',
        '<iframe src="/files/a.pdf"></iframe>',
    ],
)
def test_an_attachment_is_announced_by_its_text_or_its_name(reader: PageReader, body: str) -> None:
    assert link(reader, body).is_attachment


@pytest.mark.parametrize("body", ['<a href="a.html">2026年部门预算</a>', '<a href="/czxx/">财政信息</a>'])
def test_a_link_to_a_page_is_no_attachment(reader: PageReader, body: str) -> None:
    assert not link(reader, body).is_attachment


@pytest.mark.parametrize("text", ["下一页", "下页", ">>", "3", "尾页", "Next"])
def test_a_further_page_of_a_list_is_known_by_its_text(reader: PageReader, text: str) -> None:
    assert link(reader, f'<a href="list_2.html">{text}</a>').is_next


@pytest.mark.parametrize("text", ["下一篇", "2026", "下月", "预算3"])
def test_other_texts_lead_to_no_further_page(reader: PageReader, text: str) -> None:
    assert not link(reader, f'<a href="list_2.html">{text}</a>').is_next


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ('createPageHTML(3, 0, "index", "html");', ["index_1.html", "index_2.html"]),
        ("createPageHTML('page-div',3, 1,'index','shtml',45);", ["index_2.shtml", "index_3.shtml"]),
        ('createPageHTML(1, 0, "index", "html");', []),
    ],
)
def test_pages_that_a_script_links_to_are_found(reader: PageReader, call: str, names: list[str]) -> None:
    links = page(reader, f"<script>{call}</script>").links
    assert [found.url for found in links] == [urljoin(URL, name) for name in names]
    assert all(found.is_next for found in links)


def test_only_the_first_page_of_a_list_is_asked_for_the_others(reader: PageReader) -> None:
    body = b'<html><script>createPageHTML(3, 1, "index", "html");</script></html>'
    assert reader.read(body, urljoin(URL, "index_1.html")).links == ()


@pytest.mark.parametrize(
    ("row", "published"),
    [
        ('<li><a href="a.html">预算</a><span>2026-03-02</span></li>', date(2026, 3, 2)),
        ('<tr><td><a href="a.html">预算</a></td><td>2026年3月2日</td></tr>', date(2026, 3, 2)),
        ('<li><a href="a.html">2026-03-02会议纪要</a></li>', None),  # it is about that day
        ('<li><a href="a.html">预算</a><span>03-02</span></li>', None),  # of which year?
        ('<li><a href="a.html">预算</a> 2026-03-02 2026-03-05</li>', None),
        ('<li><a href="a.html">预算</a> 2026-02-31</li>', None),
    ],
)
def test_the_date_of_a_row_is_taken_where_it_is_one_whole_date(
    reader: PageReader, row: str, published: date | None
) -> None:
    assert link(reader, f"<table>{row}</table>" if row.startswith("<tr") else row).published == published


def test_the_date_of_a_row_with_two_links_is_neithers(reader: PageReader) -> None:
    links = page(reader, '<ul><li><a href="a">甲</a><a href="b">乙</a> 2026-03-02</li></ul>').links
    assert [found.published for found in links] == [None, None]


META = '<meta name="ArticleTitle" content="某局2026年部门预算"><meta name="PubDate" content="2026-03-06 14:05">'


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("", "<p>发布日期：2026-03-02 10:00</p>", date(2026, 3, 2)),
        ("", '<i title="发布日期"></i><em>2026-03-02</em>', date(2026, 3, 2)),
        (META, "<h1>某局2026年部门预算</h1>", date(2026, 3, 6)),
        (META, "<h1>某局2026年部门预算</h1><p>时间：<b>2026-03-02</b></p>", date(2026, 3, 2)),  # what a reader sees
        (META, "<h1>财政信息</h1>", None),  # a template's: of another page
        ("", "<p>发布日期：2026-03-02</p><p>发布日期：2026-03-05</p>", None),
        ("", "<p>开始实施时间：2026-03-01</p>", None),
    ],
)
def test_the_date_of_a_page_is_what_it_calls_so(
    reader: PageReader, head: str, body: str, published: date | None
) -> None:
    assert page(reader, body, head).published == published


@pytest.mark.parametrize("target", ["javascript:void(0)", "mailto:a@b.cn", "#top", "", "ftp://a/b.pdf", "http://[a/"])
def test_what_is_no_web_address_is_no_link(reader: PageReader, target: str) -> None:
    assert page(reader, f'<a href="{target}">附件</a>').links == ()


def test_a_text_that_is_cut_off_is_told_by_its_title(reader: PageReader) -> None:
    assert link(reader, '<a href="a" title="某局2026年部门预算">某局2026年…</a>').text == "某局2026年部门预算"


def test_a_field_for_a_password_makes_a_login_page(reader: PageReader) -> None:
    assert page(reader, '<form><input type="PASSWORD"></form>').asks_to_log_in
    assert not page(reader, '<form><input type="text"></form>').asks_to_log_in


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"<", b"<?xml version='1.0' encoding='x'?><html>", b"\0" * 50])
def test_what_is_hardly_a_page_has_no_links(reader: PageReader, body: bytes) -> None:
    assert reader.read(body, URL).links == ()


@pytest.mark.corpus
@pytest.mark.parametrize("path", sorted((CORPUS / "listing-pages").glob("*.html")), ids=lambda path: path.name[:2])
def test_every_attachment_of_a_real_listing_page_is_found(reader: PageReader, path: Path) -> None:
    body = path.read_bytes()
    written = re.findall(
        r'(?:href|src)="?([^"\s>]+\.(?:pdf|docx?|xlsx?|zip|rar)\b[^"\s>]*)', body.decode("utf-8", "replace")
    )
    shown = {urljoin(URL, target.replace("&amp;", "&")) for target in written}
    found = {found.url for found in reader.read(body, URL).links if found.is_attachment}
    assert shown
    assert shown <= found
    assert all(promises_document(url) for url in shown)
