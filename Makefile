# Everything runs in .venv, which make builds itself from pyproject.toml.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test faults lint bench clean

demo: $(STAMP)
	@$(BIN)/examrunner open sessions/demo

test: $(STAMP) lint
	$(BIN)/python -m pytest -n 3 --dist loadgroup

faults: $(STAMP)
	EXAMRUNNER_FAULTS=all $(BIN)/python -m pytest -n 3 --dist loadgroup --timeout 900 tests/faults

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)
	$(BIN)/python -m tests.bench

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "examrunner needs Python 3.11 or newer, and '$(PYTHON)' is not here."; \
	  echo "  Install it, or name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 4; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "examrunner needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)."; \
	  echo "  Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 4; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python lacks venv or pip."; \
	  echo "  On Debian and Ubuntu: sudo apt install python3-venv python3-pip"; exit 4; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(STAMP)
