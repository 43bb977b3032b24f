"""Serving the site: gunicorn with worker processes, no access log."""

import logging
import os
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http import message

from equipoise.web.accounts.prepare import prepare
from equipoise.web.quiet import Quiet

TEMPLATES = Path(__file__).parent / "templates"
THREADS = 4
LONGEST_REQUEST_LINE = 64 * 1024
"""Bytes. Gunicorn's own limit of 8,190 would answer a long search in its own words; we answer in ours."""


class QuietLogger(Logger):  # type: ignore[misc]
    """Gunicorn's log without the addresses people ask for."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in logging.getLogger("gunicorn.error").handlers:
            handler.addFilter(Quiet())


class Site(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, object]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        from equipoise.web.wsgi import application

        _compile_templates()
        return application


def _compile_templates() -> None:
    """Once, before the workers part, and not while the first reader waits."""
    from django.template.loader import get_template

    for file in sorted(TEMPLATES.rglob("*.html")):
        get_template(str(file.relative_to(TEMPLATES)))


def serve(home: Path, host: str = "127.0.0.1", port: int = 8000, workers: int = 2) -> None:
    """Serve the library at ``home`` until stopped."""
    os.environ["EQUIPOISE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "equipoise.web.settings"
    prepare(home)
    _answer_as(host)
    message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    Site(_options(host, port, workers)).run()


def _answer_as(host: str) -> None:
    """Unless the host has named its names, the address served is one of them."""
    if "EQUIPOISE_HOSTS" not in os.environ and host not in ("0.0.0.0", "::"):  # noqa: S104
        os.environ["EQUIPOISE_HOSTS"] = f"localhost,127.0.0.1,[::1],{host}"


def _options(host: str, port: int, workers: int) -> dict[str, object]:
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "preload_app": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "logger_class": QuietLogger,
        "limit_request_line": LONGEST_REQUEST_LINE,
        "timeout": 60,
        "graceful_timeout": 5,
        "control_socket_disable": True,
    }
