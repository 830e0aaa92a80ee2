#!/usr/bin/env bash
# `cmake --install` gives a working tree: moved to another folder and run with an empty environment, the command
# finds its backends and does the main job. Arguments: the build folder.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$1" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/moved"
cd "$folder"
command=moved/bin/sluice
alone() { env -i "$@"; }

alone $command --version
listed=$(alone $command devices)
for backend in cpu serial; do
  grep -q "$backend" <<<"$listed" || { echo "install_test: sluice devices does not list $backend: $listed"; exit 1; }
done
alone $command generate matrix --shape 300x200 --seed 7 --device cpu -o X.npy
alone $command cov X.npy -o fast.npy --device cpu --verify 20
alone $command cov X.npy -o plain.npy --device serial --verify 20
[ "$(stat -c %s fast.npy)" = "$(stat -c %s plain.npy)" ]
# By a link from elsewhere, as from /usr/local/bin.
ln -s "$folder/$command" "$folder/linked"
alone ./linked cov X.npy -o again.npy --device cpu
cmp fast.npy again.npy
# Without its backends it says what is missing and where to look.
mv moved/lib away
if alone $command cov X.npy -o none.npy --device cpu 2>said; then
  echo "install_test: a tree without backends computes"
  exit 1
fi
grep -q 'libsluice_cpu.so' said
[ ! -e none.npy ]
echo "install_test: the installed tree works, moved and linked"
