"""Writes the mark and the icon of the site: ``python scripts/make_mark.py``."""

from pathlib import Path

from equipoise.web.pictures.mark import draw_mark

STATIC = Path(__file__).parents[1] / "src" / "equipoise" / "web" / "static" / "equipoise"

for name in ("mark.svg", "favicon.svg"):
    (STATIC / name).write_text(draw_mark(colour="#0a5658") + "\n")
