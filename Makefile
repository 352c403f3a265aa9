# `make run` converts samples/; `make test` checks everything. Both install what they need into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint tests docs sample wheel audit generalise corpus-table golden mutate ocr bench torture fuzz profile clean

run: .venv/.installed
	$(BIN)/extractor run samples --out out

test: .venv/.dev lint tests docs sample wheel audit
	@echo "all checks passed"

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e .
	touch $@

.venv/.dev: .venv/.installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[dev,docs,ocr,ray]'
	touch $@

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The sample job end to end, twice: the second run finds everything done.
sample: .venv/.installed
	rm -rf build/sample
	$(BIN)/extractor run samples --out build/sample
	$(BIN)/extractor run samples --out build/sample
	$(BIN)/extractor verify build/sample

# The built wheel in an environment of its own, away from the checkout.
wheel: .venv/.dev
	rm -rf build/wheel && mkdir -p build/wheel
	$(BIN)/python -m build -q --wheel --outdir build/wheel
	$(PYTHON) -m venv build/wheel/env
	build/wheel/env/bin/python -m pip install -q --disable-pip-version-check -c requirements.lock build/wheel/*.whl
	cd build/wheel && env/bin/extractor run ../../samples --out out && env/bin/extractor report out && env/bin/extractor templates check

# Leaves one publisher of the corpus out at a time; `make corpus-table` writes docs/corpus.md.
generalise: .venv/.dev
	$(BIN)/python scripts/generalise.py

corpus-table: .venv/.dev
	$(BIN)/python scripts/generalise.py --write

audit: .venv/.dev
	$(BIN)/python scripts/audit_floors.py

tests: .venv/.dev
	$(BIN)/python -m pytest

# The documentation site, offline and whole: pages that did not change are read again, or their warnings would be missed.
docs: .venv/.dev
	$(BIN)/python -m sphinx -E -a -q -W --keep-going docs build/docs

golden: .venv/.dev
	$(BIN)/python -m pytest tests/integration/test_samples.py --update-golden

# What is read of real scans, and how fast.
ocr: .venv/.dev
	$(BIN)/python scripts/measure_ocr.py

bench: .venv/.dev
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[bench]'
	$(BIN)/python scripts/bench.py

profile: .venv/.dev
	$(BIN)/python scripts/profile_job.py

# Two hundred kills at random moments; each folder must end as an undisturbed run's.
torture: .venv/.dev
	$(BIN)/python scripts/kill_runs.py

# Thousands of damaged documents and configs, others each time: none may end in an error of our own.
fuzz: .venv/.dev
	FUZZ_EXAMPLES=4000 $(BIN)/python -m pytest tests/integration/test_fuzz.py

clean:
	rm -rf build out .venv

# Damages real readings in small ways and counts what the documents' own arithmetic notices.
mutate: .venv/.dev
	$(BIN)/python scripts/mutate.py
