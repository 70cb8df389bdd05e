# Everything is set up in .venv and _build here; `make clean` removes both.
# The downloaded Kafka is kept in your cache folder (`python -m electionlab fetch` tells where).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What readers need is installed, and what tests, lint and maintenance need beside it.
READY := $(VENV)/ready
READY_DEV := $(VENV)/ready-dev
SPHINXOPTS ?=
# The pages judge by asserts, which it would drop.
unexport PYTHONOPTIMIZE
# Nothing is compiled ahead. With it, each of a build's many processes would compile all anew.
unexport PYTHONDONTWRITEBYTECODE
HTML ?= _build/html
# What a command begins ends with it, with make, and when make is told to end. `exec`, because a
# shell in between would not pass on a signal.
REAPER := electionlab/host/reaper.py
RUN := exec "$(BIN)/python" -IS $(REAPER) "$(BIN)/python"
# A .venv belongs to the folder that it was made in: a copy of it would run the original's code.
MADE_ELSEWHERE := $(shell [ ! -e $(READY) ] || [ "$$(cat $(READY))" = "$$(pwd -P)" ] || echo yes)
ifneq ($(MADE_ELSEWHERE),)
.PHONY: $(READY)
endif

.PHONY: help venv html test unit lab demo kafka kafka-home picture live linkcheck failover fencing elections crawler soak lint sentences mutation benchmarks requirements clean
.DEFAULT_GOAL := help

help: ## Show what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

venv: $(READY) ## Set up .venv, and nothing else

# One make at a time sets it up: another would take it away under the first.
ifndef SETTING_UP
TAKE_TURN = exec "$(PYTHON)" -IS electionlab/host/setup_turn.py _build/venv.lock $(MAKE) --silent SETTING_UP=1 $@
$(READY): requirements.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "This workbook needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name a newer one: make PYTHON=python3.13" % v[:2])'
	+@$(TAKE_TURN)
$(READY_DEV): requirements-dev.txt $(READY)
	+@$(TAKE_TURN)
else
# It installs all the rest in seconds. Readers need it no more then; setuptools comes with Python 3.11 alone.
INSTALL_UV = $(RUN) -m pip install --quiet --disable-pip-version-check --no-compile $$(grep '^uv==' requirements-dev.txt)
$(READY): requirements.txt pyproject.toml
	@[ -z "$(MADE_ELSEWHERE)" ] || echo "The $(VENV) here was not made in this folder (it was copied or moved): it is made anew." >&2
	@[ ! -L $(VENV) ] || rm $(VENV) # a link: what is behind it belongs to another folder
	@rm -f $(READY)
	@exec "$(PYTHON)" -IS $(REAPER) "$(PYTHON)" -m venv --clear $(VENV) >&2
	@$(INSTALL_UV)
	@$(RUN) -m uv pip install --quiet --python "$(BIN)/python" -r requirements.txt
	@$(RUN) -m uv pip uninstall --quiet --python "$(BIN)/python" uv setuptools
	@pwd -P > $(READY)
$(READY_DEV): requirements-dev.txt $(READY)
	@rm -f $(READY_DEV)
	@$(INSTALL_UV)
	@$(RUN) -m uv pip install --quiet --python "$(BIN)/python" -r requirements-dev.txt
	@touch $(READY_DEV)
endif

html: $(READY) ## Build the pages into _build/html, running a real Kafka and real workers
	@$(RUN) -m electionlab build -- -W --keep-going -q $(SPHINXOPTS) . "$(HTML)"
	@echo "The pages are in $(HTML)/index.html"

# What is written while pages are built is nothing to build anew for.
LIVE := --re-ignore '/(\.venv|\.git|_build|my-notebooks|__pycache__|\.ipynb_checkpoints)(/|$$)'
live: $(READY_DEV) ## Serve the pages on localhost:8000, and build anew what you save
	@$(RUN) -m sphinx_autobuild -q $(LIVE) $(SPHINXOPTS) . "$(HTML)"

linkcheck: html ## Ask each link to the outside whether it still leads somewhere
	@$(RUN) -m sphinx -q -b linkcheck -d "$(HTML)/.doctrees" $(SPHINXOPTS) . _build/linkcheck

# Two lanes: tests/conftest.py says which test runs in which. PYTEST_OPTIONS="-n 0" makes it one.
LANES := -n 2 --dist loadgroup --no-loadscope-reorder
# A test of a real cluster may fail once: more than a few that do are no bad luck.
RERUNS := --max-suite-reruns 5 --rerun-show-tracebacks
test: $(READY_DEV) ## Run all tests, a build of the pages from nothing among them
	@$(RUN) -m pytest $(LANES) $(RERUNS) $(PYTEST_OPTIONS)

unit: $(READY_DEV) ## Run the unit tests: no broker and no browser, about a minute
	@$(RUN) -m pytest -m unit $(PYTEST_OPTIONS)

lab: $(READY) ## Open your copies of the notebooks in JupyterLab; LAB_OPTIONS="--no-browser" for others of its own
	@$(RUN) -m electionlab lab -- $(LAB_OPTIONS)

demo: $(READY) ## Walk through the playbook in this terminal, in under a minute
	@$(RUN) -m electionlab demo

kafka: $(READY) ## Run a Kafka in the foreground, for the playbook's commands in other terminals
	@$(RUN) -m electionlab kafka

kafka-home: $(READY) ## Print the line that sets KAFKA_HOME, with ZooKeeper, for: eval "$(make kafka-home)"
	@$(RUN) -m electionlab env

picture: $(READY) ## Draw the README's picture anew from a real run
	@$(RUN) -m electionlab picture docs/two-leaders.svg --save docs/recorded/two-leaders.jsonl

failover: $(READY) ## Record the failovers of notebook 05 anew: 20 rounds, a quarter of an hour
	@$(RUN) -m electionlab failover --rounds 20 --record docs/recorded/failover.json

fencing: $(READY) ## Record the rounds of notebook 06 anew: 20 of each program and fault, half an hour
	@$(RUN) -m electionlab fencing --rounds 20 --record docs/recorded/fencing.json

elections: $(READY) ## Record the rounds of notebook 07 anew: 10 of each election and fault, a quarter of an hour
	@$(RUN) -m electionlab elections --rounds 10 --record docs/recorded/elections.json

crawler: $(READY) ## Record the storms of notebook 08 anew: 20 in which leaders and crawlers are killed, a quarter of an hour
	@$(RUN) -m electionlab crawler --rounds 20 --record docs/recorded/crawler.json

soak: $(READY) ## Break a running election 500 times (an hour); SOAK_OPTIONS="--rounds 30 --seed 1" for others
	@$(RUN) -m electionlab storm --rounds 500 $(SOAK_OPTIONS)

# What only other places run is checked against their schemas.
SCHEMA := $(RUN) -m check_jsonschema --quiet --builtin-schema
lint: $(READY_DEV) ## Check style, types, the direction of imports, and spelling
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo
	@$(RUN) docs/house.py --check
	@$(RUN) -m codespell_lib
	@$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	@$(SCHEMA) vendor.dependabot .github/dependabot.yml
	@$(SCHEMA) vendor.readthedocs .readthedocs.yaml
	@$(SCHEMA) vendor.citation-file-format CITATION.cff

sentences: $(READY) ## List the sentences about a build that have no guard
	@$(RUN) docs/sentences.py $(SENTENCES_OPTIONS)

# mutmut needs a newer click than Faust allows: uv lays an environment for it over ours.
mutation: $(READY_DEV) ## Change what judges, one operator at a time, and tell what no test notices; MUTATION_OPTIONS="checks.losses" for one module
	@VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(RUN) -m uv run --quiet --no-project --with mutmut==3.8.1 python tests/mutation.py $(MUTATION_OPTIONS)

benchmarks: $(READY) ## Measure what the README says about speed
	@$(RUN) benchmarks/run.py $(BENCHMARK_OPTIONS)

# uv takes no `-e .` as a constraint.
PIN := $(RUN) -m uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate
requirements: $(READY_DEV) ## Pin requirements.in and requirements-dev.in anew, each in its .txt
	@$(PIN) requirements.in -o requirements.txt
	@grep -v '^-e ' requirements.txt | $(PIN) requirements-dev.in --constraint /dev/stdin -o requirements-dev.txt

clean: ## Remove .venv and everything that was built
	@rm -rf $(VENV) _build mutants .pytest_cache .mypy_cache .ruff_cache .import_linter_cache docs/_build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
