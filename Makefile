# Two commands for a newcomer: `make run` and `make test`. Everything they need is set up in .venv by `make setup`.
PY ?= python3
BIN := .venv/bin
STATIC_SOURCES := $(shell find static/src static/styles static/icons static/build.mjs static/icons.txt static/package.json -type f 2>/dev/null)

.PHONY: setup test-setup run run-envoy test lint dev lock wheel shots docs clean

setup: .stamp-python .stamp-web

test-setup: setup .stamp-journeys

.stamp-python: requirements/dev.lock pyproject.toml
	test -x $(BIN)/python || $(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	mkdir -p static/dist
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.stamp-npm: static/package-lock.json .stamp-python
	cd static && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-fund --no-audit --loglevel=error
	touch $@

.stamp-journeys: tests/journeys/otel-js/package-lock.json .stamp-python
	cd tests/journeys/otel-js && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-fund --no-audit --loglevel=error
	touch $@

.stamp-web: .stamp-npm $(STATIC_SOURCES)
	cd static && PATH="$(CURDIR)/$(BIN):$$PATH" node build.mjs
	touch $@

run: setup
	$(BIN)/meshui up --demo

run-envoy: setup
	$(BIN)/meshui up --demo envoy

test: test-setup lint
	cd static && PATH="$(CURDIR)/$(BIN):$$PATH" npx vitest run
	TZ=Asia/Kolkata $(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	cd static && PATH="$(CURDIR)/$(BIN):$$PATH" npx tsc --project tsconfig.json

dev: setup
	cd static && PATH="$(CURDIR)/$(BIN):$$PATH" node build.mjs --watch & $(BIN)/meshui up --demo

lock:
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe -o requirements/run.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe -o requirements/dev.lock requirements/dev.in

wheel: setup
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

shots: setup
	$(BIN)/python -m tests.browser.shots

docs: setup
	$(BIN)/python -c 'from meshui.config import as_markdown; print(as_markdown(), end="")' > docs/settings.md

clean:
	rm -rf .venv .stamp-* static/node_modules static/dist dist

.PHONY: goldens
goldens: setup
	MESHUI_GOLDENS=1 $(BIN)/python -m pytest tests/telemetry/rollup/test_cases.py
