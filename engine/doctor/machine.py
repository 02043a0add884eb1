"""What this machine has, and what to do about what it lacks."""

import importlib.metadata
import importlib.util
import platform
import shutil
import subprocess
import sys

from ..render.display import has_display
from .finding import Finding

APT = "apt install libegl1 libgl1-mesa-dri"


def examine() -> list[Finding]:
    """Everything worth knowing, from the bottom up."""
    return [
        Finding("Python", f"{platform.python_version()} on {platform.platform(terse=True)}"),
        *_driver(),
        _torch(),
        *_cuda_packages(),
        _version("umap-learn", "umap-learn"),
        *_trial_of_umap(),
        *_opengl(),
        _display(),
        _version("film (PyAV)", "av"),
        Finding("disk", f"{shutil.disk_usage('.').free / 2**30:.0f} GiB free here"),
    ]


def _version(what: str, package: str) -> Finding:
    try:
        return Finding(what, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return Finding(what, "not installed", f"pip install {package}")


def _torch() -> Finding:
    if not importlib.util.find_spec("torch"):
        return Finding("torch", "not installed", "make setup")
    from ..pipeline.device import describe, machine

    if machine().device.type == "cpu" and _has_driver():
        remedy = "make setup TORCH_INDEX=URL, with the address of PyTorch's index for your CUDA"
        return Finding("torch", f"{describe()}, beside an NVIDIA driver", remedy, needed=False)
    return Finding("torch", describe())


def _has_driver() -> bool:
    return shutil.which("nvidia-smi") is not None


def _driver() -> list[Finding]:
    """The NVIDIA driver, where there is one, and what its cards have free: other programs may hold the rest."""
    if not _has_driver():
        return []
    query = ["nvidia-smi", "--query-gpu=driver_version,name,memory.free", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
        cards = [line.split(", ") for line in done.stdout.splitlines()]
        free = "; ".join(f"{name}, {memory} free" for _, name, memory in cards)
        return [Finding("NVIDIA driver", f"{cards[0][0]}; {free}")]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        remedy = "run nvidia-smi and see what it says; after an update of the driver the machine is started anew"
        return [Finding("NVIDIA driver", f"nvidia-smi does not say ({type(error).__name__})", remedy, needed=False)]


def _cuda_packages() -> list[Finding]:
    packages = {"cuML": ("cuml-cu13", "cuml-cu12", "cuml"), "CuPy": ("cupy-cuda13x", "cupy-cuda12x", "cupy")}
    findings = []
    for what, names in packages.items():
        found = [name for name in names if _installed(name)]
        if found:
            findings.append(Finding(what, f"{found[0]} {importlib.metadata.version(found[0])}"))
        elif _has_driver():
            remedy = "pip install -e '.[cuda13]' (driver 580 or newer), else '.[cuda12]'"
            findings.append(Finding(what, "not installed", remedy, needed=False))
        else:
            findings.append(Finding(what, "not installed, and of no use without an NVIDIA GPU"))
    return findings


def _trial_of_umap() -> list[Finding]:
    """Whether cuML does what it is there for: a broken one imports, and shows at the first layer of a build."""
    from ..pipeline.device import machine

    here = machine()
    if not here.cuml:
        return []
    from ..pipeline.embedding import try_out

    try:
        with here.current():
            try_out(here)
    except Exception as error:  # whatever a broken library raises
        said = str(error).splitlines()[0][:160] if str(error) else ""
        remedy = "install cuML and CuPy anew, of one CUDA and the driver's; --device cpu goes without"
        return [Finding("UMAP on the GPU", f"{type(error).__name__}: {said}", remedy)]
    return [Finding("UMAP on the GPU", "200 points embedded")]


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _opengl() -> list[Finding]:
    try:
        from ..render.egl import why_software
        from ..render.offscreen import NoOpenGLError, current, describe, devices
    except ImportError as error:  # a library of the system that vispy looks for, such as fontconfig
        return [Finding("OpenGL", f"vispy cannot be used: {error}", "on Debian: apt install libfontconfig1")]
    try:
        with current():
            driver = describe()
    except NoOpenGLError as error:
        remedy = f"on Debian: {APT}" if sys.platform == "linux" else "log in at the screen, and update the driver"
        return [Finding("OpenGL", str(error).split(";")[0], remedy)]
    note = " (software: everything works, large tours are slow)" if driver.software else ""
    findings = [
        Finding("OpenGL", driver.version),
        Finding("renderer", f"{driver.renderer}, {driver.vendor}{note}", why_software() if note else "", needed=False),
        Finding("largest texture", f"{driver.max_texture} px; largest point {driver.max_point:.0f} px"),
    ]
    listed = devices()
    for display, each in listed if len(listed) > 1 else []:
        name = each if isinstance(each, str) else each.renderer
        findings.append(Finding(f"GPU {display.device}", f"{name}; `umap-tour render --gpu {display.device}`"))
    return findings


def _display() -> Finding:
    if has_display():
        return Finding("display", "there, so `umap-tour view` opens a window")
    return Finding("display", "none", "`umap-tour render` needs none; for a window, log in at a desktop", needed=False)
