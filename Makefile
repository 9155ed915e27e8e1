# The workshop. `make run` and `make test` are all one needs; `make help` lists the rest.
# Everything is installed into this folder (.venv, client/node_modules); the system needs Python >= 3.11 only.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
# Node comes from .venv too. Python's tools are called by path, so that nobody has to activate anything.
export PATH := $(BIN):$(PATH)
export PYTHON
# Compiled modules are kept: without them each process of pytest compiles all tests anew, which is 8 s of CPU.
unexport PYTHONDONTWRITEBYTECODE

# What `make` compares: an install is current while no file it was made from is newer.
VENV := .venv/.installed
NODE_MODULES := client/node_modules/.installed
STATIC := src/langdao_video/web/static/room.html
CLIENT_SOURCES := $(shell find client -type f -not -path '*/node_modules/*' -not -path 'client/tests/*')

.DEFAULT_GOAL := help

.PHONY: help
help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ── Install and run ────────────────────────────────────────────────────────────────────────────

.PHONY: install
install: $(VENV) $(STATIC) ## install everything from the lock files and build the client

.PHONY: run
run: install ## serve on http://localhost:3000 (PORT=… changes it) and print links to open
	@exec $(BIN)/langdao-video serve --links

$(VENV): requirements/dev.lock requirements/bootstrap.lock pyproject.toml scripts/make_venv.sh
	@scripts/make_venv.sh
	@touch $@

$(NODE_MODULES): client/package-lock.json client/package.json | $(VENV)
	@cd client && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC): $(NODE_MODULES) $(CLIENT_SOURCES)
	@cd client && npm run build --silent

# ── Test and check ─────────────────────────────────────────────────────────────────────────────
# Parts of their own, so that `make --keep-going` tells everything at once.

# The order is that of tests/conftest.py. xdist's own order puts the long tests last.
# Two processes with browsers for two cores; two more for the tests that mostly wait, which test-quick leaves out.
SPREAD := --dist=loadscope --no-loadscope-reorder

.PHONY: test
test: test-client test-service ## run every test (installs browsers and servers for them)

.PHONY: test-client
test-client: $(NODE_MODULES)
	@cd client && npm test --silent

.PHONY: test-service
test-service: install test-packages ## run the service's and the browsers' tests; ARGS="-k chat" picks, ARGS=--durations=30 tells the slowest
	@$(BIN)/pytest --numprocesses=4 $(SPREAD) $(ARGS)

.PHONY: test-quick
test-quick: install ## test the service in a minute, while working: no browsers, no PostgreSQL, fewer random examples; make check tests the architecture
	@TEST_EXAMPLES_MAX=10 $(BIN)/pytest --numprocesses=2 $(SPREAD) \
		--ignore=tests/browser --ignore=tests/test_architecture.py -m "not slow" -k "not postgresql" $(ARGS)

.PHONY: test-packages
test-packages: ## install what the tests need from the system
	@scripts/install_test_packages.sh

CHECKS := format lint types dead client size architecture locks requirements
.PHONY: check $(CHECKS:%=check-%)
check: $(CHECKS:%=check-%) ## format, lint, types of both languages, dead code, size, architecture, lock files

check-format: $(VENV)
	@$(BIN)/ruff format --check --quiet || { echo "format: make fmt mends it"; exit 1; }

check-lint: $(VENV)
	@$(BIN)/ruff check --quiet

check-types: $(VENV)
	@$(BIN)/mypy

check-dead: $(VENV)
	@$(BIN)/python -m scripts.check_dead

check-client: $(NODE_MODULES)
	@cd client && npm run check --silent

check-size: install
	@cd client && npm run size --silent

check-architecture: install
	@$(BIN)/pytest --quiet --no-header tests/test_architecture.py

check-locks: $(VENV)
	@$(BIN)/python scripts/check_locks.py

check-requirements: $(VENV)
	@$(BIN)/python scripts/requirements_report.py --summary

.PHONY: fmt
fmt: $(VENV) $(NODE_MODULES) ## format, and mend what a tool can mend
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix --quiet || true
	@cd client && npm run format --silent

.PHONY: requirements
requirements: $(VENV) ## print which of R1–R47 are proved by which tests
	@$(BIN)/python scripts/requirements_report.py

BENCH_MODULES := bench/node/node_modules/.package-lock.json

$(BENCH_MODULES): bench/node/package-lock.json bench/node/package.json | $(VENV)
	@cd bench/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: bench
bench: install test-packages $(BENCH_MODULES) ## measure; prints ratios against a reference of the same run
	@$(BIN)/python -m bench $(ARGS)

.PHONY: mutants
mutants: install ## change the rules line by line: a test must notice each; ARGS="langdao_video.billing.money*" picks
	@$(BIN)/python -m scripts.mutants $(ARGS)

.PHONY: diagrams
diagrams: $(VENV) ## draw the table of imports (tests/arrows.json) into docs/architecture.md
	@$(BIN)/python -m scripts.draw_arrows

.PHONY: simulate
simulate: $(VENV) ## play lessons in virtual time and judge each bill; ARGS="--lessons 1000 --seed 7" picks
	@$(BIN)/python -m tools.simulator $(or $(ARGS),--lessons 1000)

.PHONY: soak
soak: install test-packages ## play 200 scripts of faults against real pages, for the night; ARGS="--scripts 1 --seed 7" picks
	@$(BIN)/python -m tests.network.soak $(ARGS)

.PHONY: soak-cluster
soak-cluster: install test-packages ## play 100 lessons over three nodes with 30 kills, a few minutes; ARGS="--lessons 12 --kills 3" picks
	@$(BIN)/python -m tests.cluster.soak $(ARGS)

.PHONY: screenshots
screenshots: install test-packages ## take a picture of every screen into var/screenshots; ARGS="--languages ja" picks
	@$(BIN)/python -m scripts.screenshots $(ARGS)

# ── Package ────────────────────────────────────────────────────────────────────────────────────

.PHONY: wheel
wheel: install ## build dist/*.whl and the sdist, with the client inside: installing needs no Node
	@rm -rf dist
	@$(BIN)/hatchling build -d dist
	@ls -l dist

.PHONY: lock
lock: $(VENV) ## resolve pyproject.toml into requirements/*.lock; ARGS=--upgrade takes the newest
	@scripts/lock.sh $(ARGS)

.PHONY: clean
clean: ## remove what make made, except var/ (your data)
	@rm -rf .venv dist client/node_modules bench/node/node_modules src/langdao_video/web/static
	@rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache mutants
