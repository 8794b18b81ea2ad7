#!/usr/bin/env python3
"""TLS handshakes, full and resumed: how many a second, and what each costs the proxy.

  handshakes.py [--weir "CMD"] [--peers nginx,haproxy] [--rounds 5] [--seconds 3] [--clients 4] [--rsa] [--weir-extra YAML]
  --weir     the command that starts Weir on a configuration, {config} standing for its path
  --clients  how many `openssl s_time` run at once
  --rsa      an RSA certificate of 2048 bits instead of an ECDSA one (P-256)

The proxies have one CPU for themselves and the clients another. Clients of `openssl s_time` need more CPU than the servers, so that the rate a
client sees says little: what a proxy could do a second is 1 / (its CPU time for one handshake), and that is compared, round by round.
TLS 1.3 gives its tickets behind the handshake, so resumed handshakes of 1.3 carry one small request; those of 1.2 none.
"""
import argparse, re, statistics, subprocess, sys, time
from peers import LOAD_CPU, Bench, need

WARMUP_SECONDS = 15
KINDS = {
    "full": ["-new", "-tls1_3"],
    "full 1.2": ["-new", "-tls1_2"],
    "resumed": ["-reuse", "-tls1_3", "-www", "/f"],
    "resumed 1.2": ["-reuse", "-tls1_2"],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default="")
    parser.add_argument("--peers", default="nginx")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--rsa", action="store_true")
    parser.add_argument("--weir-extra", default="")
    return parser.parse_args()


class RsaBench(Bench):
    def make_certificate(self):
        self.cert, self.key, self.both = f"{self.tmp}/cert.pem", f"{self.tmp}/key.pem", f"{self.tmp}/both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", self.cert, "-days", "30",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
        self.write("both.pem", open(self.cert).read() + open(self.key).read())


def shake(bench, name, kind, seconds, clients):
    """Handshakes done by all clients, and how many of them were of another kind than asked for."""
    command = ["taskset", "-c", LOAD_CPU, "openssl", "s_time", "-connect", f"127.0.0.1:{bench.ports[name]}", "-time", str(seconds)] + KINDS[kind]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(clients)]
    done = odd = 0
    for process in running:
        out = process.communicate(timeout=seconds + 30)[0]
        found = re.search(r"(\d+) connections in \d+ real seconds", out)
        done += int(found[1]) if found else 0
        marks = max((line for line in out.splitlines() if re.fullmatch(r"[r*t]+.*", line)), key=len, default="")
        odd += marks.count("*" if "resumed" in kind else "r")
    return done, odd


def main(a):
    need("taskset", "gcc", "openssl")
    kinds = [kind for kind in a.kinds.split(",") if kind]
    with (RsaBench if a.rsa else Bench)("small", secure=True, weir=a.weir, weir_extra=a.weir_extra) as bench:
        bench.start_origin()
        systems = bench.start_all(a.peers)
        for name in systems:
            for kind in kinds: shake(bench, name, kind, WARMUP_SECONDS if name == "weir" else 1, a.clients)
        cost = {(name, kind): [] for name in systems for kind in kinds}
        rate = {key: [] for key in cost}
        odd = {key: 0 for key in cost}
        for _ in range(a.rounds):
            for kind in kinds:
                for name, process in systems.items():
                    before, started = bench.cpu_us(process.pid), time.time()
                    done, wrong = shake(bench, name, kind, a.seconds, a.clients)
                    cost[name, kind].append((bench.cpu_us(process.pid) - before) / max(done, 1))
                    rate[name, kind].append(done / (time.time() - started))
                    odd[name, kind] += wrong
        failed = False
        for kind in kinds:
            for name in systems:
                key = name, kind
                print(f"{kind:12} {name:8} cpu_us/handshake median {statistics.median(cost[key]):7.1f} (min {min(cost[key]):.1f} max {max(cost[key]):.1f})"
                      f"  {1e6 / statistics.median(cost[key]):7.0f} a CPU second  clients saw {statistics.median(rate[key]):6.0f} a second"
                      f"  of another kind {odd[key]}")
                # Each client's first handshake has nothing to resume.
                failed |= not any(rate[key]) or odd[key] > a.rounds * a.clients
            for name in systems:
                if name != "weir" and "weir" in systems:
                    ratio = statistics.median(peer / own for own, peer in zip(cost["weir", kind], cost[name, kind]))
                    print(f"{kind:12} rate of weir / {name} = {ratio:.2f}")
        return 1 if failed else 0


if __name__ == "__main__": sys.exit(main(arguments()))
