"""``python -m equipoise.web``: the site as a program of its own."""

import argparse

from equipoise.actions.library import default_home
from equipoise.web.serve import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="equipoise.web", description="Serve the site.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    serve(default_home(), asked.host, asked.port, asked.workers)


if __name__ == "__main__":
    main()
