#!/bin/bash
# Fuzzes the log formats with libFuzzer and the address sanitizer:
#   Scripts/fuzz.sh [SECONDS=60] [more libFuzzer options]
# Needs the Swift toolchain alone. A crash is written to .build-fuzz/ and its path printed.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}; shift || true
work=.build-fuzz
mkdir -p "$work/corpus"

# One module of the pure sources and the fuzzer: no package, so that it is built in seconds. StableHash needs a package and
# SourceState the JSON of records, and no format needs them.
mapfile -t sources < <(find Sources/Riposte/Time Sources/Riposte/Events -name '*.swift' ! -name StableHash.swift ! -name SourceState.swift | sort)
swiftc -O -swift-version 6 -sanitize=fuzzer,address -parse-as-library -module-name RiposteFuzz -package-name riposte \
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility \
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature NonisolatedNonsendingByDefault \
    "${sources[@]}" Tests/Fuzz/FormatsFuzzer.swift -o "$work/formats"

# Each seed for each format: two choosing bytes, then the line twice, so that state between lines is reached.
number=0
while IFS= read -r line; do
    for format in 0 1 2; do
        printf '%b%s\n%s\n' "\\x0${format}\\x07" "$line" "$line" > "$work/corpus/seed-$format-$number"
    done
    number=$((number + 1))
done < Tests/Fuzz/seeds.txt

# Without SWIFT_BACKTRACE=enable=no a crash hangs in the backtracer.
SWIFT_BACKTRACE=enable=no "$work/formats" "$work/corpus" -max_total_time="$seconds" -max_len=8192 -timeout=5 \
    -artifact_prefix="$work/" -print_final_stats=1 "$@"
