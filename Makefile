# make run    opens the playground in JupyterLab      make run BROWSER=none PORT=8888   only prints the address
# make test   sets everything up and runs all layers  make test LAYERS="ruff python"    only those
# make docs   builds the documentation into docs/site/: open docs/site/index.html, no server is needed
# make binder runs the steps of Binder's image in a clean environment (PYTHON=python3.13: another than binder/runtime.txt names)
# make bench  runs the benchmarks                     make build                        wheel and sdist in dist/
# PYTHON=/path/to/python3 chooses the Python that .venv is made with. Node comes from PyPI with the rest.

VENV := .venv
PY := $(VENV)/bin/python
NOTEBOOK := 01_playground.ipynb
LAYERS :=
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)
BROWSER_FLAG := $(if $(filter none,$(BROWSER)),--no-browser)
PORT_FLAG := $(if $(PORT),--port=$(PORT) --ServerApp.port_retries=0)

# Kernels and scripts start half a second sooner with the bytecode on disk.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test docs binder bench build bundle clean
.NOTPARALLEL:

run: $(VENV)/.run bundle
	cd notebooks && ../$(VENV)/bin/jupyter lab --LabApp.default_url=/lab/tree/$(NOTEBOOK) $(BROWSER_FLAG) $(PORT_FLAG) $(ROOT_FLAG)

test: $(VENV)/.test bundle
	$(PY) -m scripts.run_layers $(LAYERS)

docs: $(VENV)/.test bundle
	$(PY) -m sphinx -W --keep-going -b html -d docs/site/.doctrees docs docs/site

binder: $(VENV)/.test
	$(PY) -m scripts.try_binder $(PYTHON)

bench: $(VENV)/.bench bundle
	$(PY) -m benchmarks

build: $(VENV)/.test bundle
	$(PY) -m build

bundle: | $(VENV)/.run
	@$(PY) -m scripts.build_frontend

# One stamp for each set of extras; a later set holds the earlier, so it sets their stamps too.
$(VENV)/.bench: $(VENV)/.test
	$(PY) -m pip install --quiet --editable ".[test,bench]"
	@touch $@

# The bytecode of a module is written when it is first imported: pip would do that for all of them, one after another, for half a minute.
# 0 is pip's word for it: it takes the value as that of its option "compile".
$(VENV)/.run $(VENV)/.test: export PIP_NO_COMPILE := 0
$(VENV)/.test: pyproject.toml scripts/make_venv.sh
	@PYTHON="$(PYTHON)" sh scripts/make_venv.sh $(VENV)
	$(PY) -m pip install --quiet --editable ".[test]"
	@touch $(VENV)/.run $@

$(VENV)/.run: pyproject.toml scripts/make_venv.sh
	@PYTHON="$(PYTHON)" sh scripts/make_venv.sh $(VENV)
	$(PY) -m pip install --quiet --editable ".[frontend]"
	@touch $@

clean:
	rm -rf $(VENV) dist docs/site docs/reference rcwidgets/static frontend/node_modules tests/artifacts
