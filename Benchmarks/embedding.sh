#!/usr/bin/env bash
# Measures a Hummingbird server's requests a second without and with Riposte's middlewares, in turns, and prints the medians.
#   Benchmarks/embedding.sh
#   ROUNDS  default 7      DURATION  seconds of each, default 8      CONNECTIONS  default 64
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-7} duration=${DURATION:-8} connections=${CONNECTIONS:-64}
plain=18471 secured=18472

swift build -c release --package-path "$here" --product EmbeddingBenchmark >&2
"$here/.build/release/EmbeddingBenchmark" $plain $secured &
server=$!
work=$(mktemp -d)
trap 'kill $server 2> /dev/null || true; rm -rf "$work"' EXIT
for port in $plain $secured; do
    for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break; sleep 0.1; done
done

# Through a proxy, which is declared for the secured one; the same header for both.
run() {
    wrk -t 1 -c "$connections" -d "${2}s" --latency -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9' "http://127.0.0.1:$1/" > "$work/out"
    ! grep -q 'Non-2xx' "$work/out" || { cat "$work/out" >&2; exit 1; }
    sed -nE 's/^Requests\/sec: +([0-9.]+)/\1/p' "$work/out"
}
run $plain 2 > /dev/null; run $secured 2 > /dev/null  # warm
# Whoever comes first changes with each round.
for round in $(seq "$rounds"); do
    if ((round % 2)); then
        run $plain "$duration" >> "$work/plain"; run $secured "$duration" >> "$work/secured"
    else
        run $secured "$duration" >> "$work/secured"; run $plain "$duration" >> "$work/plain"
    fi
done
paste "$work/plain" "$work/secured" | awk '
    { p[NR] = $1; s[NR] = $2; r[NR] = $2 / $1 }
    function median(a, n,   i, j, t) {
        for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (a[j] < a[i]) { t = a[i]; a[i] = a[j]; a[j] = t }
        return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
    }
    END { printf "without\twith\twith/without (median of rounds)\n%.0f\t%.0f\t%.3f\n", median(p, NR), median(s, NR), median(r, NR) }'
