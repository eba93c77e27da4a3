#!/usr/bin/env bash
# Measures durable runs of three no-op steps a second: Riposte, SQLite alone with the same rows, and DBOS. Prints one table.
#   Benchmarks/runs.sh [FOLDER]      (where the stores are made; default ../.build/bench. Must be on a real disk)
#   DURATION  seconds for each row of Riposte and SQLite, default 5      DBOS_RUNS  runs for each row of DBOS, default 300
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../.build/bench}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
case $(stat -f -c %T "$folder") in tmpfs | ramfs) echo "runs.sh: $folder is in memory, where nothing is synced" >&2; exit 1 ;; esac

swift build -c release --package-path "$here" --product RunsBenchmark >&2
"$here/.build/release/RunsBenchmark" "$folder" "${DURATION:-5}"

# DBOS in an environment of its own, with the settings that it comes with.
python=$folder/dbos/bin/python
[ -x "$python" ] || python3 -m venv "$folder/dbos"
"$python" -c 'import dbos' 2> /dev/null || "$python" -m pip install --quiet --disable-pip-version-check dbos==3.4.0
work=$(mktemp -d "$folder/dbos-XXXXXX")
trap 'rm -rf "$work"' EXIT
for threads in 1 8; do
    "$python" "$here/dbos_runs.py" "${DBOS_RUNS:-300}" $threads "sqlite:///$work/$threads.sqlite" 2> "$work/errors" |
        sed -nE 's|^dbos.* runs=(\S+) threads=(\S+): (\S+) runs/s.*p50 (\S+) ms, p99 (\S+) ms|dbos, no-op steps\t\2\t\1\t\3\t\4\t\5|p' |
        grep . || { echo "runs.sh: DBOS failed:" >&2; cat "$work/errors" >&2; exit 1; }
done
