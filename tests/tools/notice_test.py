#!/usr/bin/env python3
"""Fails where a library that is linked, loaded or shipped has no entry in NOTICE.

`notice_test.py SOURCE --binary FILE...` looks at what the binaries need and what the build files find by name;
`notice_test.py SOURCE --folder LIB` at the files of a bundle. It first takes each entry away in turn and sees
that this is noticed, so that a test which cannot fail does not pass.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

IGNORED = {"Git", "PkgConfig", "Python3"}  # programs that the build runs; nothing of them goes into the result


def entries(notice):
    """{title: {"linked": set, "shipped": set, "cmake": set}}"""
    result, title = {}, None
    for line in notice.splitlines():
        field = re.match(r"    (linked|shipped|cmake): (.*)", line)
        if field and title:
            result.setdefault(title, {})[field[1]] = set(field[2].split())
        elif re.match(r"\S.* {2,}\S", line):
            title = line
    return result


def stem(file):
    """libpng16.so.16 -> libpng16; DejaVuSans.ttf -> DejaVuSans"""
    return re.sub(r"\.(so|ttf)(\..*)?$", "", Path(file).name)


def needed(binary):
    text = subprocess.run(["readelf", "-d", binary], check=True, capture_output=True, text=True).stdout
    return {stem(name) for name in re.findall(r"\(NEEDED\).*\[(.*)\]", text)}


def found_by_cmake(source):
    """Names that find_package, pkg_check_modules and find_library look for in the project's build files."""
    names = set()
    for file in [*source.glob("**/CMakeLists.txt"), *source.glob("**/*.cmake")]:
        parts = file.relative_to(source).parts
        if {"build", "dist"} & set(parts) or any(part.startswith(".") for part in parts):  # .venv has packages' own
            continue
        for call, name in re.findall(r"\b(find_package|pkg_check_modules|find_library)\(\s*(\w+)", file.read_text()):
            names.add(name)
    return names - IGNORED


def lacking(known, libraries, packages):
    files = set().union(*[fields.get(kind, set()) for fields in known.values() for kind in ("linked", "shipped")])
    cmake = set().union(*[fields.get("cmake", set()) for fields in known.values()])
    return sorted((libraries - files) | (packages - cmake))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("--binary", nargs="*", default=[])
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()

    known = entries((arguments.source / "NOTICE").read_text())
    packages = found_by_cmake(arguments.source)
    libraries = set().union(*[needed(binary) for binary in arguments.binary])
    libraries -= {stem(binary) for binary in arguments.binary}
    if arguments.folder:
        libraries |= {stem(file) for file in arguments.folder.rglob("*") if re.search(r"\.(so|ttf)", file.name)}
        libraries = {name for name in libraries if not name.startswith("libsluice_")}

    if not packages or (not libraries and (arguments.binary or arguments.folder)):
        sys.exit("notice_test: nothing to compare: the build files or binaries were not read")
    for title in known:
        used = libraries & (known[title].get("linked", set()) | known[title].get("shipped", set()))
        without = {other: fields for other, fields in known.items() if other != title}
        if used and not lacking(without, libraries, packages):
            sys.exit(f"notice_test: taking away the entry of {title.split('  ')[0]} is not noticed")
    missing = lacking(known, libraries, packages)
    if missing:
        sys.exit(f"notice_test: NOTICE has no entry for {', '.join(missing)}")
    print(f"notice_test: {len(libraries)} libraries and {len(packages)} packages, each with its entry")


if __name__ == "__main__":
    main()
