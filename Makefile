# Everything is set up in .venv and _build here; `make clean` removes both.
# The downloaded Kafka is kept in your cache folder (`python -m electionlab fetch` tells where).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
SPHINX_OPTIONS ?=
HTML ?= _build/html
# The process ids above us: if make is killed, what the build started ends too.
OWNED := ELECTIONLAB_OWNERS=$$PPID
# On failure: what this machine has, and what is missing.
DOCTOR := $(BIN)/python -m electionlab doctor >&2

.PHONY: help venv html test lab kafka kafka-home picture failover soak lint benchmarks requirements clean
.DEFAULT_GOAL := help

help: ## Show what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

venv: $(READY) ## Set up .venv, and nothing else

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "This workbook needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.13" % v[:2])'
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.txt
	@touch $(READY)

html: $(READY) ## Build the pages into _build/html, running a real Kafka and real workers
	@$(OWNED) $(BIN)/python -m sphinx -W --keep-going -q $(SPHINX_OPTIONS) . "$(HTML)" || { $(DOCTOR); exit 1; }
	@echo "The pages are in $(HTML)/index.html"

test: $(READY) ## Run all tests, a build of the pages from nothing among them
	@$(OWNED) $(BIN)/python -m pytest $(PYTEST_OPTIONS)

lab: $(READY) ## Open the notebooks in JupyterLab
	@$(OWNED) $(BIN)/python -m electionlab lab

kafka: $(READY) ## Run a Kafka in the foreground, for the playbook's commands in other terminals
	@$(OWNED) $(BIN)/python -m electionlab kafka

kafka-home: $(READY) ## Print the line that sets KAFKA_HOME, with ZooKeeper, for: eval "$(make kafka-home)"
	@$(OWNED) $(BIN)/python -m electionlab env

picture: $(READY) ## Draw the README's picture anew from a real run
	@$(OWNED) $(BIN)/python -m electionlab picture docs/election.svg

failover: $(READY) ## Record the failovers of notebook 04 anew: 20 rounds, a quarter of an hour
	@$(OWNED) $(BIN)/python -m electionlab failover --rounds 20 --record docs/recorded/failover.json

soak: $(READY) ## Break a running election 500 times (an hour); SOAK_OPTIONS="--rounds 30 --seed 1" for others
	@$(OWNED) $(BIN)/python -m electionlab storm --rounds 500 $(SOAK_OPTIONS)

lint: $(READY) ## Check style, types and spelling
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/codespell

benchmarks: $(READY) ## Measure what the README says about speed
	@$(OWNED) $(BIN)/python benchmarks/run.py $(BENCHMARK_OPTIONS)

requirements: $(READY) ## Pin requirements.in anew in requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt

clean: ## Remove .venv and everything that was built
	@rm -rf $(VENV) _build .pytest_cache .mypy_cache .ruff_cache docs/_build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
