"""The page's types, by the TypeScript in web/node_modules, which `make test` brings where there is an npm."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"


def test_types():
    compiler = os.environ.get("TSC") or str(WEB / "node_modules" / ".bin" / "tsc")
    if not shutil.which("node") or not Path(compiler).exists():
        pytest.skip("no node, or no TypeScript in web/node_modules; `npm ci` in web/ brings it")
    checked = subprocess.run([compiler, "-p", str(WEB)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
