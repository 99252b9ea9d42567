# `make` explains itself. Everything goes through .venv, which `dev/bootstrap.py` makes.

PYTHON ?= python3
PORT ?= 8000
BENCH ?= $(IN_VENV) python -m benchmarks
export VISPA_CACHE := $(CURDIR)/.cache
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help demo test test-here test-fast lint format typecheck lab docs bench clean bootstrap

help: ## Show this list
	@echo "Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Try VISPA here: a personal HTCondor pool and a hub (PORT=8000); Ctrl-C ends all of it
	@exec $(PYTHON) -m dev.demo --port $(PORT)

test: ## Everything CI does: checks, documentation, and all tests
	@$(PYTHON) -m dev.test

test-here: lint typecheck docs
	$(IN_VENV) python -m pytest

test-fast: bootstrap ## Only the tests that need no HTCondor pool, no browser and no root
	$(IN_VENV) python -m pytest -m "not pool and not browser and not root"

lint: bootstrap ## Look for mistakes and for unusual formatting
	$(IN_VENV) ruff check
	$(IN_VENV) ruff format --check
	$(IN_VENV) jlpm lint:check

format: bootstrap ## Mend what can be mended by a machine
	$(IN_VENV) ruff check --fix
	$(IN_VENV) ruff format
	$(IN_VENV) jlpm lint

typecheck: bootstrap ## Check the types of all Python
	$(IN_VENV) mypy
	$(IN_VENV) mypy -p dev -p demo -p benchmarks

lab: bootstrap ## Build the lab extensions

docs: bootstrap ## Build the documentation into docs/_build/html
	$(IN_VENV) python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: bootstrap ## Measure against peers, one JSON line a figure; `make bench-NAME` for one of them
	@$(BENCH)
bench-%: bootstrap
	@$(BENCH) $*

clean: ## Remove what is built; the downloads in .cache stay
	rm -rf .venv .demo node_modules docs/_build test-results
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	rm -rf labextensions/*/lib labextensions/*/labextension labextensions/*/*.tsbuildinfo

bootstrap:
	@$(PYTHON) -m dev.bootstrap test >&2
