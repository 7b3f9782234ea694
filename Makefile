# Daywork's commands. Everything that a command needs comes by itself, into this folder.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Downloads trust the system's certificates (machines behind a company's proxy).
export UV_SYSTEM_CERTS ?= 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1
export NODE_USE_SYSTEM_CA ?= 1
CERTIFICATES := $(firstword $(wildcard $(SSL_CERT_FILE) /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(CERTIFICATES),)
export PIP_CERT ?= $(CERTIFICATES)
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
UV := .tools/bin/uv
RUN := .venv/bin
NODE := $(RUN)/python scripts/node.py
SOURCES := pyproject.toml hatch_build.py $(shell find pwa -path pwa/node_modules -prune -o -path pwa/dist -prune -o -type f -print 2>/dev/null)
T ?= tests

.PHONY: help setup dev check lint fmt test migrate demo bench soak soak-ci planted lock

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: .venv/dev.stamp ## make the environment with all tools

demo: .venv/run.stamp ## play a week of a small crew, post it, leave the server running (ONCE=1: end after the checks)
	@$(RUN)/daywork demo $(if $(ONCE),--once)

dev: .venv/dev.stamp ## serve this checkout on SQLite in ./var
	@$(RUN)/daywork serve

check: lint test ## everything that has to hold: what CI runs

lint: .venv/dev.stamp pwa/node_modules/.lock-sha256 ## ruff, mypy, contracts, eslint, prettier, svelte-check, cruiser, vitest
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(NODE) run --prefix pwa lint
	$(NODE) run --prefix pwa format:check
	$(NODE) run --prefix pwa check
	$(NODE) run --prefix pwa cruise
	$(NODE) run --prefix pwa test

fmt: .venv/dev.stamp pwa/node_modules/.lock-sha256 ## put the code in order
	$(RUN)/ruff check --fix-only -q
	$(RUN)/ruff format -q
	$(NODE) run --prefix pwa format

test: .venv/dev.stamp .cache/test-tools.stamp ## the whole suite: SQLite, PostgreSQL, Chromium, hledger, bean-check (T=path for a part)
	@$(RUN)/python scripts/test_tools.py check
	$(RUN)/python -m pytest $(T)

migrate: .venv/dev.stamp ## draft a migration from the row classes (M="pre add_something")
	$(RUN)/python scripts/draft_migration.py $(M)

bench: .venv/dev.stamp .cache/test-tools.stamp ## rates of push, pull and posting beside the bare database's, in one run (SHORT=1 to try it)
	@$(if $(SHORT),SHORT=1 )$(RUN)/python -m bench

soak-ci: .venv/dev.stamp .cache/test-tools.stamp ## the longer fault runs, whose line goes to docs/soak.md (RECORDS=file.csv: your own)
	$(RUN)/python -m pytest tests/faults tests/simulation --soak $(if $(RECORDS),--records $(RECORDS)) --timeout 3600

soak: .venv/dev.stamp .cache/test-tools.stamp ## every fault with fresh seeds for SECONDS=600 (ONLY="model kills-sqlite"); REPLAY=harness:seed plays one again
	@cd tests && ../$(RUN)/python -m support.soak_run $(if $(REPLAY),--replay $(REPLAY),--seconds $(or $(SECONDS),600) $(if $(ONLY),--only $(ONLY)))

planted: .venv/dev.stamp .cache/test-tools.stamp ## plant a mistake for each invariant of the protocol and see that its test notices
	@cd tests && ../$(RUN)/python -m support.planted_mistakes

lock: .tools/uv.stamp ## write the locks anew: versions and hashes, no addresses
	@compile="$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate"; \
	$$compile requirements/uv.in -o requirements/uv.txt; \
	$$compile requirements/build.in -o requirements/build.txt; \
	$$compile pyproject.toml requirements/build.in -o requirements/run.txt; \
	$$compile pyproject.toml requirements/build.in --group dev -o requirements/dev.txt

.tools/uv.stamp: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Daywork needs Python 3.11 or newer. Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } || \
		{ echo "Python has no venv module. Debian: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements/uv.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt $(SOURCES) .tools/uv.stamp
	@test -x .venv/bin/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip sync -q --python .venv --require-hashes requirements/dev.txt
	@$(UV) pip install -q --python .venv --no-deps --no-build-isolation --reinstall-package daywork -e .
	@touch $@ .venv/run.stamp

.venv/run.stamp: requirements/run.txt $(SOURCES) .tools/uv.stamp
	@test -x .venv/bin/python || $(UV) venv -q --python $(PYTHON) .venv
	@test -e .venv/dev.stamp || $(UV) pip sync -q --python .venv --require-hashes requirements/run.txt
	@$(UV) pip install -q --python .venv --no-deps --no-build-isolation --reinstall-package daywork -e .
	@touch $@

pwa/node_modules/.lock-sha256: pwa/package-lock.json .venv/dev.stamp
	@$(RUN)/python hatch_build.py

.cache/test-tools.stamp: scripts/test_tools.py scripts/debian_packages.sh .venv/dev.stamp
	@$(RUN)/python scripts/test_tools.py fetch
	@mkdir -p .cache && touch $@
