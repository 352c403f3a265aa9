# `make run` converts samples/; `make test` checks everything. Both install what they need into .venv.
PYTHON ?= python3
BIN := .venv/bin
# Modules are compiled once, not by each of the hundreds of processes that the checks start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run help test lint unit tests docs sample wheel audit findings generalise corpus-table golden dictionary messages mutate ocr ocr-agreement bench torture fuzz profile clean ducklake night

run: .venv/.installed ## convert samples/ into out/
	$(BIN)/extractor run samples --out out

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Two at once, since installing and tests wait much; what each prints stays together. `audit` is last, for it can take both processors.
test: ## run every check
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target tests lint ducklake docs sample wheel audit
	@echo "all checks passed"

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed .venv/.dev: .venv/bin/python pyproject.toml requirements.lock hatch_build.py scripts/build_native.py extractor/pages/native.c

.venv/.installed:
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e .
	touch $@

.venv/.dev:
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[dev,docs,ocr,ray]'
	touch .venv/.installed $@

lint: .venv/.dev ## style, types, the direction of imports and the container's recipe
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

unit: .venv/.dev ## the unit tests but for slow ones: seconds
	$(BIN)/python -m pytest tests/unit -m "not slow"

# A module's tests share its fixtures, so that one worker has them all; what takes long stands in tests/integration and begins first.
tests: .venv/.dev build/airflow/.installed ## all tests, and how much of the code they reach: minutes
	$(BIN)/python -m pytest --cov --numprocesses=4 --dist=loadscope --no-loadscope-reorder

# For the test of an example: Airflow asks for other versions of some packages than requirements.lock has.
build/airflow/.installed: docs/examples/airflow/requirements.lock
	$(PYTHON) -m venv build/airflow
	build/airflow/bin/python -m pip install -q --disable-pip-version-check -r $<
	touch $@

# DuckDB fetches its extensions from a server of its own; PyPI has this one for an earlier DuckDB.
ducklake: export PYTHONPATH = $(CURDIR)/build/ducklake
ducklake: export HOME = $(CURDIR)/build/ducklake
ducklake: .venv/.dev ## loads into DuckLake, by the DuckDB for which PyPI has the extension
	$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade --target build/ducklake duckdb==1.4.4 duckdb-ext-ducklake==1.4.4.20260205
	$(BIN)/python -c "import duckdb, pathlib; duckdb.execute(f\"install '{next(pathlib.Path('build/ducklake').rglob('*.duckdb_extension'))}'\")"
	$(BIN)/python -m pytest tests/integration/test_sinks.py -k ducklake

sample: .venv/.dev ## the sample job end to end, twice: the second run finds everything done
	rm -rf build/sample
	$(BIN)/extractor run samples --out build/sample
	$(BIN)/extractor run samples --out build/sample
	$(BIN)/extractor verify build/sample

wheel: .venv/.dev ## the built wheel in an environment of its own, away from the checkout
	rm -rf build/wheel && mkdir -p build/wheel
	$(BIN)/python -m build -q --wheel --outdir build/wheel
	$(PYTHON) -m venv build/wheel/env
	build/wheel/env/bin/python -m pip install -q --disable-pip-version-check --no-compile -c requirements.lock build/wheel/*.whl
	cd build/wheel && env/bin/extractor run ../../samples --out out && env/bin/extractor report out && env/bin/extractor templates check

generalise: .venv/.dev ## accuracy with one publisher of the corpus left out at a time
	$(BIN)/python scripts/generalise.py

corpus-table: .venv/.dev ## write that to docs/corpus.md
	$(BIN)/python scripts/generalise.py --write

audit: .venv/.dev ## accuracy over the corpus against tests/floors.toml
	$(BIN)/python scripts/audit_floors.py

findings: .venv/.dev ## precision and recall of the findings that were judged by eye; `make audit` has them too
	$(BIN)/python scripts/audit_floors.py findings

# Offline and whole: pages that did not change are read again, or their warnings would be missed.
docs: .venv/.dev ## build the documentation site in both languages, every warning an error
	$(BIN)/python -m sphinx -E -a -q -W --keep-going docs build/docs
	$(BIN)/python -m sphinx -E -a -q -W --keep-going -D language=zh_CN docs build/docs/zh

golden: .venv/.dev ## rewrite the golden texts of the samples
	$(BIN)/python -m pytest tests/integration/test_samples.py --update-golden

dictionary: .venv/.dev ## docs/data-dictionary.md, from the classes that describe the columns and from configs/
	$(BIN)/python scripts/write_dictionary.py

messages: .venv/.dev ## collect what users read, in commands and in docs/, into the catalogues of Chinese
	$(BIN)/python scripts/write_messages.py
	$(BIN)/python scripts/write_docs_messages.py

ocr: .venv/.dev ## what is read of real scans, and how fast
	$(BIN)/python scripts/measure_ocr.py

ocr-agreement: .venv/.dev ## 400 amounts of out/ at random against what is recognised in the pictures of their cells
	$(BIN)/python scripts/ocr_agreement.py

# Some 20 minutes, on a machine with nothing else to do; `scripts/bench.py --help` says how to measure less.
bench: .venv/.dev ## speed and memory beside other readers, written to docs/benchmarks.md
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[bench]'
	$(BIN)/python scripts/bench.py

night: .venv/.dev ## seconds of a night on which none of 5,000 documents has changed
	$(BIN)/python scripts/unchanged_night.py

profile: .venv/.dev ## which step of a job takes which share of its time
	$(BIN)/python scripts/profile_job.py

build/torture: .venv/.dev
	$(BIN)/python scripts/public_pdfs.py --fetch $@

torture: build/torture ## harm runs and workers 200 times: nothing may be lost; public PDFs; and a batch of 20,000, of which 1 in 20 is hostile
	$(BIN)/python scripts/kill_runs.py --inputs samples build/torture/pypdf build/torture/ocrmypdf
	$(BIN)/python scripts/public_pdfs.py build/torture
	$(BIN)/python scripts/hostile_batch.py

fuzz: .venv/.dev ## thousands of damaged documents, configs and datasets; a server that fails at every operation; the native core under sanitizers
	FUZZ_EXAMPLES=4000 $(BIN)/python -m pytest $(addprefix tests/integration/test_,fuzz.py corrupt_datasets.py storage_faults.py)
	FUZZ_EXAMPLES=1000 $(BIN)/python scripts/fuzz_native.py

clean: ## remove what these verbs have made
	rm -rf build out .venv .coverage .coverage.*

mutate: .venv/.dev ## damage readings and count what the documents' own arithmetic notices
	$(BIN)/python scripts/mutate.py
