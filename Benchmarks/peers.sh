#!/usr/bin/env bash
# Measures Riposte and its peers on one sshd log, offline, as whole processes.
#   Benchmarks/peers.sh LOG [baseline|grep|riposte|sec|f2b|crowdsec]...      (default: all)
# Prints a row per peer, tab-separated. With LOG.truth.json beside LOG (./gen_auth.py writes it) the last column says how many
# attackers were found; the addresses are left in $FOUND/PEER.found for ./recall.py.
#   RIPOSTE  the program, default ../.build/release/riposte      FOUND    folder for the addresses found, default: not kept
#   TIMEOUT  seconds for each peer, default 900                  KEEP     how many alerts crowdsec keeps, default all
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
log=$(readlink -f "$1"); shift
[ -r "$log" ] || { echo "peers.sh: cannot read the log" >&2; exit 2; }
[ $# -gt 0 ] || set -- baseline grep riposte sec f2b crowdsec
riposte=$(readlink -m "${RIPOSTE:-$here/../.build/release/riposte}")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
found=${FOUND:-$work/found}; mkdir -p "$found"; found=$(readlink -f "$found")
lines=$(wc -l < "$log")       # and the log is in memory for everybody

timed() { /usr/bin/time -o "$work/time" -f '%e %U %S %M' timeout "${TIMEOUT:-900}" "$@"; }
row() { # LABEL DETECTIONS
    local wall user sys memory status=
    if grep -q 'status 124' "$work/time"; then status=' (stopped: timeout)'; fi
    read -r wall user sys memory < <(tail -n 1 "$work/time")
    awk -v label="$1" -v detections="$2$status" -v n="$lines" -v wall="$wall" -v user="$user" -v sys="$sys" -v memory="$memory" 'BEGIN {
        cpu = user + sys
        printf "%s\t%d\t%s\t%s\t%s\t%s\t%.0f\t%.0f\t%s\n", label, n, wall, user, sys, memory, n / (wall > 0 ? wall : 0.01), n / (cpu > 0 ? cpu : 0.01), detections
    }'
}
recall() { # FILE
    if [ -r "$log.truth.json" ]; then "$here/recall.py" "$log.truth.json" "$1" --short; else echo "$(sort -u "$1" | wc -l) addresses"; fi
}
have() { type -P "$1" > /dev/null || { echo "peers.sh: no $1, left out (Scripts/bootstrap.sh bench installs it)" >&2; return 1; }; }

printf 'peer\tlines\twall s\tuser s\tsys s\tpeak KiB\tlines/s\tlines/CPU s\tdetections\n'
for peer; do case $peer in
    baseline)
        timed wc -l "$log" > /dev/null
        row 'wc -l' - ;;
    grep)
        LC_ALL=C timed grep -c 'Failed password' "$log" > "$work/out"
        row 'grep -c' "$(cat "$work/out") lines, no detection" ;;
    riposte)
        [ -x "$riposte" ] || { echo 'peers.sh: no riposte, left out (make release, or set RIPOSTE)' >&2; continue; }
        if ! (cd "$work" && timed "$riposte" replay "$log" --detect-only --format sshd --output ndjson > riposte.ndjson 2> riposte.err); then
            echo 'peers.sh: riposte failed:' >&2; tail -n 5 "$work/riposte.err" >&2; continue
        fi
        python3 -c '
import json, sys
records = (json.loads(line) for line in sys.stdin)
print("\n".join(sorted({a for r in records if r.get("kind") == "anomaly" for a in r.get("targets", {}).get("addresses", [])})))
' < "$work/riposte.ndjson" > "$found/riposte.found"
        row 'riposte' "$(recall "$found/riposte.found")" ;;
    sec)
        have sec || continue
        sed "s#@OUT@#$work/sec.out#" "$here/sec_ssh.conf.in" > "$work/sec.conf"
        : > "$work/sec.out"
        timed sec --conf="$work/sec.conf" --input="$log" --notail --debug=3 > /dev/null 2>&1 || true
        awk '{ print $NF }' "$work/sec.out" | sort -u > "$found/sec.found"
        row 'sec, 8 rules' "$(recall "$found/sec.found") (by arrival time: the whole file is one window)" ;;
    f2b)
        have fail2ban-regex || continue
        timed fail2ban-regex --no-check-all --print-no-missed --print-no-ignored --usedns no -l CRITICAL \
            -d '{^LN-BEG}%b %d %H:%M:%S' "$log" sshd > "$work/out" 2>&1 || true
        row 'fail2ban-regex' "$(grep ^Lines: "$work/out" | sed 's/.*ignored, //'), filter only, no detection" ;;
    crowdsec)
        if ! have crowdsec || ! have sqlite3; then continue; fi
        cp -r /etc/crowdsec "$work/cs"
        mkdir -p "$work/cs/data" "$work/cs/notifications" "$work/cs/plugins"
        rm -f "$work/cs/config.yaml.local"
        cp /usr/share/crowdsec/data/* "$work/cs/data/" 2> /dev/null || true
        # Only what reads sshd. (The enrichment that asks databases of places would slow it down.)
        (cd "$work/cs" && find parsers scenarios collections -type l -o -type f |
            grep -Ev 'syslog-logs|sshd-logs|dateparse-enrich|whitelists|ssh-bf|ssh-slow-bf' | xargs -r rm -f)
        sed -e "s#@W@#$work#g" -e "s#@KEEP@#${KEEP:-10000000}#" "$here/crowdsec.yaml.in" > "$work/cs/config.yaml"
        : > "$work/cs/online_api_credentials.yaml"
        cscli -c "$work/cs/config.yaml" machines add bench --password bench -f "$work/cs/lapi_cred.yaml" --force > /dev/null 2>&1
        sed -i 's#^url:.*#url: http://127.0.0.1:38080#' "$work/cs/lapi_cred.yaml"
        timed crowdsec -c "$work/cs/config.yaml" -dsn "file://$log" -type syslog > "$work/cs.out" 2>&1 || true
        sqlite3 "$work/cs/data/crowdsec.db" 'select distinct value from decisions' | sort > "$found/crowdsec.found"
        row 'crowdsec, 4 ssh scenarios' "$(recall "$found/crowdsec.found")" ;;
    *) echo "peers.sh: unknown peer $peer" >&2; exit 2 ;;
esac; done
