"""The library half runs without the site's parts and without what tests need."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from equipoise.actions.library import Library

ROOT = Path(__file__).parents[2]
IMPORTS = {"django": "django", "django-htmx": "django_htmx", "django-csp": "csp", "import-linter": "importlinter"}
RUN = """
import importlib.abc, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
sys.argv = ["equipoise", *{arguments!r}]
from equipoise.cli import main
main()
"""


def run(library: Library, *arguments: str) -> "subprocess.CompletedProcess[str]":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [re.split(r"[><=]", name)[0] for extra in project["optional-dependencies"].values() for name in extra]
    missing = {IMPORTS.get(name, name.replace("-", "_")) for name in extras}
    environment = {"EQUIPOISE_HOME": str(library.home), "PATH": "/usr/bin:/bin"}
    program = RUN.format(missing=missing, arguments=arguments)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)


def test_search_needs_only_the_light_install(sample_library: Library) -> None:
    done = run(sample_library, "search", "dermatomyositis", "--near", "Los Angeles")
    assert done.returncode == 0, done.stderr
    assert "NCT06455449" in done.stdout


def test_serving_says_what_to_install(sample_library: Library) -> None:
    done = run(sample_library, "serve")
    assert done.returncode == 3
    assert "pip install 'equipoise[web]'" in done.stderr
