"""Every page of a large running trial, as each role walks it, from the real server.

python -m benchmarks.trial_pages [--keep FOLDER] [--times 15]

The peer is Django's own admin over the same 50,000 entries, a hundred on a page, served alike: what a trial unit gets
that keeps its trial in tables and writes no pages.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import django
import httpx
import msgspec

from benchmarks.lived import live
from benchmarks.rows import machine, percentile
from tests.serving import free_port, serving

START = "/staff/trials/"
PASSWORD = "demonstration"
PEOPLE = (
    "coordinator-101",
    "investigator-101",
    "assessor-101",
    "pharmacist-101",
    "monitor",
    "sponsor",
    "statistician",
    "independent-statistician",
    "safety-officer",
    "administrator",
)
EACH = 2
"""Addresses of each kind that one person opens; the larger is then opened again and again."""
WARM = 6
"""Pages opened first, for every process of the server reads the log once."""
AIM = 150
ASKED = (
    "participants/?page=5",
    "participants/?site=101",
    "participants/?find=101",
    "queries/?page=9&show=all",
    "safety/?page=3",
    "people/?page=4",
    "audit/?site=101",
    "audit/?site=all",
    "audit/?participant=101-001",
    "audit/?before=25000",
)
"""What is asked for by forms and not by links."""
_LINK = re.compile(r'href="([^"#]*)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Timed(msgspec.Struct, frozen=True):
    page: str
    user: str
    seconds: list[float]
    size: int

    @property
    def most(self) -> float:
        return percentile(self.seconds, 95) * 1e3


def page_of(path: str) -> str:
    """The name of the address, and what is asked of it beyond."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(path)
    try:
        name = resolve(parts.path).url_name or ""
    except Resolver404:
        return ""
    asked = sorted(each.partition("=")[0] for each in parts.query.split("&") if each.partition("=")[2])
    return f"{name} ({', '.join(asked)})" if asked else name


def sign_in(client: httpx.Client, user: str) -> None:
    page = client.get(START, follow_redirects=True)
    found = _TOKEN.search(page.text)
    assert found, "the page to sign in has no form"
    sent = {"csrfmiddlewaretoken": found[1], "login": user, "password": PASSWORD, "next": START}
    headers = {"Referer": str(page.url)}
    client.post(str(page.url), data=sent, headers=headers, follow_redirects=True).raise_for_status()


def walked(client: httpx.Client) -> dict[str, str]:
    """The largest page of each kind that links lead to from the list of trials, nearest first, of two."""
    found: dict[str, list[tuple[int, str]]] = {}
    begin = [START, *(f"{START}JASMINE/{each}" for each in ASKED)]
    seen, ahead = set(begin), deque(begin)
    while ahead:
        path = ahead.popleft()
        if len(found.get(page_of(path), ())) >= EACH:
            continue
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        found.setdefault(page_of(path), []).append((len(answer.content), path))
        links = {urljoin(path, unescape(link)) for link in _LINK.findall(answer.text)}
        onward = sorted(link for link in links - seen if link.startswith(START) and page_of(link))
        seen.update(onward)
        ahead.extend(onward)
    return {page: max(some)[1] for page, some in found.items()}


def timed(client: httpx.Client, path: str, times: int) -> tuple[list[float], int]:
    """Seconds of each answer, and bytes of the last."""
    seconds, size = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get(path)
        seconds.append(time.perf_counter() - begun)
        size = len(answer.content)
    return seconds, size


def pages(base: str, times: int) -> Iterator[Timed]:
    for user in PEOPLE:
        with httpx.Client(base_url=base, timeout=60) as client:
            sign_in(client, user)
            timed(client, f"{START}JASMINE/", WARM)
            for page, path in walked(client).items():
                yield Timed(page, user, *timed(client, path, times))


def peer(home: Path, times: int) -> list[float]:
    """Seconds of the admin's pages: the first, another, one participant's, one site's, all of one kind."""
    environment = os.environ | {"EQUIPOISE_PLAIN": str(home / "plain.sqlite")}
    if not (home / "plain.sqlite").exists():
        made = (
            f"from pathlib import Path; from benchmarks.plain import make; make(Path({str(home / 'trials.sqlite')!r}))"
        )
        subprocess.run([sys.executable, "-c", made], env=environment, check=True)
    port = free_port()
    served = ("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload", "--log-level", "error")
    command = [sys.executable, "-m", "gunicorn", "benchmarks.plain:application", *served, "--no-control-socket"]
    with subprocess.Popen(command, env=environment) as server:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                return _peer_pages(client, times)
        finally:
            server.terminate()


def _peer_pages(client: httpx.Client, times: int) -> list[float]:
    token = _TOKEN.search(_when_ready(client, "/login/").text)
    assert token
    sent = {"csrfmiddlewaretoken": token[1], "username": "monitor", "password": "three quiet brown foxes"}
    client.post("/login/?next=/", data=sent, follow_redirects=True).raise_for_status()
    asked = ("", "?p=20", "?q=101-001", "?q=101", "?tag__exact=form-signed")
    for each in asked:
        client.get(f"/plain/entry/{each}").raise_for_status()
    return [second for each in asked for second in timed(client, f"/plain/entry/{each}", times)[0]]


def _when_ready(client: httpx.Client, path: str) -> httpx.Response:
    for _ in range(200):
        try:
            return client.get(path)
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("The peer did not start.")


def told(found: Sequence[Timed], others: Sequence[float]) -> Iterator[str]:
    """A line for each kind of page, of the person who waits longest."""
    half, most = (percentile(others, percent) * 1e3 for percent in (50, 95))
    yield "| Page | Slowest for | Size | Half within | 95 % within | Times better than the admin |"
    yield "|---|---|---:|---:|---:|---:|"
    by_page: dict[str, list[Timed]] = {}
    for one in found:
        by_page.setdefault(one.page, []).append(one)
    for page, some in sorted(by_page.items(), key=lambda item: -max(one.most for one in item[1])):
        worst = max(some, key=lambda one: one.most)
        middle = percentile(worst.seconds, 50) * 1e3
        yield (
            f"| {page} | {worst.user.removesuffix('-101')} | {worst.size / 1024:,.0f} kB | {middle:.0f} ms |"
            f" {worst.most:.0f} ms | {most / worst.most:.1f} |"
        )
    yield f"| Django's admin, the same entries | | | {half:.0f} ms | {most:.0f} ms | |"
    yield ""
    late = sorted({one.page for one in found if one.most > AIM})
    yield f"{len(by_page)} kinds of pages, {len(PEOPLE)} roles; above {AIM} ms: {', '.join(late) or 'none'}."


def run(home: Path, times: int) -> Iterator[str]:
    if not (home / "accounts.sqlite").exists():
        live(home)
    os.environ |= {"EQUIPOISE_MFA": "optional", "EQUIPOISE_HOME": str(home)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise.web.settings"
    django.setup()
    others = peer(home, times)
    with serving(home, workers=2) as base:
        found = list(pages(base, times))
    yield from told(found, others)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="the home to make or take the trial from")
    parser.add_argument("--times", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for line in run(arguments.keep or Path(folder), arguments.times):
            print(line, flush=True)
    print(machine())


if __name__ == "__main__":
    main()
