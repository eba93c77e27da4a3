#!/usr/bin/env bash
# Measures how long it takes from a line in a log to the attacker's address in the kernel's firewall, for Riposte and its peers.
#   Benchmarks/latency.sh [riposte|f2b|crowdsec]...      (default: all; as root)
# Each peer follows an empty log in a network namespace of its own, as its packages set it up but for what is written below.
# 100 attackers, one every half second, fail as often as it takes; the clock runs from the write of the line that
# completes it to the kernel's own message that the element is in a set (nft monitor). Prints a row per peer.
#   RIPOSTE  the program, default ../.build/release/riposte      TRIALS  how many attackers, default 100
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C TZ=UTC
riposte=$(readlink -m "${RIPOSTE:-$here/../.build/release/riposte}")

# Outside: a network, mount and process namespace for each peer, so that nothing of it is left.
if [ "${1-}" != --inside ]; then
    [ "$(id -u)" -eq 0 ] || { echo 'latency.sh: needs root, for the namespaces' >&2; exit 1; }
    [ $# -gt 0 ] || set -- riposte f2b crowdsec
    printf 'peer\tattackers\tin the kernel\tp50 ms\tp90 ms\tp99 ms\tmax ms\n'
    for peer; do
        work=$(mktemp -d); chmod 755 "$work"
        RIPOSTE=$riposte timeout --kill-after=5 900 unshare --net --mount --propagation private --pid --fork --mount-proc \
            "$BASH" "$0" --inside "$peer" "$work" || { echo "latency.sh: $peer failed; its files are in $work" >&2; continue; }
        rm -rf "$work"
    done
    exit
fi

peer=$2 work=$3
cd "$work"
ip link set lo up
: > auth.log
have() { type -P "$1" > /dev/null || { echo "latency.sh: no $1 (Scripts/bootstrap.sh bench installs it)" >&2; exit 1; }; }
until_ready() { for _ in $(seq 300); do if eval "$1"; then return; fi; sleep 0.1; done; echo "latency.sh: $peer is not ready" >&2; exit 1; }

case $peer in
riposte)
    [ -x "$riposte" ] || { echo 'latency.sh: no riposte (make release, or set RIPOSTE)' >&2; exit 1; }
    failures=5
    cat > riposte.yaml <<CONF
store: $work/riposte.db
sources: [{file: $work/auth.log, format: sshd, timezone: UTC}]
shipped_playbooks: none
enforcers: {firewall: {type: nftables}}
playbooks: {keep_out: {trigger: {detector: brute_force}, actions: [{action: block_ip, duration_minutes: 60}]}}
CONF
    "$riposte" serve --config riposte.yaml > riposte.log 2>&1 &
    until_ready 'grep -q serving riposte.log'
    set=v4_32 ;;
f2b)
    have fail2ban-server
    failures=5
    mkdir -p f2b run; cp -r /etc/fail2ban/. f2b; rm -f f2b/jail.d/*
    cat > f2b/jail.local <<CONF
[sshd]
enabled = true
backend = auto
logpath = $work/auth.log
maxretry = 5
banaction = nftables-allports
banaction_allports = nftables-allports
CONF
    printf '[Definition]\ndbfile = %s\n' "$work/f2b.db" > f2b/fail2ban.local
    fail2ban-server -c "$work/f2b" -s "$work/run/f2b.sock" -p "$work/run/f2b.pid" --logtarget "$work/f2b.log" -f start > f2b.out 2>&1 &
    until_ready "grep -q \"Jail 'sshd' started\" f2b.log 2> /dev/null"
    set=addr-set-sshd ;;
crowdsec)
    have crowdsec; have crowdsec-firewall-bouncer
    failures=6      # its leaky bucket holds five
    cp -r /etc/crowdsec cs
    mkdir -p cs/data cs/notifications cs/plugins; rm -f cs/config.yaml.local
    cp /usr/share/crowdsec/data/* cs/data/ 2> /dev/null || true
    sed -e "s#@W@#$work#g" -e 's#@KEEP@#5000#' "$here/crowdsec.yaml.in" > cs/config.yaml
    : > cs/online_api_credentials.yaml
    printf 'filenames: [%s]\nlabels: {type: syslog}\n' "$work/auth.log" > cs/acquis.yaml
    cscli -c cs/config.yaml machines add bench --password bench -f "$work/cs/lapi_cred.yaml" --force > /dev/null 2>&1
    sed -i 's#^url:.*#url: http://127.0.0.1:38080#' cs/lapi_cred.yaml
    key=$(cscli -c cs/config.yaml bouncers add bench -o raw)
    crowdsec -c cs/config.yaml > cs.out 2>&1 &
    until_ready "(exec 3<> /dev/tcp/127.0.0.1/38080) 2> /dev/null"
    sed -e 's#${BACKEND}#nftables#' -e "s#\${API_KEY}#$key#" -e 's#127.0.0.1:8080#127.0.0.1:38080#' -e 's#daemonize: true#daemonize: false#' \
        -e "s#log_dir:.*#log_dir: $work#" /etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml > bouncer.yaml
    crowdsec-firewall-bouncer -c bouncer.yaml > bouncer.out 2>&1 &
    until_ready 'nft list set ip crowdsec crowdsec-blacklists > /dev/null 2>&1'
    set=crowdsec-blacklists ;;
*) echo "latency.sh: unknown peer $peer: riposte, f2b or crowdsec" >&2; exit 2 ;;
esac
sleep 2     # what starts has started
"$here/latency.py" --label "$peer" --log auth.log --set "$set" --failures "$failures" --trials "${TRIALS:-100}"
