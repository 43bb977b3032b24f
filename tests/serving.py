"""The site as its own program, as ``equipoise serve`` serves it, on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

ROOT = Path(__file__).parents[1]
READY = "/about-this-data/"


@contextmanager
def serving(home: Path, log: IO[bytes] | int | None = None, *, workers: int = 1) -> Iterator[str]:
    """The site's address, once it answers. ``log`` takes all the program writes."""
    port = free_port()
    command = [sys.executable, "-m", "equipoise.web", "--port", str(port), "--workers", str(workers)]
    environment = os.environ | {"EQUIPOISE_HOME": str(home)}
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def add_office_person(home: Path) -> None:
    """Ada of the research office, in the accounts of this home. In a program of its own: one process has one home."""
    program = (
        "from equipoise.actions.library import default_home\n"
        "from equipoise.web.accounts.prepare import prepare\n"
        "prepare(default_home())\n"
        "from tests.accounts import make_person\n"
        "make_person(office=True)\n"
    )
    environment = os.environ | {"EQUIPOISE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "equipoise.web.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answering(address: str, process: "subprocess.Popen[bytes]") -> str:
    for _ in range(200):
        assert process.poll() is None, "the site stopped while it started"
        try:
            httpx.get(address + READY, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return address
    raise AssertionError("the site did not answer in twenty seconds")
