#!/usr/bin/env bash
# Installs from Debian's packages what is missing to build, test or measure Riposte, and says what and why.
#   Scripts/bootstrap.sh [build|test|docs|record|bench]...      (default: build)
# Does nothing when all is there. A daemon that comes with a package is neither started nor left to start at the next boot.
set -euo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
needs_swift=6.3

# group | how to tell that it is there: a program, a file (/…, with wildcards) or a library (lib:NAME) | package | why
needs='
build|/usr/include/c++/*/vector|g++|linker and C++ headers, which the Swift toolchain needs
build|/lib/*/libncurses.so.6|libncurses6|the Swift toolchain needs it
build|/lib/*/libxml2.so.2|libxml2|the Swift toolchain needs it
build|pkg-config|pkg-config|finds the C libraries below
build|git|git|fetches the Swift packages
build|/etc/ssl/certs/ca-certificates.crt|ca-certificates|lets git and libcurl check certificates
build|make|make|runs the Makefile
build|lib:sqlite3|libsqlite3-dev|SQLite, the default store
build|lib:libcurl|libcurl4-openssl-dev|libcurl, for outgoing HTTP and mail
build|lib:libnftables|libnftables-dev|libnftables, for the firewall of the kernel
build|lib:libsystemd|libsystemd-dev|libsystemd, for reading the journal
build|lib:libpq|libpq-dev|libpq, for accounts in a PostgreSQL database
build|lib:ldap|libldap-dev|libldap, for accounts in an LDAP directory
test|sshd|openssh-server|a real sshd that the tests attack
test|ssh|openssh-client|a real client that logs in to it
test|hydra|hydra|the attacker: guesses passwords at our own sshd
test|rsyslogd|rsyslog|writes the logs that the tests follow
test|ip|iproute2|gives the attackers addresses in a network namespace
test|unshare|util-linux|makes that namespace
test|/lib/systemd/systemd-journal-remote|systemd-journal-remote|writes journals that the tests read
test|nft|nftables|shows what the kernel was told
test|setpriv|util-linux|runs Riposte with one right and no other
test|/usr/lib/python3/dist-packages/aiosmtpd|python3-aiosmtpd|the mail server of the e-mail tests
test|strace|strace|lets system calls of a running daemon fail
test|/usr/sbin/mkfs.ext4|e2fsprogs|makes the file system whose power the tests cut
test|mount|mount|mounts it
test|openssl|openssl|the server of the TLS tests, and certificates
test|/usr/lib/postgresql/*/bin/initdb|postgresql|the server of the tests of accounts in a database
test|slapd|slapd|the server of the tests of accounts in a directory
test|ldapmodify|ldap-utils|puts accounts into it, and shows what became of them
test|chage|passwd|changes accounts of a root that the tests made
test|pgrep|procps|finds the processes of a server that the tests stop
docs|python3|python3|looks for public symbols without documentation, and shows the pages
record|sshd|openssh-server|the server that is attacked
record|ssh|openssh-client|the people who log in
record|hydra|hydra|the attacker
record|rsyslogd|rsyslog|writes the log
record|ip|iproute2|gives everybody an address in a network namespace
record|unshare|util-linux|makes that namespace
record|cron|cron|the noise that every log has
record|sudo|sudo|the noise that every log has
bench|/usr/bin/time|time|CPU seconds and peak memory of a peer
bench|python3|python3|writes the input log, reads the results
bench|/usr/lib/python3*/ensurepip/__init__.py|python3-venv|an environment for the peer that is written in Python
bench|wrk|wrk|sends requests to the server that embeds Riposte
bench|sqlite3|sqlite3|reads the decisions of crowdsec
bench|sec|sec|peer: Simple Event Correlator
bench|fail2ban-regex|fail2ban|peer: fail2ban
bench|/usr/lib/python3/dist-packages/pyinotify.py|python3-pyinotify|lets fail2ban wait for lines instead of asking for them
bench|/var/lib/crowdsec/hub/.index.json|crowdsec|peer: CrowdSec
bench|crowdsec-firewall-bouncer|crowdsec-firewall-bouncer|the way of CrowdSec into the firewall of the kernel
bench|nft|nftables|the way of fail2ban into it; tells when an element is there
bench|ip|iproute2|gives each peer a network namespace of its own
bench|unshare|util-linux|makes those namespaces
'
# package: its systemd units
daemons='openssh-server:ssh.service,ssh.socket rsyslog:rsyslog.service,syslog.socket cron:cron.service fail2ban:fail2ban.service crowdsec:crowdsec.service crowdsec-firewall-bouncer:crowdsec-firewall-bouncer.service nftables:nftables.service postgresql:postgresql.service slapd:slapd.service'

say() { printf '%s\n' "$*" >&2; }
fail() { say "bootstrap: $*"; exit 1; }

there() {
    case $1 in
        /*) compgen -G "$1" > /dev/null ;;
        lib:*) pkg-config --exists "${1#lib:}" 2> /dev/null ;;
        *) type -P "$1" > /dev/null ;;
    esac
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

check_swift() {
    local version
    type -P swiftc > /dev/null ||
        fail "no Swift found; Riposte needs $needs_swift or later: https://www.swift.org/install/linux/"
    version=$(swiftc --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' || true)
    [ -n "$version" ] || fail "'swiftc --version' did not answer; is the toolchain complete? Riposte needs $needs_swift or later"
    if [ "${version%%.*}" -lt "${needs_swift%%.*}" ] ||
        { [ "${version%%.*}" -eq "${needs_swift%%.*}" ] && [ "${version#*.}" -lt "${needs_swift#*.}" ]; }; then
        fail "this is Swift $version, Riposte needs $needs_swift or later: https://www.swift.org/install/linux/"
    fi
}

# While we install, policy-rc.d tells every package not to start its daemon. What was there before comes back.
policy=/usr/sbin/policy-rc.d
policy_saved=$policy.riposte-saved
log=/dev/null
forbid_daemons() {
    trap 'allow_daemons; [ "$log" = /dev/null ] || rm -f "$log"' EXIT
    if [ -e "$policy" ] && [ ! -e "$policy_saved" ]; then as_root mv "$policy" "$policy_saved"; fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null
    as_root chmod 755 "$policy"
}
allow_daemons() {
    as_root rm -f "$policy"
    if [ -e "$policy_saved" ]; then as_root mv "$policy_saved" "$policy"; fi
}

install() {
    local packages=("$@") entry package units
    [ -n "$(type -P apt-get)" ] ||
        fail "this system has no apt-get; please install by other means what provides: ${packages[*]}"
    [ "$(id -u)" -eq 0 ] || [ -n "$(type -P sudo)" ] || fail "not root and no sudo; as root: apt-get install ${packages[*]}"
    forbid_daemons
    case " ${packages[*]} " in *' crowdsec '*)
        # Debian's crowdsec registers itself with its makers when it is installed, and fails to install without a
        # network. It leaves a file that is not empty alone.
        if [ ! -s /etc/crowdsec/online_api_credentials.yaml ]; then
            as_root mkdir -p /etc/crowdsec
            echo '# not registered with the central API' | as_root tee /etc/crowdsec/online_api_credentials.yaml > /dev/null
        fi ;;
    esac
    log=$(mktemp)
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
    # An installation that was broken off before is finished first.
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --force-confold --configure -a >> "$log" 2>&1 || true
    as_root "${apt[@]}" update >> "$log" 2>&1 || say 'bootstrap: apt-get update failed, going on with the package lists that are here'
    as_root "${apt[@]}" install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}" >> "$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "apt-get could not install: ${packages[*]}"
    }
    if [ -n "$(type -P systemctl)" ]; then
        for entry in $daemons; do
            package=${entry%%:*}; units=${entry#*:}
            case " ${packages[*]} " in *" $package "*)
                # shellcheck disable=SC2086
                as_root systemctl --quiet disable ${units//,/ } 2> /dev/null || true
                say "  $package: its daemon is not started and will not start at boot (systemctl enable ${units%%,*} changes that)" ;;
            esac
        done
    fi
}

[ $# -gt 0 ] || set -- build
for group; do
    case $group in
        build | test | docs | record | bench) ;;
        -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "unknown group '$group': build, test, docs, record or bench" ;;
    esac
done

missing=()
while IFS='|' read -r group test package why; do
    [ -n "$group" ] || continue
    case " $* " in *" $group "*) ;; *) continue ;; esac
    case " ${missing[*]-} " in *" $package "*) continue ;; esac
    there "$test" && continue
    [ ${#missing[@]} -gt 0 ] || say 'Installing what is missing:'
    say "  $(printf '%-21s %s' "$package" "$why")"
    missing+=("$package")
done <<< "$needs"
[ ${#missing[@]} -eq 0 ] || install "${missing[@]}"
case " $* " in *' build '* | *' test '*) check_swift ;; esac
