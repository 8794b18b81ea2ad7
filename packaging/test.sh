#!/usr/bin/env bash
# Installs, starts, upgrades, removes and purges the Debian package in a minimal Debian root. Run by hand, as root; a few minutes.
#
#   packaging/test.sh [PACKAGE.deb]     without a package packaging/build.sh makes one
#
# Needs debootstrap, dpkg-deb, unshare, setpriv and python3. The root is made once and kept in $WEIR_TEST_ROOT (/tmp/weir-deb-root); each run works
# on a copy, in namespaces of its own: mounts, processes and the network end with the script.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."

readonly base=${WEIR_TEST_ROOT:-/tmp/weir-deb-root} mirror=${WEIR_TEST_MIRROR:-http://deb.debian.org/debian}

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

step() { printf -- "--- %4d ms  %s\n" "$(($(date +%s%N) / 1000000 - begun))" "$1"; }

# ---- outside: the package, the root, the namespaces ----

if [[ ${1:-} != --inside ]]; then
    ((EUID == 0)) || fail 'only root can make a Debian root'
    for program in debootstrap dpkg-deb unshare setpriv python3; do
        command -v "$program" >/dev/null || fail "$program is missing"
    done

    package=${1:-}
    if [[ -z $package ]]; then
        packaging/build.sh
        package=$(ls -t artifacts/packages/weir_*.deb | head -n 1)
    fi

    if [[ ! -x $base/usr/bin/dpkg ]]; then
        rm -rf -- "$base"
        timeout 500 debootstrap --variant=minbase --include=libssl3,curl bookworm "$base" "$mirror" >/dev/null || fail 'debootstrap'
    fi

    work=$(mktemp -d /tmp/weir-package-test.XXXXXX)
    trap 'rm -rf -- "$work"' EXIT
    cp -a "$base" "$work/root"
    cp "$package" "$work/root/first.deb"

    # The same files under a higher version, with another default configuration.
    dpkg-deb -R "$package" "$work/next"
    sed -i 's/^Version: .*/Version: 999.0.0/' "$work/next/DEBIAN/control"
    printf '# A later default.\n' >>"$work/next/etc/weir/weir.yaml"
    dpkg-deb --root-owner-group -Znone -b "$work/next" "$work/root/next.deb" >/dev/null
    rm -rf -- "$work/next"
    timeout 300 unshare --mount --net --pid --fork --kill-child "$0" --inside "$work/root"
    exit
fi

# ---- inside ----

readonly root=$2 begun=$(($(date +%s%N) / 1000000))
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
ip link set lo up 2>/dev/null || python3 - <<'PYTHON'
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 1))
PYTHON

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive HOME=/root "$@"; }

exec_inside() { exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }

# What a package may leave: the package system's own books, and backups of the user database.
listing() {
    (cd -- "$root" && find . -xdev \( -path ./proc -o -path ./run -o -path ./var/lib/dpkg -o -path ./tmp -o -path ./var/cache \) -prune -o -print \
        | grep -vE '^\./(etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/\.pwd\.lock|var/log/(dpkg\.log|alternatives\.log)|(first|next)\.deb)$' | LC_ALL=C sort)
}

# Starts it as the unit does: the unit's user, one right, no way to gain more, and the manager's socket. Sets $pid.
start() {
    mkdir -p "$root/run/weir"
    inside chown weir:weir /run/weir
    rm -f "$root/run/notify"
    python3 - "$root/run/notify" >"$root/run/told" <<'PYTHON' &
import os, socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o666); manager.settimeout(60)
while True:
    said = manager.recv(4096).decode()
    print(said, flush=True)
    if "STOPPING=1" in said: break
PYTHON
    manager=$!
    for _ in {1..100}; do [[ -S $root/run/notify ]] && break; sleep 0.05; done
    # Executed in its place, so that $pid is the program itself.
    exec_inside setpriv --reuid weir --regid weir --init-groups --inh-caps -all,+net_bind_service --ambient-caps -all,+net_bind_service \
        --bounding-set -all,+net_bind_service --no-new-privs \
        env STATE_DIRECTORY=/var/lib/weir RUNTIME_DIRECTORY=/run/weir NOTIFY_SOCKET=/run/notify WATCHDOG_USEC=2000000 \
        /usr/bin/weir run -c /etc/weir/weir.yaml >"$root/run/out" 2>"$root/run/err" &
    pid=$!
    local started=$(($(date +%s%N) / 1000000))
    for _ in {1..3000}; do
        if grep -q READY=1 "$root/run/told"; then
            step "it was ready $(($(date +%s%N) / 1000000 - started)) ms after its start"
            return
        fi
        kill -0 "$pid" 2>/dev/null || { cat "$root/run/err" >&2; fail 'it ended at its start'; }
        sleep 0.01
    done
    fail 'it was not ready within 30 s'
}

stop() {
    kill -TERM "$pid"
    wait "$pid" || fail "it ended with $?"
    wait "$manager" || fail 'the manager was not told that it stops'
}

expect() {
    local answer
    answer=$(inside curl -sS -m 10 "http://127.0.0.1:$1/") || fail "no answer on port $1"
    [[ $answer == *"$2"* ]] || fail "expected '$2' on port $1, got '$answer'"
}

before=$(listing)
step 'install'
inside dpkg -i /first.deb >/dev/null || fail 'dpkg -i'
inside getent passwd weir >/dev/null || fail 'there is no user'
[[ $(inside stat -c '%a %U %G' /var/lib/weir) == '700 weir weir' ]] || fail 'the data directory is not 0700 weir'
inside test -z "$(inside ldd /usr/lib/weir/libcoreclr.so | grep 'not found' || true)" || fail 'a library is missing'
step "$(inside weir version)"
version=$(inside dpkg-query -W -f '${Version}' weir)
[[ $(inside weir version) == "weir $version ("* ]] || fail 'weir version is not that of the package'
inside weir check -c /etc/weir/weir.yaml >/dev/null || fail 'the configuration that comes with it has an error'

step 'start on port 80 without root'
start
[[ $(awk '/^Uid:/ { print $2 }' "$root/proc/$pid/status") == "$(inside id -u weir)" ]] || fail 'it runs as another user'
[[ $(awk '/^CapEff:/ { print $2 }' "$root/proc/$pid/status") == 0000000000000400 ]] || fail 'it has more rights than CAP_NET_BIND_SERVICE'
expect 80 'Weir is installed'

# The admin: commands over its socket for root and for Weir's own user, probes and metrics over loopback.
[[ $(stat -c %a "$root/run/weir/admin.sock") == 600 ]] || fail "the admin's socket is not 0600"
inside weir status >"$root/run/status" || fail 'weir status'
grep -q ':80' "$root/run/status" || { cat "$root/run/status" >&2; fail 'weir status does not tell of port 80'; }
inside setpriv --reuid weir --regid weir --init-groups weir status --json >/dev/null || fail "weir status as Weir's user"
inside curl -sSf -m 10 http://127.0.0.1:9900/readyz >/dev/null || fail 'the admin does not say that it is ready'
inside curl -sSf -m 10 http://127.0.0.1:9900/metrics >"$root/run/metrics" || fail '/metrics'
grep -q '^weir_exchanges_completed_total [1-9]' "$root/run/metrics" || fail '/metrics counts nothing'
inside weir reload >/dev/null || fail 'weir reload'
expect 80 'Weir is installed'
for _ in {1..100}; do grep -q WATCHDOG=1 "$root/run/told" && break; sleep 0.05; done
grep -q WATCHDOG=1 "$root/run/told" || fail 'it gives no signs of life'
stop
grep -q STOPPING=1 "$root/run/told" || fail 'the manager was not told that it stops'
[[ -s $root/var/log/weir/access.log ]] || fail 'there is no access log'

step 'upgrade, with an edited configuration'
sed -i -e 's/":80"/":8080"/' -e 's/Weir is installed/Edited/' "$root/etc/weir/weir.yaml"
inside dpkg -i --force-confdef --force-confold /next.deb >/dev/null 2>&1 || fail 'the upgrade'
[[ $(inside dpkg-query -W -f '${Version}' weir) == 999.0.0 ]] || fail 'the version did not change'
grep -q Edited "$root/etc/weir/weir.yaml" || fail 'the edited configuration was lost'
start
expect 8080 'Edited'
stop

step 'remove'
inside dpkg -r weir >/dev/null 2>&1 || fail 'dpkg -r'
[[ ! -e $root/usr/bin/weir && ! -e $root/usr/lib/weir ]] || fail 'the program is still there'
grep -q Edited "$root/etc/weir/weir.yaml" || fail 'removing took the configuration'
[[ -d $root/var/lib/weir ]] || fail 'removing took the data'

step 'purge'
inside dpkg -P weir >/dev/null 2>&1 || fail 'dpkg -P'
! inside getent passwd weir >/dev/null || fail 'the user is still there'
left=$(diff <(echo "$before") <(listing) || true)
[[ -z $left ]] || fail "purging left something:
$left"
step 'nothing is left'
echo 'package test passed'
