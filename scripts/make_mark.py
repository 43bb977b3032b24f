"""Writes the mark and the icon of the site: ``python scripts/make_mark.py``."""

from pathlib import Path

from equipoise.web.pictures.mark import favicon_file, mark_file

STATIC = Path(__file__).parents[1] / "src" / "equipoise" / "web" / "static" / "equipoise"

(STATIC / "mark.svg").write_text(mark_file())
(STATIC / "favicon.svg").write_text(favicon_file())
