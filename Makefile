# Every command is in tools/, in Python's standard library; see `make help`.
# `value`, so that a `$` in what the user gives is the shell's and not make's.
PYTHON ?= python3
STACK ?= dev
ARGS ?=
CMD ?=
python = command -v '$(PYTHON)' >/dev/null || { \
	printf '\nerror: there is no %s\n  mend: install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.11 ...\n' '$(PYTHON)' >&2; \
	exit 1; }; '$(PYTHON)'
tools = @$(python) -m tools
stack = --stack='$(STACK)'
arguments = -- $(value ARGS)

.PHONY: help setup up preview refresh orphans down picture shell env test lint bench clean clean-cache
.DEFAULT_GOAL := help

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  STACK=dev|staging|production chooses the stack (dev). ARGS=... goes to Pulumi, pytest or the benchmarks."

setup: ## set up the virtual environment, the engine and the sandbox, and nothing more
	$(tools) setup $(ARGS)

up: ## create the environment in the sandbox, or change it; a second time changes nothing
	$(tools) up $(stack) $(arguments)

preview: ## show what `make up` would do
	$(tools) preview $(stack) $(arguments)

refresh: ## find what has changed in the sandbox behind Pulumi's back
	$(tools) refresh $(stack) $(arguments)

orphans: ## find what is in a cloud without a record, after a kill; ARGS=--real asks the real clouds
	$(tools) orphans $(stack) $(ARGS)

down: ## destroy the environment in the sandbox
	$(tools) down $(stack) $(arguments)

picture: ## draw the environment, and who goes where when a cloud is gone, into STACK.svg
	$(tools) picture $(stack)

shell: ## a shell in which plain `pulumi` works against the sandbox; CMD="pulumi stack ls" runs one command
	@$(python) tools/shell $(if $(CMD),sh -c '$(subst ','\'',$(value CMD))')

env: ## print the variables of that shell, for `eval`
	$(tools) env

test: ## run the tests; ARGS="-k name" chooses
	$(tools) test $(arguments)

lint: ## check style, format and types
	$(tools) lint

bench: ## run the benchmarks
	$(tools) bench $(arguments)

clean: ## remove .venv and .multicloud, the sandbox's state included
	$(tools) clean

clean-cache: ## remove the engine that is kept for all checkouts
	$(tools) clean --cache
