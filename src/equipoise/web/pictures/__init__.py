"""Pictures drawn on the server as SVG text: no script, no inline style, the same on paper as on a screen."""
