# make setup, make check, make run: the day's work. make lock: after a dependency changed in pyproject.toml.
.PHONY: setup check format trials run lock

PYTHON := .venv/bin/python

setup:
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r tests/requirements.txt

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m pytest

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# The heavy trials in full, some minutes. `make check` runs a seeded sample of each.
trials:
	$(PYTHON) -m tests.trials
	$(PYTHON) -m tests.records.kills --times 150

run:
	$(PYTHON) -m streamlit run dashboard.py

# Locks the whole tree for every platform at once. The tool lives in an environment of its own that is thrown away.
LOCK_TOOL := $(shell mktemp -u -d)
COMPILE := $(LOCK_TOOL)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --no-header

lock:
	python3 -m venv $(LOCK_TOOL)
	$(LOCK_TOOL)/bin/pip install --quiet uv==0.13.9
	( echo "# What runs, the whole tree. Written by make lock from pyproject.toml."; \
	  $(COMPILE) ) > requirements.new
	mv requirements.new requirements.txt
	( echo "# What tests need besides what runs. Written by make lock from pyproject.toml."; \
	  echo "-r ../requirements.txt"; \
	  $(COMPILE:pyproject.toml=) --group test --constraints requirements.txt ) > tests/requirements.new
	mv tests/requirements.new tests/requirements.txt
	rm -r $(LOCK_TOOL)
