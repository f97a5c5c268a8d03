# Needs git, make and Python 3.11 or newer. Everything else is installed into .venv.
# PYTHON=/path/to/python3.12 chooses the Python; PORT=8001 another port than 8000.

.PHONY: run test check style types imports collect fmt schema docs look messages bench lock clean
# Some machines forbid Python to keep what it has compiled; here a hundred programs start, each from the same files.
unexport PYTHONDONTWRITEBYTECODE
PORT ?= 8000
BIN = .venv/bin
WITH_PYTHON = PYTHON="$(PYTHON)" tools/environment

# Start everything and serve on http://127.0.0.1:8000. Ctrl-C stops it; the data stay in .tael.
run:
	@$(WITH_PYTHON) requirements.lock
	@$(BIN)/tael run --port $(PORT)

# The whole check, as it runs before anything lands.
# Programs come from the system while pip installs and the code is checked. There are more workers than
# processors, as many tests wait for a program that they started.
test:
	@{ tools/hledger; tools/chromium; } & $(MAKE) --no-print-directory check; checked=$$?; wait; exit $$checked
	$(BIN)/pytest -n $$($(BIN)/python tools/workers) --dist worksteal

# The part of it that starts no database.
check:
	@$(WITH_PYTHON) requirements-dev.lock
	@$(MAKE) --no-print-directory -j 2 types style imports collect

style:
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

# Every test is found, and compiled once for all workers.
collect:
	@said=$$($(BIN)/pytest --collect-only -qq 2>&1) || { echo "$$said" | tail -40; exit 1; }

fmt:
	@$(WITH_PYTHON) requirements-dev.lock
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Write anew what is made from the code and committed: openapi.json, docs/refusals.md, docs/postings.md.
schema docs:
	@$(WITH_PYTHON) requirements-dev.lock
	$(BIN)/tael $@

# Compile the style sheet from tools/look/tael.css and the classes that the templates use.
look:
	@$(WITH_PYTHON) requirements-dev.lock
	@$(BIN)/tailwindcss --input tools/look/tael.css --output src/tael/web/static/look/tael.css --minify

# Gather the words of the pages into the language packs, and compile the packs.
messages:
	@$(WITH_PYTHON) requirements-dev.lock
	@$(BIN)/python tools/look/messages.py

bench:
	@$(WITH_PYTHON) requirements.lock
	$(BIN)/tael bench

# Write the hashed locks anew from requirements.in and requirements-dev.in. No address goes into them.
LOCKING = uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--only-binary :all: --no-annotate --no-header --no-emit-index-url --no-emit-find-links
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(LOCKING) requirements.in --output-file requirements.lock
	$(LOCKING) requirements-dev.in --output-file requirements-dev.lock

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
