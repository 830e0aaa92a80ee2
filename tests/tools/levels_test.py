#!/usr/bin/env python3
"""Objects that hold instructions of newer processors share no function with the rest: every symbol that the linker
could take for another file's lies in their own namespaces. See docs/decisions/0007.

    levels_test.py NM OBJECT... -- OWN_NAMESPACE...
"""
import subprocess
import sys


def shared_symbols(nm, path):
    """Weak functions of an object, demangled."""
    lines = subprocess.run([nm, "-C", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        kind, _, name = line[17:].partition(" ")
        if kind == "W":
            yield name


def main():
    nm, rest = sys.argv[1], sys.argv[2:]
    cut = rest.index("--")
    objects, own = [path for path in rest[:cut] if path.endswith(".o")], rest[cut + 1:]
    if not objects:
        sys.exit("no objects were given")
    bad, seen = [], 0
    for path in objects:
        wide = "curves_wide.cpp" in path or "generate_wide.cpp" in path or "layout_wide.cpp" in path or "spectrum_wide.cpp" in path or "amx.cpp" in path and "products_amx" not in path
        if not wide:
            continue
        seen += 1
        bad += [f"{path}: {name}" for name in shared_symbols(nm, path) if not any(space in name for space in own)]
    if seen != 5:
        sys.exit(f"expected curves_wide.cpp, generate_wide.cpp, layout_wide.cpp, spectrum_wide.cpp and amx.cpp among the objects, found {seen} of them")
    if bad:
        sys.exit("functions that other processors could get:\n" + "\n".join(bad))
    print(f"{seen} objects share no function with others")


if __name__ == "__main__":
    main()
