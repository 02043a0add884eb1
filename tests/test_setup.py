"""`make setup` beside NVIDIA drivers of any age: which extra it takes, and what it says when it takes none.

nvidia-smi and the Python of .venv are test doubles here: shell scripts that answer, and note what they are asked.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = """#!/bin/sh
case "$*" in
  *torch.version.cuda*) echo {cuda} ;;
  *"pip install"*) echo "$*" >> {notes} ;;
esac
"""


def script(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def set_up(folder: Path, *, driver: str | None, cuda: str, index: str = "") -> tuple[list[str], str]:
    """What was installed, one line for each call of pip, and what was said."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    notes = folder / "notes"
    smi = "exit 9" if driver is None else f"echo {driver}"
    script(folder / "bin" / "nvidia-smi", f"#!/bin/sh\n{smi}\n")
    script(folder / ".venv" / "bin" / "python", PYTHON.format(cuda=cuda, notes=notes))
    environment = os.environ | {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = ["make", "setup", f"TORCH_INDEX={index}", f"PYTHON={sys.executable}"]  # python3 may be a script
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return notes.read_text().splitlines(), done.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")
@pytest.mark.parametrize(
    ("driver", "cuda", "extras"),
    [
        (None, "none", "test"),
        ("580.95.05", "13", "test,cuda13"),
        ("610.10", "13", "test,cuda13"),
        ("570.86.15", "13", "test"),  # torch of the index as it is wants CUDA 13, and this driver has 12.8
        ("550.54.14", "12", "test,cuda12"),
        ("580.95.05", "12", "test,cuda12"),
        ("470.82.01", "12", "test"),
        ("580.95.05", "none", "test"),
    ],
)
def test_the_extra_fits_the_driver_and_the_torch_that_is_there(tmp_path, driver, cuda, extras):
    installed, said = set_up(tmp_path, driver=driver, cuda=cuda)
    assert installed[0].endswith("torch torchvision") and installed[1].endswith(f"--editable .[{extras}]")
    assert ("Without CUDA" in said) == (driver is not None and extras == "test")
    if driver is not None and extras == "test":
        assert f"this torch is for CUDA {cuda}, and the NVIDIA driver is {driver}" in said and "TORCH_INDEX=URL" in said


def test_torch_comes_from_the_index_that_is_named(tmp_path):
    installed, _ = set_up(tmp_path, driver="550.54.14", cuda="12", index="https://example.org/cu126")
    assert "--index-url https://example.org/cu126 torch torchvision" in installed[0]
    assert installed[1].endswith("[test,cuda12]")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")
@pytest.mark.parametrize(("npm", "says"), [("exit 0", ""), ("exit 1", "npm ci failed"), (None, "No npm")])
def test_typescript_comes_where_npm_is_and_nothing_fails_without(tmp_path, npm, says):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("web/package-lock.json", ".venv/ready"):
        script(tmp_path / name, "")
    script(tmp_path / "bin" / "touch", f"#!/bin/sh\nexec {shutil.which('touch')} $*\n")
    if npm is not None:
        script(tmp_path / "bin" / "npm", f"#!/bin/sh\necho $* >> {tmp_path / 'notes'}\n{npm}\n")
    command, alone = [shutil.which("make"), ".venv/typescript"], {"PATH": str(tmp_path / "bin")}
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True)
        assert done.returncode == 0 and says in done.stdout, done.stdout + done.stderr
    asked = (tmp_path / "notes").read_text().splitlines() if npm else []
    assert asked == ["ci --prefix web --silent --no-audit --no-fund"] * {"exit 0": 1, "exit 1": 2, None: 0}[npm]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")
def test_on_macos_no_debian_package_is_missed(tmp_path):
    script(tmp_path / "bin" / "uname", "#!/bin/sh\necho Darwin\n")
    script(tmp_path / "bin" / "ldconfig", "#!/bin/sh\nexit 127\n")
    installed, _ = set_up(tmp_path, driver=None, cuda="none")
    assert installed[1].endswith("--editable .[test]")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")
def test_the_make_of_macos_is_told_what_to_do():
    """Its version 3.81 runs every line in a shell of its own, and would fail somewhere in the middle."""
    done = subprocess.run(["make", ".FEATURES=", "demo"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "brew install make" in done.stderr and "README.md" in done.stderr
