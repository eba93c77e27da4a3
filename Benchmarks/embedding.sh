#!/usr/bin/env bash
# Measures a Hummingbird server's requests a second without middlewares, with two that do nothing, and with Riposte's two, in turns, and prints
# what they are apart.
#   Benchmarks/embedding.sh
#   ROUNDS  default 15      DURATION  seconds of each, default 3      CONNECTIONS  default 64
# The server has core 0 to itself and wrk core 1: on one core together each would wait for the other.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-15} duration=${DURATION:-3} connections=${CONNECTIONS:-64}
ports=(18471 18472 18473)

swift build -c release --package-path "$here" --product EmbeddingBenchmark >&2
taskset -c 0 "$here/.build/release/EmbeddingBenchmark" "${ports[@]}" &
server=$!
work=$(mktemp -d)
trap 'kill $server 2> /dev/null || true; rm -rf "$work"' EXIT
for port in "${ports[@]}"; do
    for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break; sleep 0.1; done
done

# The server's processor time, in hundredths of a second.
spent() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

# PORT SECONDS: prints requests a second and the server's processor time for each, in microseconds.
# Through a proxy, which is declared for the last of them; the same header for all.
run() {
    local before
    before=$(spent)
    taskset -c 1 wrk -t 1 -c "$connections" -d "${2}s" -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9' "http://127.0.0.1:$1/" > "$work/out"
    ! grep -q 'Non-2xx' "$work/out" || { cat "$work/out" >&2; exit 1; }
    awk -v ticks=$(($(spent) - before)) '/requests in/ { n = $1 } /^Requests\/sec/ { print $2, ticks * 10000 / n }' "$work/out"
}
for port in "${ports[@]}"; do run "$port" 2 > /dev/null; done  # warm
# Whoever comes first changes with each round.
for round in $(seq "$rounds"); do
    for turn in 0 1 2; do
        index=$(((round + turn) % 3))
        run "${ports[$index]}" "$duration" >> "$work/$index"
    done
done
paste -d ' ' "$work/0" "$work/1" "$work/2" | awk '
    { for (k = 0; k < 3; k++) { rate[k, NR] = $(2 * k + 1); cpu[k, NR] = $(2 * k + 2) } }
    # The value at a share of the ordered values of v[k, 1...NR], each divided by that of d[0, ...] where asked.
    function at(v, k, divided, share,   i, j, t, s) {
        for (i = 1; i <= NR; i++) s[i] = divided ? v[k, i] / v[0, i] : v[k, i] + 0
        for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) if (s[j] < s[i]) { t = s[i]; s[i] = s[j]; s[j] = t }
        return s[1 + int((NR - 1) * share + 0.5)]
    }
    function ratio(v, k) { return sprintf("%.3f (%.3f to %.3f)", at(v, k, 1, 0.5), at(v, k, 1, 0.25), at(v, k, 1, 0.75)) }
    END {
        split("without middlewares,two that do nothing,Riposte", names, ",")
        print NR " rounds: median, and of the ratios that of half of the rounds\nserver\trequests/s\tto without\tCPU us a request\tto without"
        for (k = 0; k < 3; k++)
            printf "%s\t%.0f\t%s\t%.2f\t%s\n", names[k + 1], at(rate, k, 0, 0.5), ratio(rate, k), at(cpu, k, 0, 0.5), ratio(cpu, k)
    }'
