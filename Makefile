# Kamerantwoord: everything that is done with this folder. `make` alone lists it.
#
# What a step leaves behind is its stamp, so nothing is installed twice. The versions
# of everything that is installed stand in constraints.txt.

VENV := .venv
BIN := $(VENV)/bin
CACHE := .cache
INDEX := .index
# The version that `make lock` pins. Kept apart from the rest because the newest torch is not
# always there as a build without CUDA.
TORCH := 2.13.0

# pip says errors only; `make app QUIET=` shows everything.
QUIET := --quiet --quiet
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install $(QUIET) --constraint constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help app test check format bench load eval lock clean browser

help: ## list these commands
	@echo "make ...   (asks for Python 3.11 or newer; the rest it installs into $(VENV))"
	@sed -n 's/^\([a-z]*\):.* ## \(.*\)$$/  \1	\2/p' $(MAKEFILE_LIST) | expand -t 12

app: $(VENV)/app.stamp ## install, build the index over letters/ and open the web app
	@# A file that cannot be read is said, and the letters that can be read are served.
	@$(BIN)/kamerantwoord build letters --index $(INDEX) || test -e $(INDEX)/current
	@exec $(BIN)/kamerantwoord serve --index $(INDEX)

test: $(VENV)/test.stamp browser check ## install, then lint, types and every test, in a real browser too
	@# The quick ones first: a slip is told within a minute.
	@$(BIN)/python -m pytest -m "not browser and not model"
	@$(BIN)/python -m pytest -m "browser or model"

check: $(VENV)/test.stamp ## lint and types only, in seconds
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/test.stamp ## lay out the code as `make check` wants it
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(VENV)/app.stamp ## measure speed and memory, beside the same work through torch
	@$(BIN)/python -m eval.bench

load: $(VENV)/app.stamp ## measure what many people at once wait, and what memory they take
	@$(BIN)/python -m eval.load

eval: $(VENV)/test.stamp ## measure how well questions are answered and declined
	@$(BIN)/python -m eval

lock: ## write constraints.txt anew, with the newest versions that pyproject.toml allows
	@rm -rf $(CACHE)/lock
	@$(FIND_PYTHON) && "$$python" -m venv $(CACHE)/lock
	@$(CACHE)/lock/bin/pip install $(QUIET) --upgrade pip
	@$(CACHE)/lock/bin/pip install $(QUIET) torch==$(TORCH)
	@$(CACHE)/lock/bin/pip install $(QUIET) hatchling editables --editable '.[eval]' --group dev
	@{ echo "# Every version that is installed; made by \`make lock\`, not by hand."; \
	   $(CACHE)/lock/bin/pip freeze --all --exclude-editable | sed 's/+[A-Za-z0-9.]*$$//' | LC_ALL=C sort -f; \
	 } > $(CACHE)/constraints.txt
	@if grep -iE '^(nvidia|cuda|triton)' $(CACHE)/constraints.txt; then \
	   echo "These belong to a CUDA build of torch $(TORCH); constraints.txt is left as it was." >&2; exit 1; fi
	@mv $(CACHE)/constraints.txt constraints.txt
	@rm -rf $(CACHE)/lock
	@echo "constraints.txt: $$(grep -c == constraints.txt) packages"

clean: ## remove what was installed, built and cached
	rm -rf $(VENV) $(CACHE) $(INDEX) build dist artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first Python that is new enough; says so in one line when there is none.
FIND_PYTHON = for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python; do \
    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; done; \
  test -n "$$python" || { echo "No Python 3.11 or newer was found; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }

$(VENV)/venv.stamp:
	@$(FIND_PYTHON); echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV) >/dev/null || { \
	  echo "$$python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/app.stamp: $(VENV)/venv.stamp pyproject.toml constraints.txt
	@echo "Installing PyTorch (1 of 2; the longest part)"
	@$(INSTALL) --upgrade pip
	@# By itself and first, so that no other package has a say in which build of it comes.
	@$(INSTALL) torch
	@echo "Installing Kamerantwoord (2 of 2)"
	@$(INSTALL) --build-constraint constraints.txt --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/app.stamp
	@echo "Installing the tools for tests"
	@$(INSTALL) --build-constraint constraints.txt --editable '.[eval]' --group dev
	@touch $@

# Debian's chromium, where it may be installed and no other Chrome or Chromium is there.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do \
	   if command -v $$name >/dev/null; then exit 0; fi; done; \
	 if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	   echo "Installing chromium for the browser tests"; \
	   { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium; } >$(VENV)/chromium.log 2>&1 \
	   || { tail -n 5 $(VENV)/chromium.log; echo "chromium could not be installed" >&2; }; \
	 else echo "No Chrome or Chromium was found: install one to run the browser tests"; fi
