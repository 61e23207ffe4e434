# The few commands a developer types. Every target makes the environment it needs.
SHELL := /bin/sh
PY := .venv/bin/python
UV := $(shell command -v uv 2>/dev/null)
SOURCES := $(shell find dashboard data_access etl docs/panduan -type f ! -name '*.pyc' 2>/dev/null)

.PHONY: run test soak keandalan lint bench panduan galeri lock clean

run: .venv/.product ## the dashboard on http://127.0.0.1:8050, with invented records at the first start
	.venv/bin/pantau serve --host 127.0.0.1 --port 8050 --demo-when-empty

test: .venv/.test ## all tests
	$(PY) tests/ensure_browser.py
	$(PY) tests/ensure_nginx.py
	env -u PANTAU_HOME -u PANTAU_DATABASE_URL $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

soak: .venv/.test ## long runs: polls of the wall, hostile photos, killed loads, properties with ten times the examples; over an hour
	$(PY) tests/ensure_browser.py
	env -u PANTAU_HOME -u PANTAU_DATABASE_URL $(PY) -m tests.soak
	env -u PANTAU_HOME -u PANTAU_DATABASE_URL EXAMPLES=soak $(PY) -m pytest -n 2 $$(grep -rl books.examples tests/unit tests/integration)

keandalan: .venv/.test ## load of fifty people and screens, start, a million letters backed up; half an hour on a quiet machine; writes docs/keandalan.md
	env -u PANTAU_HOME -u PANTAU_DATABASE_URL $(PY) -m tests.soak.quiet

lint: .venv/.test ## style, types, floors, dependencies
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/deptry .

bench: .venv/.bench ## measures speed beside peers; writes docs/bench.md
	$(PY) -m tests.benchmarks

panduan: .venv/.test ## takes the handbook's pictures anew, of invented records; writes docs/panduan/gambar
	$(PY) tests/ensure_browser.py
	$(PY) -m tests.handbook

galeri: .venv/.test ## every page on seven screens and at double size, in both themes and languages, as pictures and a table of what is wrong; hours; writes build/galeri
	$(PY) tests/ensure_browser.py
	env -u PANTAU_HOME -u PANTAU_DATABASE_URL $(PY) -m tests.gallery build/galeri $(ARGS)

lock: ## refreshes the hashed locks after pyproject.toml has changed (needs uv)
	uv lock --quiet
	uv export --quiet --no-emit-project --no-header --no-annotate --format requirements.txt -o requirements.lock
	uv export --quiet --no-emit-project --no-header --no-annotate --extra test --format requirements.txt -o requirements-test.lock
	rm -f uv.lock

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/.made:
	@echo "Making the environment .venv"
ifdef UV
	uv venv --quiet --allow-existing .venv
else
	python3 -m venv .venv
endif
	@touch $@

# What is installed comes from the lock, hash by hash; the product itself goes on top without looking further.
define install
	@echo "Installing from $(1)"
	$(if $(UV),uv pip install --quiet --compile-bytecode --python $(PY) --require-hashes -r $(1),$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1))
endef

.venv/.product: .venv/.made requirements.lock pyproject.toml $(SOURCES)
	$(call install,requirements.lock)
	@echo "Installing pantau"
	$(if $(UV),uv pip install --quiet --compile-bytecode --python $(PY) --no-deps --reinstall-package pantau .,$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall .)
	@touch $@

.venv/.test: .venv/.product requirements-test.lock
	$(call install,requirements-test.lock)
	@touch $@

.venv/.bench: .venv/.test
	$(if $(UV),uv pip install --quiet --python $(PY) $(PEERS),$(PY) -m pip install --quiet $(PEERS))
	@touch $@

comma := ,
PEERS := "pm4py>=2.7$(comma)<3" "dlt[postgres$(comma)sqlalchemy]>=1.20$(comma)<2"
