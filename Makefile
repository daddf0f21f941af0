# `make run` shows the daily run on a demo warehouse; `make test` runs every check. Both set up .venv first.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WAREHOUSE ?= duckdb
POSTGRESQL_DEMO := .demo-postgresql
CONTACTS ?= 120000
ROWS ?= 5000000
SEED ?= 1
LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate

ifeq ($(WAREHOUSE),postgresql)
# A machine without PostgreSQL takes that of the wheel in requirements-dev.lock.
DEMO := $(POSTGRESQL_DEMO)
DEMO_NEEDS := $(VENV)/.dev
MAKE_DEMO = $(BIN)/phoneseg demo $(DEMO) --contacts $(CONTACTS) --warehouse postgresql --if-missing
else ifeq ($(WAREHOUSE),duckdb)
DEMO := .demo
DEMO_NEEDS := $(VENV)/.runtime
MAKE_DEMO = test -f $(DEMO)/phoneseg.toml -a -f $(DEMO)/warehouse.duckdb || $(BIN)/phoneseg demo $(DEMO) --contacts $(CONTACTS)
else
$(error WAREHOUSE is duckdb or postgresql)
endif

.PHONY: help run test test-slow test-parity lint format bench airflow psql stop-postgresql tables risk-figures docs lock clean
help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(DEMO_NEEDS) ## contacts become segment tables: the DAG on a demo warehouse under .demo; or WAREHOUSE=postgresql
	@$(MAKE_DEMO)
	@$(BIN)/python -m phoneseg.demo.dag_run $(DEMO)
	@$(BIN)/phoneseg summary --config $(DEMO)/phoneseg.toml
ifeq ($(WAREHOUSE),postgresql)
	@echo "Look:      make psql; the server runs until: make stop-postgresql"
endif

test: lint ## lint, types, import contracts and the test suite
	@echo "== tests"
	@$(BIN)/pytest -n 2 --dist loadgroup -m "not slow"

test-slow: $(VENV)/.dev ## the tests that take longer: an hour, real servers killed and cut off
	@$(BIN)/pytest -m slow

lint: $(VENV)/.dev ## ruff, mypy, import-linter
	@echo "== ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy"; $(BIN)/mypy
	@echo "== import contracts"; $(BIN)/lint-imports

format: $(VENV)/.dev ## rewrite the code as ruff likes it
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

test-parity: $(VENV)/.dev ## five million generated numbers, and sweeps of all prefixes, against phonenumbers
	@$(BIN)/python -m tests.parity.compare --rows $(ROWS) --seed $(SEED) --sample-languages 4
	@$(BIN)/python -m tests.parity.compare --sweep all

bench: $(VENV)/.dev ## measure the number engine and the daily run
	@$(BIN)/python benchmarks/numbers.py
	@$(BIN)/python benchmarks/daily_run.py

airflow: $(DEMO_NEEDS) ## Airflow with scheduler and web page, on the demo warehouse; or WAREHOUSE=postgresql
	@$(MAKE_DEMO)
	@$(BIN)/python -m phoneseg.demo.dag_run $(DEMO) standalone

psql: ## look into the demo warehouse on PostgreSQL
	@$(BIN)/python -m phoneseg.demo.postgresql psql $(POSTGRESQL_DEMO)/postgresql

stop-postgresql: ## stop the server that WAREHOUSE=postgresql started; its data stay
	@$(BIN)/python -m phoneseg.demo.postgresql stop $(POSTGRESQL_DEMO)/postgresql

tables: $(VENV)/.dev ## compile the tables of the locked phonenumbers, which phoneseg ships
	@rm -f phoneseg/numbers/shipped/*.npz
	@$(BIN)/python -m phoneseg.numbers.compiler phoneseg/numbers/shipped
	@$(BIN)/python -m tests.unit.numbers.shipped_digest

risk-figures: $(VENV)/.dev ## measure the detectors of risk anew, for docs/risk.md
	@$(BIN)/phoneseg risk evaluate --seed 501 --seed 502 --seed 503 --out docs/risk

docs: $(VENV)/.dev ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

lock: $(VENV)/.dev ## pin the newest versions that pyproject.toml allows
	$(LOCK) .ci/bootstrap.in -o .ci/bootstrap.lock
	$(LOCK) pyproject.toml --extra airflow -o requirements.lock
	$(LOCK) pyproject.toml --extra airflow --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment and the demos
	@test ! -d $(POSTGRESQL_DEMO)/postgresql || $(BIN)/python -m phoneseg.demo.postgresql remove $(POSTGRESQL_DEMO)/postgresql
	rm -rf $(VENV) .demo $(POSTGRESQL_DEMO)

$(VENV)/.bootstrap: .ci/bootstrap.lock
	@echo "== setting up $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	  || { echo "phoneseg needs Python 3.11 to 3.14 as $(PYTHON); make PYTHON=python3.12 names another" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/bootstrap.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.bootstrap requirements.lock pyproject.toml
	@echo "== installing the packages of requirements.lock"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "== installing the packages of requirements-dev.lock"
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@
