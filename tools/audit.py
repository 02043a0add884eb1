"""What the installed packages bring along: known vulnerabilities (pip-audit) and licences; and a bill of materials.

make audit                          both lists; fails at a vulnerability, and where nobody could be asked
python tools/audit.py --sbom FILE   CycloneDX, as JSON: every package of this environment, with versions and licences
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python|MPL|Zlib|HPND|Unlicense|CC0|0BSD|Boost|LGPL|Historical|Public Domain", re.I
)
"""What a program under MIT may be given away with; the others are for a person to look at."""


def requirements(name: str = "umap-tour") -> list[Distribution]:
    """A package's installed requirements, theirs and so on, those of extras too."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        key = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if key in found:
            continue
        try:
            found[key] = distribution(key)
        except PackageNotFoundError:  # of an extra, or of another system
            continue
        waiting += [re.match(r"[\w.-]+", line)[0] for line in found[key].requires or ()]  # type: ignore[index]
    return [found[key] for key in sorted(found)]


def licence(package: Distribution) -> str:
    """A package's licence in few words, as it says itself; empty where it does not."""
    about = package.metadata
    classified = [line.rpartition("::")[2].strip() for line in about.get_all("Classifier", []) if "License ::" in line]
    said = about.get("License-Expression") or ", ".join(filter(lambda each: each != "OSI Approved", classified))
    return said or (about.get("License") or "").strip().split("\n")[0][:60]


def vulnerabilities() -> tuple[list[str], int, str]:
    """A line for each known one; how many packages were asked about; and why others were not, if any."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json", "--skip-editable"]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        lines = done.stderr.strip().splitlines()
        return [], 0, lines[-1] if lines else "pip-audit said nothing"
    lines = [
        f"{each['name']} {each['version']}: {vulnerability['id']}, mended in {', '.join(vulnerability['fix_versions'])}"
        for each in packages
        for vulnerability in each.get("vulns", ())
    ]
    skipped = [each["skip_reason"] for each in packages if "skip_reason" in each]
    why = f"{len(skipped)} of {len(packages)} were not: {skipped[0]}" if skipped else ""
    return lines, len(packages) - len(skipped), why


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sbom", metavar="FILE", type=Path)
    if file := options.parse_args().sbom:
        command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml"),
                   "--output-reproducible", "--of", "JSON", "-o", str(file)]  # fmt: skip
        return subprocess.run(command).returncode
    packages = requirements()
    print(f"Licences of {len(packages)} packages")
    for each in packages:
        said = licence(each)
        print(
            f"  {each.name:32} {each.version:14} {said or 'says none':48} {'' if FREE.search(said) else '(look at it)'}"
        )
    for said, count in Counter(map(licence, packages)).most_common(5):
        print(f"  {count:4} {said}")
    lines, asked, why = vulnerabilities()
    if asked:
        print(f"Known vulnerabilities of {asked} packages: {len(lines) or 'none'}")
    print(*(f"  {line}" for line in lines), sep="\n", end="\n" if lines else "")
    if why:
        print(f"audit: {why}", file=sys.stderr)
    if not asked:
        print("audit: nobody could be asked about vulnerabilities; with a network, run it again", file=sys.stderr)
    return bool(lines) or not asked


if __name__ == "__main__":
    sys.exit(main())
