#!/usr/bin/env bash
# Measures a Hummingbird server's requests a second without and with Riposte's middlewares, in turns, and prints what they are apart.
#   Benchmarks/embedding.sh
#   ROUNDS  default 15      DURATION  seconds of each, default 4      CONNECTIONS  default 64
# The server has core 0 to itself and wrk core 1: on one core together each would wait for the other.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-15} duration=${DURATION:-4} connections=${CONNECTIONS:-64}
plain=18471 secured=18472

swift build -c release --package-path "$here" --product EmbeddingBenchmark >&2
taskset -c 0 "$here/.build/release/EmbeddingBenchmark" $plain $secured &
server=$!
work=$(mktemp -d)
trap 'kill $server 2> /dev/null || true; rm -rf "$work"' EXIT
for port in $plain $secured; do
    for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break; sleep 0.1; done
done

# The server's processor time, in hundredths of a second.
spent() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

# PORT SECONDS: prints requests a second and the server's processor time for each, in microseconds.
# Through a proxy, which is declared for the secured one; the same header for both.
run() {
    local before
    before=$(spent)
    taskset -c 1 wrk -t 1 -c "$connections" -d "${2}s" -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9' "http://127.0.0.1:$1/" > "$work/out"
    ! grep -q 'Non-2xx' "$work/out" || { cat "$work/out" >&2; exit 1; }
    awk -v ticks=$(($(spent) - before)) '/requests in/ { n = $1 } /^Requests\/sec/ { print $2, ticks * 10000 / n }' "$work/out"
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
paste -d ' ' "$work/plain" "$work/secured" | awk '
    { a[NR] = $1; b[NR] = $3; r[NR] = $3 / $1; c[NR] = $2; d[NR] = $4; s[NR] = $4 / $2 }
    function order(v, n,   i, j, t) {
        for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
    }
    function at(v, n, share) { return v[1 + int((n - 1) * share + 0.5)] }
    function row(name, form, x, y, z, n) {
        order(x, n); order(y, n); order(z, n)
        printf "%s\t" form "\t" form "\t%.3f\t%.3f to %.3f\n", name, at(x, n, 0.5), at(y, n, 0.5), at(z, n, 0.5), at(z, n, 0.25), at(z, n, 0.75)
    }
    END {
        printf "%d rounds\twithout\twith\twith/without\thalf of the rounds\n", NR
        row("requests/s", "%.0f", a, b, r, NR)
        row("server CPU us/request", "%.2f", c, d, s, NR)
    }'
