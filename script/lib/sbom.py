"""Makes a software bill of materials, CycloneDX 1.5, for script/sbom, which says what is in it.

    sbom.py GRAPH <LIBRARIES

GRAPH is what `swift package show-dependencies --format json` prints. LIBRARIES has a line for each library that the program
loads: its name and its file.
"""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from pathlib import Path

# What the dashboard brings, and how its first lines name their version.
SCRIPTS = {"chart.min.js": ("chart.js", r"Chart\.js v([\d.]+)", "MIT"), "d3.min.js": ("d3", r"d3js\.org v([\d.]+)", "BSD-3-Clause")}
# Texts by which a license is known.
LICENSES = (
    ("Runtime Library Exception", "Apache-2.0 WITH Swift-exception"), ("Apache License", "Apache-2.0"),
    ("Permission is hereby granted, free of charge", "MIT"), ("MIT License", "MIT"),
)


def license_of(folder):
    for file in sorted(Path(folder).glob("LICENSE*")):
        text = file.read_text(errors="replace")
        for sign, name in LICENSES:
            if sign in text:
                return [{"expression": name}]
    return []


def component(kind, name, version, purl, licenses=()):
    made = {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return made | ({"licenses": list(licenses)} if licenses else {})


def swift_packages(graph):
    """The packages of a dependency graph by their purl, and what each depends on."""
    components, depends = {}, {}

    def visit(node):
        url = re.sub(r"^https://|\.git$", "", node["url"])
        purl = f"pkg:swift/{url}@{node['version']}"
        components[purl] = component("library", node["name"], node["version"], purl, license_of(node["path"]))
        depends.setdefault(purl, set()).update(visit(child) for child in node["dependencies"])
        return purl

    return {visit(child) for child in graph["dependencies"]}, components, depends


def output(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def debian_package(file):
    """Name and version of the Debian package that a file belongs to; None on other systems."""
    try:
        owners = output("dpkg-query", "--search", f"*/{Path(file).resolve().name}")
    except FileNotFoundError:
        return None
    for line in owners.splitlines():
        names, _, path = line.rpartition(": ")
        if os.path.exists(path) and os.path.samefile(path, file):
            name = names.split(",")[0].split(":")[0]
            return name, output("dpkg-query", "--show", "--showformat=${Version}", name)
    return None


def system_library(name, file, version):
    package = debian_package(file) if file and os.path.exists(file) else None
    if package:
        return component("library", package[0], package[1], f"pkg:deb/debian/{package[0]}@{package[1]}")
    return component("library", name, version, f"pkg:generic/{name}@{version}" if version else f"pkg:generic/{name}")


def named_libraries(manifest):
    """The libraries that the manifest finds by pkg-config, and SQLite, which GRDB finds by itself."""
    for name in [*re.findall(r'pkgConfig: "([^"]+)"', manifest), "sqlite3"]:
        version, folder = output("pkg-config", "--modversion", name), output("pkg-config", "--variable=libdir", name)
        linked = re.search(r"(?:^| )-l(\S+)", output("pkg-config", "--libs", name))
        yield system_library(name, linked and f"{folder}/lib{linked[1]}.so", version)


def loaded_libraries(lines):
    """Those of packages of the system; Swift's own and those that were linked anew are named elsewhere."""
    for line in lines:
        name, _, file = line.strip().partition(" ")
        if file and debian_package(file):
            yield system_library(name, file, "")


def scripts():
    folder = Path("Sources/Serving/Service/Resources/Libraries")
    for file, (name, version, license) in SCRIPTS.items():
        found = re.search(version, (folder / file).read_text(errors="replace")[:1000])
        if not found:
            sys.exit(f"script/sbom: {folder / file} does not name its version in its first lines; look into script/lib/sbom.py")
        yield component("library", name, found[1], f"pkg:npm/{name}@{found[1]}", [{"license": {"id": license}}])


def bill(graph, lines):
    version = re.search(r'kindred = "([^"]+)"', Path("Sources/Files/FileOutput/Version.swift").read_text())[1]
    program = component("application", "kindred", version, f"pkg:generic/kindred@{version}", [{"license": {"id": "MIT"}}])
    direct, components, depends = swift_packages(graph)
    swift = os.environ["KINDRED_SWIFT"]
    others = [*named_libraries(Path("Package.swift").read_text()), *loaded_libraries(lines), *scripts(), component(
        "library", "swift", swift, f"pkg:generic/swift@{swift}", [{"expression": "Apache-2.0 WITH Swift-exception"}])]
    components |= {other["bom-ref"]: other for other in others}
    depends[program["bom-ref"]] = direct | {other["bom-ref"] for other in others}
    made = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ["KINDRED_COMMIT_TIME"]))),
            "component": program,
        },
        "components": [components[purl] for purl in sorted(components)],
        "dependencies": [{"ref": purl, "dependsOn": sorted(depends[purl])} for purl in sorted(depends)],
    }
    # The same content has the same number.
    return made | {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(made, sort_keys=True))}"}


if __name__ == "__main__":
    print(json.dumps(bill(json.loads(Path(sys.argv[1]).read_text()), sys.stdin), indent=2, sort_keys=True, ensure_ascii=False))
