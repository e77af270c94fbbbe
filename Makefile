# make run    set up on the first call, then serve the demonstration (PORT and HOST settable)
# make test   everything: lint, types, import contracts, tests on both databases, the browser
# make bench-citizen   every figure of the citizen's side: weight, paint, seconds, axe, masking, …
PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check install --quiet --quiet --require-hashes
FLASK = .venv/bin/python -m flask

.PHONY: run test lint types contracts tests browser bench-citizen screenshots translations lock check-python clean
.DELETE_ON_ERROR:

run: .venv/run
	@exec $(FLASK) serve --prepare

test: lint types contracts tests

lint: .venv/dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --lint --quiet templates

types: .venv/dev
	.venv/bin/mypy

contracts: .venv/dev
	.venv/bin/lint-imports --no-logo

tests: .venv/dev
	.venv/bin/python -m pytest -n auto

# Debian's Chromium, for the browser tests; without it they are skipped, and say so.
browser:
	@if command -v chromium >/dev/null; then chromium --version 2>/dev/null || true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	else echo "The browser tests need Chromium. On Debian: sudo apt install chromium"; fi

bench-citizen: .venv/dev
	@.venv/bin/python -m benchmarks.citizen

screenshots: .venv/dev
	.venv/bin/python -m docs.screenshots

# The English of the pages; run after changing a Vietnamese sentence there.
translations: .venv/dev
	.venv/bin/pybabel -q extract -F survey/translations/babel.cfg -k _l --no-location --sort-output \
	  --no-wrap -o .venv/messages.pot .
	.venv/bin/pybabel -q update -D messages -l en -i .venv/messages.pot -d survey/translations \
	  --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	.venv/bin/pybabel compile -D messages -d survey/translations
	.venv/bin/pybabel compile -D flask_security -d survey/translations

# The locks for every Python from 3.11 on; run after changing pyproject.toml.
lock: .venv/dev
	.venv/bin/python -m pip --disable-pip-version-check install --quiet uv
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header \
	  --python-version 3.11 pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header \
	  --python-version 3.11 --group dev -c requirements.txt -o requirements-dev.txt

.venv/run: requirements.txt | .venv/bin/python analysis/libcounting.so
	@echo "Installing what Hài Lòng needs (once, about a minute) …"
	@$(PIP) -r requirements.txt || { echo "$(NO_INSTALL)"; exit 1; }
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	@echo "Installing what the tests need (once) …"
	@$(PIP) -r requirements-dev.txt || { echo "$(NO_INSTALL)"; exit 1; }
	@touch $@

# Optional: counting a million answers takes a quarter of the time. Moved into place when whole,
# because a running service may have it open.
analysis/libcounting.so: analysis/counting.c
	@if ! command -v $(CC) >/dev/null; then echo "No C compiler: the counting of answers stays in NumPy, only slower"; \
	elif $(CC) -O3 -funroll-loops -std=c99 -shared -fPIC -o $@.new $<; then mv $@.new $@; \
	else echo "$< did not compile: the counting of answers stays in NumPy, only slower"; fi

.venv/bin/python: | check-python
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(NO_INSTALL)"; exit 1; }

check-python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing. On Debian: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Hài Lòng needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "The module venv is missing. On Debian: sudo apt install python3-venv"; exit 1; }

clean:
	rm -rf analysis/libcounting.so .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

NO_INSTALL = The installation stopped; the lines above say why. If the disk is full, free 1 GB; if the network failed, try again: what is already there is kept.
