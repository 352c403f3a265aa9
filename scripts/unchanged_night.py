"""Measure a night on which nothing has changed: `fetch` and `run` over many documents of sites on this machine.

Prints wall clock and processor time of each command. The sites are on as many addresses of the loopback network, each asked at
the least delay there is; what a fetch waits for, a real night waits for too, and longer: its processor time is what is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from extractor.fetch.sources import MIN_DELAY

TEXT = "示例市第{0}局2026年部门预算\n收支总表\n单位：万元\n项目\t预算数\n事业收入\t{1}\n收入总计\t{1}\n"
PORT = 8017
A_PAGE = 100  # documents that a page lists


def body_of(path: str, documents: int) -> bytes:
    """Return what a path gives: a list of documents, or one of them."""
    site, _, name = path.strip("/").partition("/")
    if path == "/robots.txt":
        return b"User-agent: *\nDisallow:\n"
    if name:
        number = int(site) * A_PAGE + int(name.removesuffix(".txt"))
        return TEXT.format(number, 10 + number).encode()
    links = "".join(f'<li><a href="/{site}/{n}.txt">第{n}局预算</a></li>' for n in range(documents))
    return f"<html><body><ul>{links}</ul></body></html>".encode()


async def answer(documents: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of a connection: 304 where the ETag is the body's."""
    while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
        path = head.split(b" ", 2)[1].decode()
        body = body_of(path, documents)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        known = tag.encode() in head
        kind = "text/plain" if path.endswith(".txt") else "text/html; charset=utf-8"
        told = f"HTTP/1.1 {'304 Not Modified' if known else '200 OK'}\r\nETag: {tag}\r\nContent-Type: {kind}\r\n"
        writer.write((told + ("" if known else f"Content-Length: {len(body)}\r\n") + "\r\n").encode())
        writer.write(b"" if known else body)
        await writer.drain()


def serve(hosts: list[str], documents: int) -> None:
    """Serve all sites until the process is ended."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(documents, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        servers = [await asyncio.start_server(connected, host, PORT) for host in hosts]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    asyncio.run(run())


def measured(folder: Path, *arguments: str) -> dict[str, float]:
    """Run a command of the extractor; return seconds of wall clock and processor time."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "extractor", *arguments, "--json"],
        cwd=folder,
        check=False,
        capture_output=True,
        env=os.environ,
    )
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr.decode() or done.stdout.decode())
    said = json.loads(done.stdout)
    counts = {name: said[name] for name in ("new", "unchanged", "documents", "skipped") if name in said}
    return {"wall": wall, "processor": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, **counts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=5_000, help="How many; full hundreds.")
    parser.add_argument("--keep", type=Path, help="Use this folder, and what an earlier measurement has left in it.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        two_nights(options.keep or Path(made), options.documents // A_PAGE)


def two_nights(folder: Path, sites: int) -> None:
    """Fetch and read the documents of some sites twice, and print what each command took."""
    folder.mkdir(parents=True, exist_ok=True)
    hosts = [f"127.0.1.{n + 1}" for n in range(sites)]
    sources = [
        f'[[source]]\nname = "s{n}"\nstart = ["http://{host}:{PORT}/{n}/"]\ndownload = ["/{n}/*.txt"]\ndelay_s = {MIN_DELAY}\n'
        for n, host in enumerate(hosts)
    ]
    (folder / "sources.toml").write_text("\n".join(sources), encoding="utf-8")
    server = multiprocessing.get_context("fork").Process(target=serve, args=(hosts, A_PAGE), daemon=True)
    server.start()
    time.sleep(1)
    try:
        for night in ("first", "unchanged"):
            for command in (("fetch", "sources.toml", "--into", "downloads"), ("run", "downloads", "--out", "data")):
                figures = measured(folder, *command)
                print(night, command[0], " ".join(f"{name} {value:.1f}" for name, value in figures.items()), flush=True)
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
