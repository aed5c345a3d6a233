# Every target may be run again: what is already done is not done twice.
# Needs GNU make, and Python 3.11 or newer with its venv module.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
# Each worker starts servers of its own.
WORKERS ?= $(shell nproc)

# Wheels only: installing runs no code of a package, and needs no compiler.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--retries 10 --only-binary :all: --require-hashes
# The package itself, built by the pinned backend that its lock has just installed.
PIP_INSTALL_PACKAGE := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--no-index --no-build-isolation --no-deps --editable .
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--python-version 3.11 --custom-compile-command "make lock" $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo demo-web dev databases browser test fuzz check catalogues bench pictures lock clean

help: ## say what there is to make
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' \
		| while IFS='|' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

install: $(VENV)/.installed ## the program, as .venv/bin/maintien

demo: install ## the embedded university: forecast, convert, the cut, who kept access
	@$(BIN)/maintien demo

demo-web: $(VENV)/.web ## the web application, on the embedded university
	@$(BIN)/maintien web --demo

dev: $(VENV)/.dev ## the program and what its developers need

test: dev databases browser ## every test, on SQLite, PostgreSQL and MariaDB (ARGS= for pytest)
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

fuzz: dev ## broken backup archives, for a minute (ARGS= for the target: --seconds, --seed, --only)
	$(BIN)/python -m tests.mbz.fuzzing.fuzz $(ARGS)

check: dev ## style, types, layers and catalogues
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py check

catalogues: dev ## bring the messages of the code into the catalogues, and compile them
	$(BIN)/python tools/catalogues.py update

bench: dev databases ## how fast it is (ARGS= for the benchmarks)
	$(BIN)/python -m benchmarks $(ARGS)

databases: ## Debian's PostgreSQL and MariaDB, which the tests start for themselves
	@tools/debian_databases

browser: ## Debian's Chromium, in which the tests use the web application
	@tools/debian_browser

pictures: install ## the terminal pictures of the documentation, from real runs
	$(BIN)/python tools/pictures.py

lock: $(VENV)/.lock ## pin every dependency anew (UPGRADE=--upgrade for newer versions)
	$(COMPILE) pyproject.toml -o $(LOCKS)/runtime.txt
	$(COMPILE) --group build -o $(LOCKS)/build.txt
	$(COMPILE) --group lock -o $(LOCKS)/lock.txt
	$(COMPILE) pyproject.toml --extra web -c $(LOCKS)/runtime.txt -c $(LOCKS)/build.txt -o $(LOCKS)/web.txt
	$(COMPILE) pyproject.toml --extra web --extra cas --extra oidc --group dev \
		-c $(LOCKS)/runtime.txt -c $(LOCKS)/build.txt -c $(LOCKS)/web.txt -o $(LOCKS)/dev.txt

clean: ## remove what was made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

$(VENV)/.created:
	@tools/make_venv $(PYTHON) $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created $(LOCKS)/runtime.txt $(LOCKS)/build.txt pyproject.toml
	$(PIP_INSTALL) -r $(LOCKS)/runtime.txt -r $(LOCKS)/build.txt
	$(PIP_INSTALL_PACKAGE)
	@touch $@

$(VENV)/.web: $(VENV)/.installed $(LOCKS)/web.txt
	$(PIP_INSTALL) -r $(LOCKS)/web.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.installed $(LOCKS)/dev.txt
	$(PIP_INSTALL) -r $(LOCKS)/dev.txt
	@touch $@

$(VENV)/.lock: $(VENV)/.created $(LOCKS)/lock.txt
	$(PIP_INSTALL) -r $(LOCKS)/lock.txt
	@touch $@
