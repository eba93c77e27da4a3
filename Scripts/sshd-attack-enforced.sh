# The recording “enforced” of record-sshd-attack.sh, which sources this inside its namespaces: an sshd, an rsyslogd and a
# machine `outside` for attackers. Tries the real attack without Riposte and with it, and prints what got through.

# Who has no more rights than to change the network's rules: Riposte, by whichever command.
cp "$RIPOSTE" riposte-program
chmod 755 riposte-program
mkdir -m 755 state
chown nobody: state
cat > state/riposte.yaml <<CONF
store: $work/state/riposte.db
sources: [{file: $work/log/traditional, format: sshd, timezone: UTC}]
shipped_playbooks: none
enforcers: {firewall: {type: nftables}}
playbooks:
  keep_out:
    trigger: {detector: brute_force}
    actions: [{action: block_ip, duration_minutes: 60}]
CONF
riposte() {
    local noun=$1
    shift
    setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin \
        --bounding-set=-all,+net_admin --no-new-privs "$work/riposte-program" "$noun" "$@" --config "$work/state/riposte.yaml"
}
serve() {
    : > state/serve.log
    # With more files open than select(2) can wait for.
    (
        ulimit -n 4096
        for descriptor in $(seq 10 1100); do eval "exec $descriptor< /dev/null"; done
        riposte serve > state/serve.log 2>&1
    ) &
    for _ in $(seq 200); do
        daemon=$(pgrep -n -f 'riposte-program serve' || true)
        if [ -n "$daemon" ] && grep -q ' serving' state/serve.log; then return; fi
        sleep 0.1
    done
    echo 'enforced: riposte did not start:' >&2
    cat state/serve.log >&2
    exit 1
}
stop() { # SIGNAL
    kill "-$1" "$daemon"
    for _ in $(seq 200); do kill -0 "$daemon" 2> /dev/null || return 0; sleep 0.05; done
    echo "enforced: riposte is still there after SIG$1" >&2
    exit 1
}

title() { printf '\n== %s\n' "$*"; }
table() { nft list table inet riposte 2>&1 || true; }
# Whether a packet from this address of the other machine reaches sshd: it answers that no key was offered.
reach() { # ADDRESS [PORT]
    local server=198.51.100.50 answer
    case $1 in *:*) server=2001:db8:50::1 ;; esac
    answer=$(timeout 8 ip netns exec outside ssh -F /dev/null -n -p "${2:-22}" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
        -o BatchMode=yes -o PreferredAuthentications=none -o ConnectTimeout=2 -b "$1" "alice@$server" true 2>&1 || true)
    case $answer in
        *'Permission denied'*) echo "$1 reached" ;;
        *'timed out'*) echo "$1 dropped" ;;
        *) echo "$1 unknown: $answer" ;;
    esac
}
all() { for address in 203.0.113.8 203.0.113.9 2001:db8:bad:8::66 2001:db8:bad:8::77 2001:db8:bad:9::66; do reach "$address"; done; }
# The 200th password is the right one.
{ seq 100001 100199; echo "${password[alice]}"; } > guesses
guess() { # SERVER [-6]
    local folder
    folder=$(mktemp -d -p "$work")
    (cd "$folder" && timeout --kill-after=5 "$3" ip netns exec outside hydra ${2:+"$2"} -q -I -t 16 -l alice -P "$work/guesses" "ssh://$1" > hydra.out 2>&1) || true
    if grep -q 'login: alice' "$folder/hydra.out"; then echo 'hydra: found the password'; else echo 'hydra: did not find it'; fi
}
wrong() { grep -c "Failed password for alice from $1" log/traditional || true; }

outside_network

title 'Without Riposte'
guess 198.51.100.50 '' 120
echo "$(wrong 203.0.113.8) wrong guesses reached sshd"
all
table

title 'With Riposte'
# Old lines are not answered: it starts at the log's end.
serve
echo "it has more than 1024 files open: $([ "$(ls "/proc/$daemon/fd" | wc -l)" -gt 1024 ] && echo yes || echo no)"
echo "it runs as $(stat -c %U "/proc/$daemon") with $(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$daemon/status")"
before=$(wrong 203.0.113.8)
guess 198.51.100.50 '' 20
guess '[2001:db8:50::1]' -6 20
echo "$(($(wrong 203.0.113.8) - before)) of 199 wrong guesses reached sshd by IPv4, $(wrong 2001:db8:bad:8::66) by IPv6"
# The attackers' machine still holds guesses that were on their way when the rules came. It would send them again as soon as
# a ban ends, to an sshd that waits for them for LoginGraceTime: an attack of its own, at a moment that nobody chose.
begun='^sshd[^/]*\[(priv|net|accepted)\]'
for _ in $(seq 100); do pkill -KILL -f "$begun" || break; sleep 0.05; done
echo "connections that sshd still waits on: $(pgrep -fc "$begun" || true)"

title 'During the attack'
all
table
riposte enforcer list

title 'After kill -9'
# What the attackers send meanwhile is counted before and behind Riposte's rules, and every change of the rules is noted.
handles() { nft -a list table inet riposte | sed 's/ expires [^ ,}]*//g' | md5sum; }
count() { nft list counter inet watcher "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'; }
mark() { # NAME, until the monitor has noted it
    for _ in $(seq 100); do
        nft add table inet "$1"
        nft delete table inet "$1"
        grep -q "delete table inet $1" changes && return
        sleep 0.05
    done
    echo 'enforced: nft monitor notes nothing' >&2
    exit 1
}
nft -f - <<'CONF'
table inet watcher {
    counter arrived { }
    counter passed { }
    chain before {
        type filter hook prerouting priority -320;
        ip saddr 203.0.113.8 udp dport 9 counter name arrived
        ip6 saddr 2001:db8:bad:8::66 udp dport 9 counter name arrived
    }
    chain behind {
        type filter hook prerouting priority -300;
        ip saddr 203.0.113.8 udp dport 9 counter name passed
        ip6 saddr 2001:db8:bad:8::66 udp dport 9 counter name passed
    }
}
CONF
mkfifo never
ip netns exec outside bash -c 'exec 3<> never 4> /dev/udp/198.51.100.50/9 6> /dev/udp/2001:db8:50::1/9
    while :; do printf x >&4; printf x >&6; read -rt 0.002 -u 3; done' 2> /dev/null &
stream=$!
nft monitor > changes &
monitor=$!
mark begin
rules=$(handles)
arrived=$(count arrived)
stop KILL
reach 203.0.113.8
serve
reach 203.0.113.8
[ "$(handles)" = "$rules" ] && echo 'the same rules stand' || echo 'the rules have changed'
mark end
echo "packets of the attackers from before the kill until after the restart: $(($(count arrived) - arrived)) came, $(count passed) got through"
echo "changes of the table meanwhile: $(grep -c riposte changes || true)"
# Something in the table that is not Riposte's: the next start makes it anew.
stop KILL
nft add rule inet riposte prerouting counter
arrived=$(count arrived)
serve
[ "$(handles)" = "$rules" ] && echo 'the same rules stand' || echo 'the table was made anew'
mark last
kill "$stream" "$monitor"
echo "packets of the attackers meanwhile: $(($(count arrived) - arrived)) came, $(count passed) got through"
nft delete table inet watcher

title 'After nft flush ruleset'
nft flush ruleset
reach 203.0.113.8
riposte enforcer list || true
# The next change brings all of it back, and so would the next minute.
riposte decision add 192.0.2.200 --duration 10m > /dev/null 2>&1
reach 203.0.113.8
riposte enforcer list
riposte decision remove 192.0.2.200 > /dev/null 2>&1
for _ in $(seq 200); do grep -o 'what was enforced had drifted.*' state/serve.log && break; sleep 0.1; done
sleep 2
echo "said so: $(grep -c 'had drifted' state/serve.log) times"

title 'After incident undo'
riposte incident list
for incident in $(riposte incident list --output ndjson | grep -o '"id":"inc-[^"]*"' | sort -u | cut -d'"' -f4); do
    riposte incident undo "$incident" --reason 'it was a test'
done 2> /dev/null
all
table

title 'A ban that runs out while nobody is there'
riposte decision add 203.0.113.8 --duration 10s --reason 'the expiry experiment' > /dev/null 2>&1
reach 203.0.113.8
stop KILL
sleep 11
serve
reach 203.0.113.8
echo "decisions in force: $(riposte decision list --output ndjson 2> /dev/null | wc -l)"

title 'A network, a ban sent again, a redirected port'
riposte decision add 203.0.113.8/29 --duration 30m > /dev/null 2>&1
reach 203.0.113.8
reach 203.0.113.9
riposte decision add 203.0.113.8 --duration 5s > /dev/null 2>&1
riposte decision add 203.0.113.8 --duration 10m > /dev/null 2>&1
riposte decision remove 203.0.113.8/29 > /dev/null 2>&1
# Another machine behind this one, as containers are, and a table of somebody else that leads port 2222 there.
ip netns add container
ip link add bridge type veth peer name eth0 netns container
ip address add 10.99.0.1/24 dev bridge
ip link set bridge up
ip -n container address add 10.99.0.2/24 dev eth0
ip -n container link set eth0 up
ip -n container route add default via 10.99.0.1
echo 1 > /proc/sys/net/ipv4/ip_forward
ip netns exec container "$(type -P sshd)" -D -f "$work/sshd_config" -o PidFile=none &
nft add table ip elsewhere
nft add chain ip elsewhere ports '{ type nat hook prerouting priority dstnat; }'
nft add rule ip elsewhere ports tcp dport 2222 dnat to 10.99.0.2:22
elsewhere=$(nft -a list table ip elsewhere)
sleep 6
reach 203.0.113.8
reach 203.0.113.8 2222
reach 203.0.113.9 2222

title 'After stop and remove'
stop TERM
reach 203.0.113.8
riposte enforcer remove firewall
reach 203.0.113.8
reach 203.0.113.8 2222
echo "tables: $(nft list tables)"
[ "$(nft -a list table ip elsewhere)" = "$elsewhere" ] && echo 'the other table is as it was' || echo 'the other table has changed'
