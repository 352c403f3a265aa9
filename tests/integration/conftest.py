"""An S3 server on loopback, for tests of several modules."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from support.common import SECRET

from extractor.filesystem import open_place


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start an S3 server; yield where it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def bucket(server: str) -> Callable[[str], str]:
    """Make a bucket; return what makes a URL of a path in it."""
    name = f"budgets-{uuid.uuid4().hex}"
    query = f"scheme=http&endpoint_override={server}&region=us-east-1"
    open_place(f"s3://key:{SECRET}@{name}?{query}&allow_bucket_creation=true").files.create_dir(name)
    return lambda path: f"s3://key:{SECRET}@{name}/{path}?{query}"
