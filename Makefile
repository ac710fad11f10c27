# make run     the window on the sample recording, from a bare machine on
# make test    checks, then every test        make check   the checks alone
# make bench   the figures                    make clean   back to a fresh clone
# make experiments   the sound presets end to end, small: FOLDERS="a b" of recordings (or flite's
#                    speech), WORK=folder, FULL=--full for the presets as they are
#
# PYTHON=/path/to/python3.12     another Python (3.11-3.13)
# TORCH_INDEX=URL                another build of PyTorch; see README.md

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
unexport PYTHONHOME
unexport PYTHONPATH

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
SOURCES := vowelscope training tests packaging

# Two is what a small machine has; more threads than cores make every test slower.
export OMP_NUM_THREADS ?= 2

.PHONY: run test bench experiments check screenshots pictures translations clean system system-test
.PHONY: check-lint check-format check-types check-imports check-spelling check-lengths

run: .venv/.program
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname -s)" != Linux ]; then \
	    exec $(BIN)/vowelscope open --demo; \
	fi; \
	mkdir -p build; \
	QT_QPA_PLATFORM=offscreen $(BIN)/vowelscope open --demo \
	    --screenshot build/demo.png --size 1400x900; \
	echo "There is no display, so the window was drawn to $(CURDIR)/build/demo.png"

# The checks first, so that the last lines are the summary of the tests.
test: .venv/.developer | system-test
	@$(MAKE) check
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/pytest -q

bench: .venv/.developer | system-test
	@for script in tests/benchmarks/bench_*.py; do \
	    echo "== $$script"; \
	    QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python $$script; \
	done

# What is finished already is not done again.
experiments: .venv/.program
	@$(BIN)/python -m vowelscope_training.experiments $${WORK:-build/experiments} $${FOLDERS:-} $${FULL:-}

check: check-lint check-format check-types check-imports check-spelling check-lengths

check-lint: .venv/.developer
	@$(BIN)/ruff check --quiet $(SOURCES)

check-format: .venv/.developer
	@$(BIN)/ruff format --quiet --check $(SOURCES) || \
	    { $(BIN)/ruff format --check $(SOURCES); exit 1; }

check-types: .venv/.developer
	@$(BIN)/mypy --no-error-summary vowelscope training/vowelscope_training

check-imports: .venv/.developer
	@report=$$($(BIN)/lint-imports 2>&1) || { echo "$$report"; exit 1; }

check-spelling: .venv/.developer
	@$(BIN)/typos

check-lengths:
	@find $(SOURCES) -name '*.py' -exec wc -l {} + | \
	    awk '$$2 != "total" && $$1 > 400 {print $$2 ": " $$1 " lines, 400 at most"; bad = 1} END {exit bad}'

screenshots: .venv/.developer | system-test
	@mkdir -p build/screenshots docs/images
	@for theme in light dark; do for scale in 1 2; do \
	    picture=build/screenshots/window-$$theme-$${scale}x.png; \
	    QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=$$scale $(BIN)/vowelscope open --demo \
	        --theme $$theme --size 1400x900 --screenshot $$picture; \
	    echo $$picture; \
	done; done
	@cp build/screenshots/window-light-1x.png docs/images/window.png

# The other pictures of the guide: EXPLAINED and FILTERS are folders of `vowelscope corpus explain` and
# `vowelscope corpus filters`; without them the pictures that show a corpus stay as they are.
pictures: .venv/.developer | system-test
	@$(BIN)/python packaging/guide_pictures.py $(if $(EXPLAINED),--explained $(EXPLAINED)) \
	    $(if $(FILTERS),--filters $(FILTERS))

# Collects the words of the window, merges them into each language's catalogue, compiles it.
translations: .venv/.developer
	@$(BIN)/python packaging/translate.py

.venv/.program: pyproject.toml | system
	@python=$$(packaging/linux/find-python.sh); \
	$(BIN)/python -c '' 2>/dev/null || { echo "Making .venv with $$python"; rm -rf .venv; "$$python" -m venv .venv; }; \
	echo "Installing what pyproject.toml names (minutes, the first time)"; \
	$(if $(TORCH_INDEX),$(PIP) install --quiet --index-url $(TORCH_INDEX) torch torchvision;) \
	$(PIP) install --quiet --editable .
	@touch $@

.venv/.developer: .venv/.program pyproject.toml
	@$(PIP) install --quiet --editable '.[test,check]'
	@touch $@

system:
	@packaging/linux/system-packages.sh run

system-test: | system
	@packaging/linux/system-packages.sh test

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
