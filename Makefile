# Two commands matter: `make demo` and `make test`. Both install what they need into .venv first.
PYTHON ?= python3
BIN := .venv/bin
DEMO_HOME ?= var/demo
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Nothing leaves the machine, and torch's threads sleep instead of spinning (4.8 times faster beside a busy core).
export HF_HUB_OFFLINE := 1
export OMP_WAIT_POLICY := PASSIVE
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: help install demo test lint types pytest repin train evaluate clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

# torch first: whatever is installed after it would otherwise pull a build of several gigabytes.
.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"expected Python 3.11 to 3.13; found {v[0]}.{v[1]}; set PYTHON=python3.x and try again")'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --constraint constraints.txt torch hatchling editables
	$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev,agreement]'
	@touch $@

install: .venv/.installed  ## make .venv with everything pinned

demo: install  ## sixty nights of the fictional press through the real pipeline, then the report
	$(BIN)/baqylau demo --home $(DEMO_HOME)

test: install lint types pytest  ## ruff, mypy, pytest with coverage

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

pytest: install
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term

train: install  ## train the embedded reader anew from models/training
	$(BIN)/baqylau train --out models/default

repin: install  ## write the golden files anew (look at the diff before committing)
	$(BIN)/pytest --repin tests

clean:  ## remove what running leaves behind (not .venv)
	rm -rf var .coverage .mypy_cache .ruff_cache .hypothesis
