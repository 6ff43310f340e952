# Two commands on a fresh machine: `make demo` and `make test`. Nothing but Python >= 3.11 and make is needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
TESTS ?= tests
# Two processes, each with the tests of whole files; waiting threads of torch must not take the other's core.
WORKERS ?= 2
PYTEST := OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m pytest

.PHONY: demo test lint types tests test-heavy real effect-small lock clean

demo: $(VENV)/.run
	$(BIN)/tekio demo --out tekio-demo
	@echo "Report: $(CURDIR)/tekio-demo/run/report/report.html"

test: lint types tests

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/ruff format --check src tests benchmarks examples

types: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

tests: $(VENV)/.dev
	$(PYTEST) $(TESTS) -m "not heavy" -n $(WORKERS) --dist loadfile

test-heavy: $(VENV)/.dev
	$(PYTEST) $(TESTS) -m heavy

# The whole chain on real public data (TEKIO_REAL_DATA, default ../shared/data); under 45 minutes on 2 cores.
real: $(VENV)/.run
	$(BIN)/tekio run recipes/real-small.yaml --out runs/real-small
	@echo "Report: $(CURDIR)/runs/real-small/report/report.html"

# The studies of the effect, cut to minutes: a base from nothing, continual pre-training on finance text, tuning, an exam (docs/effect.md).
effect-small: $(VENV)/.run
	$(BIN)/tekio run recipes/effect/finance-cpt.yaml --variant small
	$(BIN)/tekio run recipes/effect/jafin-like.yaml --variant small
	@echo "Reports: $(CURDIR)/runs/effect/small/report/report.html, $(CURDIR)/runs/effect-jafin/small/report/report.html"

# Both locks anew from pyproject.toml and constraints.txt; needs uv and the network.
lock:
	$(PYTHON) .ci/lock

clean:
	rm -rf $(VENV) tekio-demo

# constraints.txt pins everything, torch first: a looser pin of torch pulls gigabytes of CUDA libraries.
$(VENV)/.pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade -c constraints.txt pip
	touch $@

$(VENV)/.run: $(VENV)/.pip pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[train,pdf,web,office]'
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) install -c constraints.txt -e '.[dev]'
	touch $@
