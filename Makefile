# Every target makes its own environment first; nothing has to be installed by hand but Python 3.11 and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Three workers are right for two cores, since each waits now and then; `make test WORKERS=8` is for larger machines.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo run test soak check fix migrate bench docs ci

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Loopmark into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY) ## Run the bot in a Slack workspace on this machine, to be tried in a browser
	@$(BIN)/loopmark demo

run: $(READY) ## Run the bot against your workspace (settings from the environment or .env)
	@$(BIN)/loopmark run

test: $(READY) ## Run the tests (three to four minutes on two cores, loopback only)
	@# Compiled tests are kept whatever the environment says: every worker needs them.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not soak" -q

soak: $(READY) ## Run what takes real time: browsers, kills, crowds, a year of schedules (at most 15 minutes)
	@timeout 900 $(BIN)/python -m pytest -n 0 -m soak -q

check: $(READY) ## Lint, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fix: $(READY) ## Format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

migrate: $(READY) ## Bring the database's schema up to date
	@$(BIN)/loopmark migrate

bench: $(READY) ## Measure, as ratios to a floor in the same run
	@$(BIN)/python -m benchmarks

docs: $(READY) ## Check that docs, manifest and help agree with the code
	@$(BIN)/python -m pytest -q tests/test_docs.py

ci: check test soak ## Everything CI runs
