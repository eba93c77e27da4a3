#!/usr/bin/env bash
# Records real logs of a real sshd: hydra attacks it while people log in.
#   Scripts/record-sshd-attack.sh [demo] [fixtures] [watched] [enforced]      (default: the first two; as root; under 5 minutes)
#     demo      Examples/demo/auth.log
#     fixtures  Tests/Fixtures/sshd/{rfc3164,rfc5424,iso,repeated}.log, all from one run
#     watched   records nothing: $RIPOSTE follows the log while it is attacked, and its decisions and incidents are printed
#     enforced  records nothing: $RIPOSTE also tells the kernel's firewall, and what still gets through is printed
# Everything happens in namespaces of its own (mount, network, process, host name): a copy of /etc with accounts made up
# here, an sshd with new host keys, a network without an exit, a /dev/log with an rsyslogd. Nothing on the host changes and
# nothing is left running. No line of a log is written by hand.
set -euo pipefail
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C TZ=UTC

# Outside: make the namespaces, run each recording in them, take the logs.
if [ "${1-}" != --inside ]; then
    cd "$(dirname "$0")/.."
    [ "$(id -u)" -eq 0 ] || { echo 'record: needs root, for the namespaces' >&2; exit 1; }
    tools='sshd ssh hydra rsyslogd ip unshare'
    case " $* " in ' watched ' | ' enforced ') ;; *) tools="$tools cron sudo" ;; esac
    case " $* " in *' enforced '*) tools="$tools nft setpriv" ;; esac
    for tool in $tools; do
        type -P "$tool" > /dev/null || { echo "record: no $tool; Scripts/bootstrap.sh record installs it" >&2; exit 1; }
    done
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    chmod 755 "$work"
    [ $# -gt 0 ] || set -- demo fixtures
    for recording; do
        case $recording in demo | fixtures | watched | enforced) ;; *) echo "record: unknown recording '$recording'" >&2; exit 2 ;; esac
        mkdir "$work/$recording"
        timeout --kill-after=5 280 unshare --mount --propagation private --net --uts --ipc --pid --fork --mount-proc \
            "$BASH" "$0" --inside "$recording" "$work/$recording"
        case $recording in
            demo) install -D -m 644 "$work/demo/log/traditional" Examples/demo/auth.log ;;
            fixtures)
                install -D -m 644 "$work/fixtures/log/traditional" Tests/Fixtures/sshd/rfc3164.log
                for name in rfc5424 iso repeated; do
                    install -D -m 644 "$work/fixtures/log/$name" "Tests/Fixtures/sshd/$name.log"
                done ;;
        esac
    done
    exit
fi

# Inside. $work is a folder of the host, for the logs; all else is ours alone.
here=$(cd "$(dirname "$0")" && pwd)
recording=$2
work=$3
hostname web01
cd "$work"
mkdir -p dev etc home root run var log log/system

# Devices: the host's own nodes, but a /dev of our own, because /dev/log must not be the host's.
mount -t tmpfs -o mode=755 none dev
for node in null zero full random urandom tty; do touch "dev/$node"; mount --bind "/dev/$node" "dev/$node"; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620 none dev/pts
mount -t tmpfs none dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount --rbind dev /dev

# Accounts, PAM and settings: a copy of /etc, with Debian's base accounts instead of the host's.
cp -a /etc/. etc
mount --bind etc /etc
mount -t tmpfs -o mode=755 none /run
mount --bind home /home
mount --bind log/system /var/log
mount -t tmpfs -o mode=755 none /var/spool
touch /run/utmp /var/log/wtmp /var/log/lastlog
mkdir -p /run/sshd /run/lock /var/spool/rsyslog /var/spool/cron/crontabs
rm -rf /etc/ssh /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/sudoers.d /etc/shadow* /etc/gshadow* /etc/passwd- /etc/group- /etc/subuid* /etc/subgid* /etc/nologin
mkdir -p /etc/ssh /etc/cron.d
cp /usr/share/base-passwd/passwd.master /etc/passwd
cp /usr/share/base-passwd/group.master /etc/group
pwconv; grpconv
printf '127.0.0.1 localhost\n198.51.100.10 web01\n' > /etc/hosts
printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n' > /etc/nsswitch.conf
# PAM as Debian sets it up, without what a host may have added.
printf 'auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\nauth required pam_permit.so\n' > /etc/pam.d/common-auth
printf 'account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount required pam_permit.so\n' > /etc/pam.d/common-account
printf 'session required pam_permit.so\nsession required pam_unix.so\n' | tee /etc/pam.d/common-session > /etc/pam.d/common-session-noninteractive

groupadd --system --gid 190 sudo 2> /dev/null || true
useradd --system --home-dir /run/sshd --shell /usr/sbin/nologin sshd
declare -A password=([alice]=Herring-Ladder-41 [bob]=Copper-Violin-17 [carol]=Winter-Plum-88 [dave]=Quiet-Harbour-23 [erin]=Juniper2024 [frank]=Old-Kettle-5)
for user in alice bob carol dave erin frank deploy; do
    useradd --create-home --shell /bin/sh "$user"
    [ -z "${password[$user]-}" ] || echo "$user:${password[$user]}" | chpasswd --crypt-method SHA512 --sha-rounds 5000
done
echo 'root:Not-To-Be-Guessed-9' | chpasswd --crypt-method SHA512 --sha-rounds 5000
useradd --no-create-home --shell /bin/sh mallory
echo 'mallory:Mallory-1' | chpasswd --crypt-method SHA512 --sha-rounds 5000
chage --expiredate 2020-01-01 frank
printf 'Defaults env_reset\nroot ALL=(ALL:ALL) ALL\nbob ALL=(ALL) NOPASSWD: /usr/bin/id, /bin/ls\n' > /etc/sudoers
chmod 440 /etc/sudoers
echo 'Set disable_coredump false' > /etc/sudo.conf
for user in alice bob dave deploy; do
    ssh-keygen -q -t ed25519 -N '' -C "$user" -f "root/$user"
    mkdir -m 700 "/home/$user/.ssh"
    cp "root/$user.pub" "/home/$user/.ssh/authorized_keys"
    chown -R "$user:" "/home/$user/.ssh"
done

# Addresses, all on this machine. A person's ssh chooses its own address. hydra cannot, so the server has a door for each
# attacker, an address of its own: what goes there comes from that attacker.
ip link set lo up
for address in 198.51.100.10 198.51.100.20 198.51.100.23 198.51.100.30 192.0.2.10; do ip address add "$address" dev lo; done
for address in 2001:db8:20::5 2001:db8:10::10; do ip address add "$address" dev lo nodad; done
declare -A door=()
for attacker in 203.0.113.7 203.0.113.99 192.0.2.44; do
    door[$attacker]=198.51.100.$((110 + ${#door[@]}))
    ip address add "$attacker" dev lo
    ip address add "${door[$attacker]}" dev lo
    ip route replace local "${door[$attacker]}" dev lo proto kernel scope host src "$attacker" table local
done
for attacker in 2001:db8:bad:7::66 2001:db8:bad:7::a1f3 2001:db8:bad:7:4c1d::9; do
    door[$attacker]=2001:db8:10::$((110 + ${#door[@]}))
    ip address add "$attacker" dev lo nodad
    ip address add "${door[$attacker]}" dev lo nodad
    ip -6 route add local "${door[$attacker]}" dev lo src "$attacker" table local
    ip -6 route delete local "${door[$attacker]}" dev lo metric 0 table local
done

# One rsyslogd writes every line in three forms. What it repeats to a second one loses its repetitions, as on systems that
# set $RepeatedMsgReduction.
cat > rsyslog.conf <<CONF
module(load="imuxsock" SysSock.RateLimit.Interval="0")
global(workDirectory="/var/spool/rsyslog")
auth,authpriv.* action(type="omfile" file="$work/log/traditional" template="RSYSLOG_TraditionalFileFormat")
auth,authpriv.* action(type="omfile" file="$work/log/iso" template="RSYSLOG_FileFormat")
auth,authpriv.* action(type="omfile" file="$work/log/rfc5424" template="RSYSLOG_SyslogProtocol23Format")
auth,authpriv.* action(type="omfwd" target="127.0.0.1" port="5514" protocol="udp")
CONF
cat > rsyslog-repeated.conf <<CONF
\$RepeatedMsgReduction on
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="5514")
*.* action(type="omfile" file="$work/log/repeated" template="RSYSLOG_TraditionalFileFormat")
CONF
rsyslogd -n -f "$work/rsyslog-repeated.conf" -i /run/rsyslogd-repeated.pid &
for _ in $(seq 100); do ss -Hlun 'sport = 5514' | grep -q . && break; sleep 0.1; done
rsyslogd -n -f "$work/rsyslog.conf" -i /run/rsyslogd.pid &
for _ in $(seq 100); do [ -S /dev/log ] && break; sleep 0.1; done

ssh-keygen -q -A
cat > sshd_config <<'CONF'
# Debian's settings, and room for attackers that come in crowds.
KbdInteractiveAuthentication no
UsePAM yes
PrintMotd no
DenyUsers mallory
LoginGraceTime 60
MaxStartups 100:30:200
CONF
# hydra waits for half a minute after the server has hung up on it: here it never does.
[ "$recording" != enforced ] || echo 'MaxAuthTries 250' >> sshd_config
# Newer servers make a noisy address wait, which would keep the attack short.
if sshd -G -f sshd_config 2> /dev/null | grep -qi '^persourcepenalties' || sshd -T -f sshd_config 2> /dev/null | grep -qi '^persourcepenalties'; then
    echo 'PerSourcePenalties no' >> sshd_config
fi
"$(type -P sshd)" -D -f "$work/sshd_config" &
for _ in $(seq 100); do ss -Hltn 'sport = 22' | grep -q . && break; sleep 0.1; done
ss -Hltn 'sport = 22' | grep -q . || { echo 'record: sshd did not start' >&2; exit 1; }
say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }

# People. Passwords are typed by a program that ssh asks, one for each prompt.
cat > askpass <<'CONF'
#!/bin/sh
head -n 1 "$PASSWORDS"
sed -i 1d "$PASSWORDS"
CONF
chmod 755 askpass
client=(timeout 60 ssh -F /dev/null -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
by_key() { # USER CLIENT SERVER COMMAND
    local tty=-tt
    [ "$1" != deploy ] || tty=-T
    "${client[@]}" -n $tty -o IdentitiesOnly=yes -i "root/$1" -b "$2" "$1@$3" "$4" > /dev/null 2>&1 || true
}
by_password() { # USER CLIENT SERVER COMMAND PASSWORD...
    local user=$1 address=$2 server=$3 command=$4 passwords
    shift 4
    passwords=$(mktemp -p "$work")
    printf '%s\n' "$@" > "$passwords"
    PASSWORDS=$passwords SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force \
        "${client[@]}" -n -tt -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=$# -b "$address" -l "$user" "$server" "$command" > /dev/null 2>&1 || true
    rm -f "$passwords"
}
attack() { # ATTACKER TASKS HYDRA-OPTIONS...
    local attacker=$1 tasks=$2 folder
    shift 2
    case $attacker in *:*) set -- -6 "$@" "ssh://[${door[$attacker]}]" ;; *) set -- "$@" "ssh://${door[$attacker]}" ;; esac
    folder=$(mktemp -d -p "$work")
    say "hydra from $attacker"
    (cd "$folder" && timeout 200 hydra -q -I -t "$tasks" "$@" > hydra.out 2>&1) || true
    sed -n 's/.*\(login: .*\)/          found: \1/p' "$folder/hydra.out" >&2
}

# Riposte does not block an address of its own machine, so these attackers have a machine of their own.
outside_network() {
    ip netns add outside
    ip link add inside type veth peer name outside netns outside
    ip address add 198.51.100.50/24 dev inside
    ip address add 2001:db8:50::1/64 dev inside nodad
    ip link set inside up
    ip route add 203.0.113.0/24 dev inside
    ip -6 route add 2001:db8:bad::/48 dev inside
    ip -n outside link set lo up
    ip -n outside link set outside up
    for address in 203.0.113.8 203.0.113.9; do ip -n outside address add "$address/32" dev outside; done
    for address in 8::66 8::77 9::66; do ip -n outside address add "2001:db8:bad:$address/128" dev outside nodad; done
    ip -n outside route add 198.51.100.0/24 dev outside src 203.0.113.8
    ip -n outside -6 route add 2001:db8:50::/64 dev outside src 2001:db8:bad:8::66
}

case $recording in
demo)
    printf '* * * * * root true\n' > /etc/crontab
    cron -f &

    cat > guesses <<'LIST'
123456
password
12345678
qwerty
letmein
dragon
monkey
iloveyou
trustno1
sunshine
welcome1
football
admin123
passw0rd
LIST
    # Names and passwords as leaked lists have them. One of them is in use here.
    cat > leaked <<'LIST'
olivia:Sunshine!9
liam:liam1998
emma:Buttercup7
noah:noah123456
ava:Princess01
ethan:M0nkeyBiz
sophia:s0phia99
mason:ChelseaFC
mia:letmein22
lucas:lucas2011
amelia:amelia!!
logan:Wolverine1
harper:HarperLee60
james:j4mes007
james:J4mes-007
evelyn:qazwsx12
henry:ManUtd99
abigail:abby2015
jack:jackjack1
ella:ElLa1234
ella:ella12345
owen:Owen4ever
grace:AmazingG1
samuel:samsam77
chloe:chloe2009
bob:bob12345
carol:carol2020
daniel:D4n1el!!
lily:lilyflower
lily:LilyPad55
wyatt:wyatt1881
dave:Liverpool8
nora:nora2222
aaron:Aaron-777
erin:Juniper2024
zoe:zoezoe99
LIST
    printf '%s\n' oracle postgres git jenkins hadoop nagios tomcat ftpuser minecraft ubuntu pi test > services
    printf '%s\n' root alice bob carol dave erin backup www-data > known

    actors=()
    (   # a deployment that looks in every few seconds
        for _ in $(seq 12); do by_key deploy 198.51.100.30 198.51.100.10 true; sleep 12; done
    ) & actors+=($!)
    (   # a working day in two minutes
        by_key alice 198.51.100.20 198.51.100.10 'sleep 20'
        sleep 8
        by_key bob 192.0.2.10 198.51.100.10 'sudo -n /usr/bin/id; sleep 6; sudo -n /bin/ls /root'
        say 'carol mistypes twice'
        by_password carol 198.51.100.23 198.51.100.10 'sleep 15' Winter-Plun-88 winter-plum-88 Winter-Plum-88
        by_password dave 2001:db8:20::5 2001:db8:10::10 'sleep 9; sudo -n /usr/bin/id' Quiet-Harbour-23
        by_key alice 198.51.100.20 198.51.100.10 'sleep 25'
        by_password dave 2001:db8:20::5 2001:db8:10::10 'sleep 3' Quiet-Harbor-23 Quiet-Harbour-23
        by_key bob 192.0.2.10 198.51.100.10 'sleep 5'
    ) & actors+=($!)
    (   sleep 10
        attack 203.0.113.7 4 -l alice -P "$work/guesses"
        attack 203.0.113.7 4 -l root -P "$work/guesses"
    ) & actors+=($!)
    (   sleep 25
        attack 203.0.113.99 4 -C "$work/leaked"
    ) & actors+=($!)
    (   sleep 45      # from three addresses of one network
        attack 2001:db8:bad:7::66 2 -L "$work/known" -p 'Winter2026!'
        attack 2001:db8:bad:7::a1f3 2 -L "$work/known" -p 'Spring2026!'
        attack 2001:db8:bad:7:4c1d::9 2 -L "$work/known" -p 'Welcome1!'
    ) & actors+=($!)
    (   sleep 70
        attack 192.0.2.44 2 -L "$work/services" -p changeme
    ) & actors+=($!)
    wait "${actors[@]}"
    # A last minute of cron.
    sleep $((61 - 10#$(date +%S)))
    ;;
watched)
    cat > riposte.yaml <<CONF
store: $work/riposte.db
sources: [{file: $work/log/traditional, format: sshd, timezone: UTC, start: beginning}]
shipped_playbooks: [brute_force_response]
protected: {networks: [198.51.100.0/24]}
CONF
    "$RIPOSTE" serve --config riposte.yaml > serve.log 2>&1 &
    daemon=$!
    outside_network
    by_key alice 198.51.100.20 198.51.100.10 true
    by_password carol 198.51.100.23 198.51.100.10 true Winter-Plun-88 winter-plum-88 Winter-Plum-88
    seq 100001 100012 > guesses
    attack 203.0.113.7 4 -l bob -P "$work/guesses"
    cd "$(mktemp -d -p "$work")"
    timeout 60 ip netns exec outside hydra -q -I -t 4 -l alice -P "$work/guesses" ssh://198.51.100.50 > hydra.out 2>&1 || true
    timeout 60 ip netns exec outside hydra -6 -q -I -t 4 -l root -P "$work/guesses" 'ssh://[2001:db8:50::1]' > hydra6.out 2>&1 || true
    cd "$work"
    for _ in $(seq 50); do
        [ "$("$RIPOSTE" decision list --config riposte.yaml --output ndjson | wc -l)" -lt 2 ] || break
        sleep 0.2
    done
    "$RIPOSTE" decision list --config riposte.yaml
    "$RIPOSTE" incident list --config riposte.yaml
    kill -TERM "$daemon"
    wait "$daemon"
    ;;
enforced)
    . "$here/sshd-attack-enforced.sh"
    ;;
fixtures)
    server=198.51.100.10
    by_key alice 198.51.100.20 $server true
    by_password dave 2001:db8:20::5 2001:db8:10::10 true Quiet-Harbour-23
    by_password carol 198.51.100.23 $server true Winter-Plun-88 winter-plum-88 Winter-Plum-88
    by_password root 203.0.113.7 $server true toor
    # One connection, until the server has had enough.
    by_password alice 203.0.113.7 $server true 1 2 3 4 5 6
    by_password admin 203.0.113.7 $server true admin admin admin
    # Denied by name; the account has expired.
    by_password mallory 203.0.113.7 $server true Mallory-1
    by_password frank 198.51.100.23 $server true Old-Kettle-5
    # Names that pretend: to be another address, to be nobody, to be a whole line.
    by_password 'root from 198.51.100.20 port 22 ssh2' 203.0.113.7 $server true x
    by_password 'x from 198.51.100.20 port 22 ssh2: ED25519 SHA256:x' 203.0.113.7 $server true x
    by_password 'dave from 198.51.100.20' 203.0.113.7 $server true x
    by_password 'Accepted password for root from 198.51.100.20 port 22 ssh2' 203.0.113.7 $server true x
    by_password 'élodie' 203.0.113.7 $server true x
    by_password '' 203.0.113.7 $server true x
    # Not logins at all: a browser, silence, an old client.
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 3 bash -c "exec 3<> /dev/tcp/${door[203.0.113.7]}/22; cat >&3; cat <&3" > /dev/null 2>&1 || true
    timeout 1 bash -c "exec 3<> /dev/tcp/${door[203.0.113.7]}/22" || true
    "${client[@]}" -o KexAlgorithms=diffie-hellman-group1-sha1 -b 203.0.113.7 alice@198.51.100.10 true 2> /dev/null || true
    # Closed in the middle of it.
    printf '#!/bin/sh\nsleep 5\n' > hesitate
    chmod 755 hesitate
    SSH_ASKPASS=$work/hesitate SSH_ASKPASS_REQUIRE=force timeout 1 "${client[@]}" -n -o PubkeyAuthentication=no \
        -b 203.0.113.7 -l alice 198.51.100.10 true 2> /dev/null || true
    # And the tool itself, by both protocols, and with names that ssh would not send: two lines, a terminal's commands.
    printf 'test:test\nerin:wrong\nroot:wrong\nguest:guest\n' > pairs
    attack 203.0.113.99 1 -C "$work/pairs"
    attack 203.0.113.99 1 -l $'a\nsshd[1]: Failed password for dave from 198.51.100.20 port 22 ssh2' -p x
    attack 203.0.113.99 1 -l $'\e[2J\e[31mred' -p x
    attack 2001:db8:bad:7::66 1 -C "$work/pairs"
    by_key bob 192.0.2.10 198.51.100.10 'sudo -n /usr/bin/id'
    ;;
esac
case $recording in watched | enforced) exit 0 ;; esac
sleep 3
say "$(wc -l < log/traditional) lines recorded"
