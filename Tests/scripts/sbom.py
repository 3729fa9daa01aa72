"""Looks at what script/sbom writes. Usage: python3 Tests/scripts/sbom.py

It needs Swift and the packages of a build; where there are none it says so and looks at nothing.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def main():
    scratch = next((folder for folder in (".build-checks", ".build") if (ROOT / folder / "checkouts").is_dir()), None)
    if scratch is None or not shutil.which("git"):
        print("Skipped the bill of materials: nothing was built here.")
        return
    command = [ROOT / "script/sbom", "--scratch-path", scratch]
    program = ROOT / scratch / "release/kindred"
    made = subprocess.run(command + ([program] if program.exists() else []), capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    bill = json.loads(made.stdout)

    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bill["metadata"]["timestamp"])
    assert bill["metadata"]["component"]["name"] == "kindred"
    components = [bill["metadata"]["component"], *bill["components"]]
    for component in components:
        assert component["type"] in ("application", "library") and component["name"], component
        assert component["purl"] == component["bom-ref"] and component["purl"].startswith("pkg:"), component
        assert component["version"] or component["purl"].startswith("pkg:generic/"), component
    references = [component["bom-ref"] for component in components]
    assert len(references) == len(set(references)), "a component comes twice"
    assert references[1:] == sorted(references[1:]), "the order is not fixed"
    for entry in bill["dependencies"]:
        assert {entry["ref"], *entry["dependsOn"]} <= set(references), entry

    for url in re.findall(r'\.package\(url: "https://([^"]+)"', (ROOT / "Package.swift").read_text()):
        found = [c for c in components if c["purl"].startswith(f"pkg:swift/{url}@")]
        assert found and found[0].get("licenses"), f"{url} is missing or has no license"
    for name in ("chart.js", "d3", "swift"):
        assert any(component["name"] == name for component in components), f"{name} is missing"
    for library in ("openblas", "archive", "sqlite"):
        assert any(library in component["name"] for component in components), f"{library} is missing"

    assert str(ROOT) not in made.stdout and not re.search(r'"/|file:|mirror|localhost', made.stdout), "a path or host of this machine is in it"
    again = subprocess.run(command + ([program] if program.exists() else []), capture_output=True, text=True)
    assert again.stdout == made.stdout, "two runs differ"
    print(f"{len(components)} components")


if __name__ == "__main__":
    sys.exit(main())
