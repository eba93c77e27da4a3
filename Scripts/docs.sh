#!/usr/bin/env bash
# Checks that every public symbol of the documented modules has words, then makes the pages of the catalogues.
#   Scripts/docs.sh        the pages are in .build/docs
# Broken links, and symbols that no landing page lists, are errors.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."
modules='Riposte RiposteHummingbird'
swift=${SWIFT:-swift}
out=.build/docs

docc=$(type -P docc || true)
[ -n "$docc" ] || docc=$(dirname "$(readlink -f "$(type -P "$swift")")")/docc
[ -x "$docc" ] || { echo "docs: no docc found; it is part of the Swift toolchain, beside swift" >&2; exit 1; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Members that the compiler makes up are nobody's to document.
"$swift" package dump-symbol-graph --minimum-access-level public --skip-synthesized-members > "$log" 2>&1 || { cat "$log" >&2; exit 1; }
graphs=$(sed -n 's/^Files written to //p' "$log")

rm -rf "$out"
folders=() archives=()
for module in $modules; do
    mkdir -p "$out/symbols/$module"
    cp "$graphs/$module.symbols.json" "$graphs/$module@"*.symbols.json "$out/symbols/$module/"
    folders+=("$out/symbols/$module" "Sources/$module/$module.docc/$module.md")
done
Scripts/undocumented.py "${folders[@]}"
for module in $modules; do
    # Only what is worth a word is said of parameters, so docc does not ask for the others.
    "$docc" convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$out/symbols/$module" \
        --fallback-display-name "$module" --fallback-bundle-identifier "$module" --fallback-default-module-kind Library \
        --disable-parameters-and-returns-validation --warnings-as-errors --output-path "$out/$module.doccarchive"
    archives+=("$out/$module.doccarchive")
done
"$docc" merge "${archives[@]}" --synthesized-landing-page-name Riposte --synthesized-landing-page-kind Package --output-path "$out/site"
echo "The pages are in $out/site. To read them:"
echo "  python3 -m http.server --bind 127.0.0.1 --directory $out/site 8000    # then http://127.0.0.1:8000/documentation/riposte"
