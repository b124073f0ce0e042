# Two commands matter: 'make demo' and 'make test'. Both set up what is missing first, and say so.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

.PHONY: help setup setup-test demo test check format lock mutation calibration translations wheel clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## what the program needs: system libraries, .venv, front-end assets, catalogues
	@.ci/setup runtime

setup-test: ## the same, and what the tests and checks need
	@.ci/setup test

demo: setup ## the whole program with invented citizens, on 127.0.0.1:8000; Ctrl-C stops it and its database
	@exec $(BIN)/outcomes demo

test: setup-test ## every test: unit, integration, browser, reference, guards
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: setup-test ## format, lint, types, import contracts, templates, translations, docs, guards
	@.ci/check

format: setup-test ## put code in the agreed form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup-test ## choose versions anew, within pyproject.toml's limits, and write them down with hashes
	@$(COMPILE) --upgrade pyproject.toml --group build -o requirements.lock
	@$(COMPILE) --upgrade pyproject.toml --group dev -o requirements-dev.lock
	@$(COMPILE) --upgrade --group node -o .ci/node.lock
	@$(COMPILE) --upgrade --group mutation -c requirements-dev.lock -o .ci/mutation.lock

mutation: setup-test ## changes the statistics in small ways, one at a time, and tells which changes no test notices (hours)
	@$(BIN)/uv pip install --quiet --require-hashes -r .ci/mutation.lock
	@$(BIN)/mutmut run --max-children 2
	@$(BIN)/mutmut results

calibration: setup-test ## bias, coverage and false alarms of every estimator, and the null simulation, into docs/methods
	@$(BIN)/python benchmarks/null_effect.py --write
	@$(BIN)/python benchmarks/calibration.py --write

translations: setup-test ## bring the message catalogues up to date with the code
	@$(BIN)/python .ci/translations.py update

wheel: setup ## one file to install elsewhere, assets and catalogues within
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove what set-up and runs have made (the demo's data too)
	@if [ ! -e var/settings.env ] || grep -qs '^OUTCOMES_DEMO=true' var/settings.env; then rm -rf var; \
		else echo 'var/ belongs to an instance in use, and stays'; fi
	@rm -rf .venv dist build outcomes/static/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
