# Equipoise: what can be done, each in one word. `make help` lists them.

PORT ?= 8000
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
DEMO_HOME := $(CURDIR)/var/demo

.DEFAULT_GOAL := help
.PHONY: help demo test check bench browser clean

help: ## list what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

demo: .venv/web ## set up, load the bundled sample, serve the site on 127.0.0.1:8000 (PORT=8123 for elsewhere)
	@EQUIPOISE_HOME="$(DEMO_HOME)" $(BIN)/equipoise demo --port $(PORT)

test: .venv/dev browser ## set up, then run every test
	@echo "Running the tests"
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: .venv/dev ## every gate: format, lint, types, who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev ## time import, search, pages, reading, matching, screening and a running trial against their peers (some minutes)
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.accuracy
	@$(BIN)/python -m benchmarks.match
	@$(BIN)/python -m benchmarks.screen
	@$(BIN)/python -m benchmarks.randomise
	@$(BIN)/python -m benchmarks.trial_store
	@$(BIN)/python -m benchmarks.trial_pages

browser: ## find a browser for the tests, or install one where that is allowed
	@sh scripts/get-browser

clean: ## remove the environment, the demo's data and every cache
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/python:
	@test -n "$(PYTHON)" || { echo "Equipoise needs Python 3.11 or newer; none was found."; exit 1; }
	@echo "Making an environment in .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: on Debian or Ubuntu, install python3-venv."; exit 1; }
	@touch $@

.venv/web: .venv/python pyproject.toml constraints.txt
	@echo "Installing Equipoise and what it needs (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web]'
	@touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt
	@echo "Installing Equipoise with what its tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web,dev]'
	@touch $@ .venv/web
