# Every target sets up what it needs: a virtualenv from the locks, once, and again when a lock changes.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
BIN := .venv/bin
SAM := .venv-sam/bin
READY := .venv/.ready
SAM_READY := .venv-sam/.ready
NODE_READY := statemachine/lint/node_modules/.ready
# What `make engines` started, where the environment does not name other engines.
WITH_ENGINES := tests/engines/engines run
ON_ALL_PROCESSORS := -n auto --dist loadfile
PYTEST_ARGS ?=
SHELL_FILES := .ci/run tests/engines/engine tests/engines/cluster tests/engines/engines tests/engines/cluster.d/node.sh
export SAM_CLI_TELEMETRY := 0

.PHONY: help demo test laws check render build bench compare engines engines-down lock deploy clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

demo: $(READY) ## a real application becomes a service, a broken one becomes nothing
	@$(WITH_ENGINES) $(BIN)/python -m slipway_local.demo

# The engine tests compare what is there before and after: they run one after the other. 5: none was asked for.
test: $(READY) ## unit, integration, fault, contract tests, and the engine tests where engines answer
	@$(WITH_ENGINES) $(BIN)/pytest -m "not engine" $(ON_ALL_PROCESSORS) $(PYTEST_ARGS)
	@$(WITH_ENGINES) $(BIN)/pytest -m engine $(PYTEST_ARGS) || [[ $$? == 5 ]]

laws: $(READY) ## the proof of the guarantee: every step, every fault, both drivers
	@env -u DOCKER_HOST -u KUBECONFIG -u SLIPWAY_REGISTRY $(BIN)/pytest tests/faults -q $(ON_ALL_PROCESSORS) $(PYTEST_ARGS)

check: $(READY) $(SAM_READY) $(NODE_READY) ## style, types, imports, templates, state machine, shell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy functions infra/local statemachine openapi tests
	if grep -q '^\[tool.importlinter\]' pyproject.toml; then PYTHONPATH=functions:infra/local $(BIN)/lint-imports; fi
	$(BIN)/python statemachine/render.py --check
	$(BIN)/python openapi/render.py --check
	$(BIN)/python statemachine/render.py --resolved > .mypy_cache/machine.json && $(SAM)/statelint --ignore=FLOAT .mypy_cache/machine.json
	statemachine/lint/node_modules/.bin/asl-validator --json-path statemachine/containerize.asl.json
	$(SAM)/cfn-lint template.yaml infra/*.yaml
	$(SAM)/sam validate --lint
	AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-eu-central-1} $(SAM)/sam validate
	AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-eu-central-1} $(SAM)/python infra/check_gateway.py
	$(SAM)/shellcheck --external-sources --source-path=SCRIPTDIR $(SHELL_FILES)

render: $(READY) ## write the state machine and the blocks of template.yaml from PLAN, and the OpenAPI document
	$(BIN)/python statemachine/render.py
	$(BIN)/python openapi/render.py

build: $(SAM_READY) ## what `make deploy` sends
	$(SAM)/sam build

deploy: build ## to AWS, with the account of the environment
	$(SAM)/sam deploy --guided

bench: $(READY) ## measure; nothing is asserted
	@$(WITH_ENGINES) $(BIN)/python -m tests.bench

compare: $(READY) ## the cases in which others leave things behind, played here: what is left, what is told
	@$(BIN)/python -m tests.bench cases

engines: ## Docker Engine, registry, base images and Kubernetes: start what does not answer yet
	@tests/engines/engines up

engines-down: ## end what `make engines` started
	@tests/engines/engines down

lock: $(READY) ## resolve the pinned requirements anew
	cd requirements && ../$(BIN)/python -m uv pip compile $(LOCK_ARGS) --extra dev ../pyproject.toml -o dev.txt
	cd requirements && ../$(BIN)/python -m uv pip compile $(LOCK_ARGS) -c dev.txt build.in -o build.txt
	cd requirements && ../$(BIN)/python -m uv pip compile $(LOCK_ARGS) sam.in -o sam.txt
LOCK_ARGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## remove what these targets made in this folder
	rm -rf .venv .venv-sam .aws-sam statemachine/lint/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The locks are complete: without the resolver the installation is theirs to the letter.
$(READY): requirements/dev.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=...' >&2; exit 1; }
	@echo 'setting up .venv'
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(SAM_READY): requirements/sam.txt
	@echo 'setting up .venv-sam'
	@test -x $(SAM)/pip || $(PYTHON) -m venv .venv-sam
	@$(SAM)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/sam.txt
	@touch $@

$(NODE_READY): statemachine/lint/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is needed for the second linter of the state machine' >&2; exit 1; }
	@npm ci --prefix statemachine/lint --silent --ignore-scripts --no-audit --no-fund
	@touch $@
