# Two commands: `make demo` and `make test`. Each first sets up what is missing, `make setup` does that alone.
#
#   make check                     lint, types, and the tests that open no window or page, train and embed nothing, and
#                                  are not slow
#   make coverage                  all tests, and the lines and branches that none of them reaches
#   make mutants PART=motion       how many changes to engine/PART its tests see (tools/mutants.py)
#   make fuzz N=10000, make soak   spoiled inputs against every reader; a robot at a window for 100,000 frames
#   make kills N=20                workers of a build killed at N moments (SEED=1), and the bytes compared
#   make audit, make release       vulnerabilities and licences; the wheel and its bill of materials into dist/
#   make docs                      the reference of the public names into build/docs
#   make setup TORCH_INDEX=URL     take torch from another package index (CPU only, or another CUDA)
#   make setup PYTHON=python3.12   use another Python, 3.11 or newer

ifeq ($(filter oneshell,$(.FEATURES)),)
$(error this needs GNU Make 3.82 or newer, and macOS brings 3.81: `brew install make` and say gmake in place of make, \
	or go by "macOS and Windows" in README.md)
endif

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: demo check test suite article coverage mutants fuzz soak kills audit release docs setup lint contracts \
	drivers clean

PYTHON ?= python3
TORCH_INDEX ?=
VENV := .venv
READY := $(VENV)/ready
BROWSED := $(VENV)/browser
TYPED := $(VENV)/typescript
# Whole commands are started by the dozen: each would compile the engine anew, and each worker all tests.
unexport PYTHONDONTWRITEBYTECODE
# Tests run in one process more than there are cores, each with one thread: some wait for a window, a page or a worker.
# The few tests that take two threads do not have them spin, which takes a core from the others.
WORKERS := $(shell n=$$(nproc 2> /dev/null || sysctl -n hw.ncpu); echo $$((n < 8 ? n + 1 : 8)))
PYTEST := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 LP_NUM_THREADS=0 \
	$(VENV)/bin/python -m pytest --numprocesses $(WORKERS) --dist worksteal

# What the programs need of the system: a file that the package brings, then the Debian package.
LIBRARIES := libEGL.so.1:libegl1 libEGL_mesa.so.0:libegl-mesa0 libGL.so.1:libgl1 libGLX_mesa.so.0:libglx-mesa0 \
	libX11.so.6:libx11-6 libXcursor.so.1:libxcursor1 libXi.so.6:libxi6 libXinerama.so.1:libxinerama1 \
	libXrandr.so.2:libxrandr2 libfontconfig.so.1:libfontconfig1 libstdc++.so.6:libstdc++6
TESTED := Xvfb:xvfb xdotool:xdotool chromium:chromium chromedriver:chromium-driver

# Installs the Debian packages that the shell's list `missing` names.
define INSTALL
if (( $${#missing[@]} )); then
	install="apt-get install -y --no-install-recommends $${missing[*]}"
	if ! command -v apt-get > /dev/null; then
		echo "make: these are missing, here by their Debian names: $${missing[*]}; install them and run make again" >&2
		exit 1
	elif [[ $$(id -u) == 0 ]]; then
		sudo=()
	elif command -v sudo > /dev/null && { sudo -n true 2> /dev/null || [[ -t 0 ]]; }; then
		sudo=(sudo)
	else
		echo "make: missing system packages, and no right to install them. Have an administrator run" >&2
		echo "make:   $$install" >&2
		echo "make: and run make again" >&2
		exit 1
	fi
	echo "== System packages: $${missing[*]}"
	"$${sudo[@]}" apt-get update -qq
	"$${sudo[@]}" $$install --assume-no 2> /dev/null | grep '^Need to get' || true
	"$${sudo[@]}" env DEBIAN_FRONTEND=noninteractive $$install -qq > /dev/null
fi
endef

# What looks at packages, in the versions of constraints.txt.
AUDITS = $(VENV)/bin/python -c 'import pip_audit, cyclonedx_py' 2> /dev/null \
	|| $(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[audit]'

demo: $(READY)
	@$(VENV)/bin/umap-tour demo

# Lint and types run beside the tests, some of which wait for a process or a clock.
BESIDE := $(MAKE) --no-print-directory --jobs=2 lint suite

check: $(READY)
	+@$(BESIDE) MARKED='not window and not trains and not slow'

test: $(READY) $(BROWSED) $(TYPED)
	+@$(BESIDE)

suite: $(READY)
	$(PYTEST) -m '$(MARKED)'

coverage: $(READY) $(BROWSED) $(TYPED)
	$(PYTEST) --cov --cov-report term-missing:skip-covered

PART ?= motion
# Spoiled tours and texts against every reader: make fuzz N=10000 SEED=1
fuzz: $(READY)
	FUZZ_N=$(or $(N),2000) FUZZ_SEED=$(or $(SEED),1) $(VENV)/bin/python -m pytest -n0 tests/tour/test_fuzz.py tests/pipeline/test_fuzz_weights.py

# A robot works a window under Xvfb: make soak FRAMES=100000 SEED=1
soak: $(READY) $(BROWSED)
	SOAK_FRAMES=$(or $(FRAMES),100000) SOAK_SEED=$(or $(SEED),1) $(VENV)/bin/python -m pytest -n0 tests/window/test_soak.py

# Workers of a build killed at seeded moments, then the scheduler: make kills N=20 SEED=1
kills: $(READY)
	KILLS_N=$(or $(N),20) KILLS_SEED=$(or $(SEED),1) OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -n0 \
		tests/pipeline/test_cluster.py -k killed

# Known vulnerabilities and licences of what is installed.
audit: $(READY)
	@$(AUDITS)
	$(VENV)/bin/python tools/audit.py

# The wheel, the same bytes from the same commit, and its bill of materials (CycloneDX), into dist/.
release: $(READY)
	@$(AUDITS)
	source=$$(mktemp -d)
	trap 'rm -rf "$$source"' EXIT
	export SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct)
	umask 022
	git archive HEAD | tar -x --no-same-permissions -C "$$source"
	$(VENV)/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist "$$source"
	$(VENV)/bin/python tools/audit.py --sbom dist/umap-tour.cdx.json
	sha256sum dist/*

mutants: $(READY)
	OPENBLAS_NUM_THREADS=1 $(VENV)/bin/python tools/mutants.py $(PART) $(ARGS)

docs: $(READY)
	$(VENV)/bin/python -c 'import pdoc' 2> /dev/null \
		|| $(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	$(VENV)/bin/python -m pdoc engine --no-show-source --output-directory build/docs
	$(VENV)/bin/python tools/links.py build/docs docs README.md CONTRIBUTING.md

# The article of docs/article/ from the published data: make article PUBLISHED=path/to/meta-googlenet-15D.json
PUBLISHED ?= data/meta-googlenet-15D.json
article: $(READY)
	@tour=$$(mktemp -d)/googlenet.tour
	trap 'rm -rf "$${tour%/*}"' EXIT
	$(VENV)/bin/umap-tour import "$(PUBLISHED)" --out "$$tour"
	cp docs/article/article.md "$$tour/"
	$(VENV)/bin/umap-tour export "$$tour" --article --title "How a network sorts images" --out docs/article/site

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

setup: $(READY)

# What is relied on in cuML, CuPy and dask-cuda, held against their wheels, and the GPU's kernels compiled by NVIDIA's own
# compilers: about 320 MB, nothing of it is kept.
contracts: $(READY)
	@wheels=$$(mktemp -d)
	trap 'rm -rf "$$wheels"' EXIT
	$(VENV)/bin/python tests/contracts.py "$$wheels"
	UMAP_TOUR_WHEELS="$$wheels" $(VENV)/bin/python -m pytest tests/pipeline/test_contracts.py

$(READY): pyproject.toml constraints.txt Makefile
	@missing=()
	if [[ $$(uname -s) == Linux ]]; then
		there=$$(PATH="$$PATH:/sbin:/usr/sbin" ldconfig -p)
		for pair in $(LIBRARIES); do
			[[ $$there == *"$${pair%%:*} "* ]] || missing+=("$${pair##*:}")
		done
		compgen -G '/usr/lib*/*/dri/*_dri.so' > /dev/null || compgen -G '/usr/lib*/dri/*_dri.so' > /dev/null \
			|| missing+=(libgl1-mesa-dri)
	fi
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
		echo "make: needs Python 3.11 or newer as $(PYTHON); another one: make PYTHON=python3.12" >&2
		exit 1
	fi
	$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || missing+=(python3-venv)
	$(INSTALL)
	driver=$$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2> /dev/null | head -n 1) || driver=
	size="about 0.5 GB, 3 GB where the index has torch for CUDA only"
	[[ -z $$driver ]] || size="about 4 GB, with cuML and CuPy if they fit the NVIDIA driver $$driver"
	echo "== Python packages into $(VENV): $$size"
	[[ -x $(VENV)/bin/python ]] && $(VENV)/bin/python -c 'import pip' 2> /dev/null || $(PYTHON) -m venv --clear $(VENV)
	pip="$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt"
	if [[ -n "$(TORCH_INDEX)" ]]; then
		$$pip --index-url "$(TORCH_INDEX)" torch torchvision
	else
		$$pip torch torchvision
	fi
	# cuML and torch share CUDA's libraries, so torch's CUDA decides; and CUDA 13 wants driver 580, CUDA 12 driver 525.
	extras=test
	if [[ -n $$driver ]]; then
		cuda=$$($(VENV)/bin/python -c 'import torch; print((torch.version.cuda or "none").split(".")[0])')
		case $$cuda in
			13) needed=580 ;;
			12) needed=525 ;;
			*) needed=none ;;
		esac
		if [[ $$needed != none ]] && (( $${driver%%.*} >= needed )); then
			extras=test,cuda$$cuda
		else
			echo "== Without CUDA: this torch is for CUDA $$cuda, and the NVIDIA driver is $$driver. For the GPU update the" \
				"driver to 580 or newer, or take torch for CUDA 12: make clean setup TORCH_INDEX=URL"
		fi
	fi
	$$pip --editable ".[$$extras]"
	# Once, and kept beside umap-learn: or each of the processes that start together would do it, for 20 seconds.
	$(VENV)/bin/python -c 'from engine.pipeline import device, embedding; embedding.try_out(device.machine("cpu"))'
	touch $@
	echo "== Set up. A second time this takes no time."

# The tests want a virtual display, a hand and a browser; neither the demo nor the programs do.
$(BROWSED): $(READY)
	@missing=()
	for pair in $(TESTED); do
		command -v "$${pair%%:*}" > /dev/null || missing+=("$${pair##*:}")
	done
	$(INSTALL)
	touch $@

# The page's types are checked where npm is there to bring TypeScript, and where it is not nothing else suffers.
$(TYPED): $(READY) web/package-lock.json
	@if ! command -v npm > /dev/null; then
		echo "== No npm, so the types of the page in web/ are not checked"
	elif npm ci --prefix web --silent --no-audit --no-fund; then
		touch $@
	else
		echo "== npm ci failed in web/, so the types of the page are not checked"
	fi

# The drawing tests by other drivers, with every GL call checked: softpipe, a core profile as macOS has it, and zink over
# lavapipe where that is.
drivers: $(READY)
	@export UMAP_TOUR_CHECK_GL=1
	GALLIUM_DRIVER=softpipe $(VENV)/bin/python -m pytest tests/render
	UMAP_TOUR_CHECK_GL=core $(VENV)/bin/python -m pytest tests/render
	if compgen -G '/usr/share/vulkan/icd.d/lvp_icd*' > /dev/null; then
		GALLIUM_DRIVER=zink LIBGL_ALWAYS_SOFTWARE=1 $(VENV)/bin/python -m pytest tests/render
	else
		echo "make: zink is left out, for want of lavapipe; on Debian: apt install mesa-vulkan-drivers" >&2
	fi

clean:
	rm -rf $(VENV) web/node_modules build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage*
