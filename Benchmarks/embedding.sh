#!/usr/bin/env bash
# Measures a Hummingbird server's requests a second without Riposte and with it, in turns, and prints what they are apart: once for a
# server that answers "hello" and nothing else, once for one with sessions, which greets whoever is signed in.
#   Benchmarks/embedding.sh
#   ROUNDS  default 15      DURATION  seconds of each, default 3      CONNECTIONS  default 64
# The server has core 0 to itself and wrk core 1: on one core together each would wait for the other.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-15} duration=${DURATION:-3} connections=${CONNECTIONS:-64}
ports=(18471 18472 18473 18474 18475 18476)

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
# Through a proxy, which is declared where Riposte is, and with a cookie; the same headers for all.
run() {
    local before
    before=$(spent)
    taskset -c 1 wrk -t 1 -c "$connections" -d "${2}s" -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9' -H 'Cookie: session=cookie-7777' \
        "http://127.0.0.1:$1/" > "$work/out"
    ! grep -q 'Non-2xx' "$work/out" || { cat "$work/out" >&2; exit 1; }
    awk -v ticks=$(($(spent) - before)) '/requests in/ { n = $1 } /^Requests\/sec/ { print $2, ticks * 10000 / n }' "$work/out"
}
for port in "${ports[@]}"; do run "$port" 2 > /dev/null; done  # warm
# Whoever comes first changes with each round.
for round in $(seq "$rounds"); do
    for turn in "${!ports[@]}"; do
        index=$(((round + turn) % ${#ports[@]}))
        run "${ports[$index]}" "$duration" >> "$work/$index"
    done
done
paste -d ' ' "$work"/[0-5] | awk '
    { for (k = 0; k < 6; k++) { rate[k, NR] = $(2 * k + 1); cpu[k, NR] = $(2 * k + 2) } }
    # The value at a share of the ordered values of v[k, 1...NR], each divided by that of v[base, ...] where one is given.
    function at(v, k, base, share,   i, j, t, s) {
        for (i = 1; i <= NR; i++) s[i] = base < 0 ? v[k, i] + 0 : v[k, i] / v[base, i]
        for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) if (s[j] < s[i]) { t = s[i]; s[i] = s[j]; s[j] = t }
        return s[1 + int((NR - 1) * share + 0.5)]
    }
    function ratio(v, k, base) { return sprintf("%.3f (%.3f to %.3f)", at(v, k, base, 0.5), at(v, k, base, 0.25), at(v, k, base, 0.75)) }
    END {
        split("without middlewares,two that do nothing,Riposte in one,with sessions; without Riposte,Riposte in two beside them,Riposte in one with them", names, ",")
        print NR " rounds: median, and of the ratios that of half of the rounds\nserver\trequests/s\tto without\tCPU us a request\tto without"
        for (k = 0; k < 6; k++) {
            base = k < 3 ? 0 : 3
            printf "%s\t%.0f\t%s\t%.2f\t%s\n", names[k + 1], at(rate, k, -1, 0.5), ratio(rate, k, base), at(cpu, k, -1, 0.5), ratio(cpu, k, base)
        }
    }'
