#!/usr/bin/env python3
"""What a mirror costs the requests that are mirrored: to a dead, a slow and a huge target, beside none, in interleaved rounds of one run.

  mirror.py [--weir "CMD"] [--rounds 9] [--seconds 4] [--rate 1000] [--conns 32]
  dead   nobody listens there
  slow   connections are accepted and requests read, and no answer ever comes
  huge   each answer has 4 GiB

One Weir, a route for each; the load is an open loop (Weir.Bench.Load), so that a latency counts from the moment its request should have been
sent. `none` is measured twice in each round: how far its two figures lie apart is the noise. Every request is mirrored, and a copy is work too: the
rate is low, so that a processor without rest is not what is measured. Takes some four minutes; ends with 1 when a request failed, or the median
of a target's p99 over none's is above the noise.
"""
import argparse, os, shlex, statistics, sys, threading, socket
from latency import Generator
from peers import Bench, LOAD_CPU, ROOT, free_port, need

TARGETS = ("dead", "slow", "huge")
WARMUP_SECONDS = 15


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--conns", type=int, default=32)
    return parser.parse_args()


def start_slow(port):
    """Accepts, and keeps what it accepted; the system reads for it."""
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    kept = []

    def accept():
        while True: kept.append(listener.accept()[0])

    threading.Thread(target=accept, daemon=True).start()


def start_huge(bench, port):
    """Its send buffer is small: what it fills in vain would be taken from the load generator, whose processor it shares."""
    os.makedirs(f"{bench.tmp}/huge")
    with open(f"{bench.tmp}/huge/f", "wb") as file: file.truncate(4 << 30)
    bench.start(["nginx", "-c", bench.write("huge.conf", f"""worker_processes 1; daemon off; pid {bench.tmp}/h.pid;
error_log {bench.tmp}/h.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; server {{ listen 127.0.0.1:{port} sndbuf=64k; location / {{ root {bench.tmp}/huge; try_files /f =404; }} }} }}""")], LOAD_CPU)


def start_weir(bench, command, ports):
    port = bench.ports["weir"] = free_port()
    upstreams = "".join(f'  {name}: {{ servers: ["http://127.0.0.1:{ports[name]}"] }}\n' for name in TARGETS)
    routes = "".join(f"      - {{ path: /{name}/*, stack: [{{ mirror: {name} }}], to: app }}\n" for name in TARGETS)
    config = bench.write("weir.yaml", f"""listen: ["127.0.0.1:{port}"]
admin: off
log: {{ access: off }}
upstreams:
  app: {{ servers: ["http://127.0.0.1:{bench.origin_port}"] }}
{upstreams}sites:
  "*":
    routes:
{routes}      - {{ to: app }}
""")
    return bench.start(shlex.split(command.replace("{config}", config)))


def main(a):
    need("taskset", "gcc", "dotnet", "nginx")
    with Bench() as bench:
        ports = {name: free_port() for name in TARGETS}
        generator = Generator(bench)
        start_slow(ports["slow"])
        start_huge(bench, ports["huge"])
        bench.systems = {"weir": start_weir(bench, a.weir, ports)}
        bench.wait_for("weir", bench.systems["weir"])
        bench.wait_for("weir", bench.systems["weir"])
        generator.run("weir", 0, 1, WARMUP_SECONDS, a.conns, "/none/f")
        order = ("none", "dead", "slow", "huge", "again")
        rounds = {name: [] for name in order}
        for turn in range(a.rounds):
            # Another one begins each round: what one leaves behind must not always fall on the same.
            for name in order[turn % len(order):] + order[:turn % len(order)]:
                path = "none" if name == "again" else name
                rounds[name].append(generator.run("weir", a.rate, a.seconds, 1, a.conns, f"/{path}/f"))
        print(f"{'target':8} {'p50 µs':>8} {'p99 µs':>8} {'p99.9 µs':>9} {'p99 / none, rounds':>26}  failed")
        bad = False
        ratios = {name: [r["p99_us"] / statistics.mean((n["p99_us"], m["p99_us"])) for r, n, m in zip(rounds[name], rounds["none"], rounds["again"])]
                  for name in TARGETS}
        noise = max(max(n["p99_us"], m["p99_us"]) / min(n["p99_us"], m["p99_us"]) for n, m in zip(rounds["none"], rounds["again"]))
        for name in order:
            failed = sum(r["errors"] + r["unanswered"] for r in rounds[name])
            shown = f"{statistics.median(ratios[name]):.2f} ({min(ratios[name]):.2f} to {max(ratios[name]):.2f})" if name in ratios else ""
            print(f"{name:8} " + " ".join(f"{statistics.median(r[field] for r in rounds[name]):{width}.0f}" for field, width in
                                          (("p50_us", 8), ("p99_us", 8), ("p999_us", 9))) + f" {shown:>26}  {failed}")
            bad = bad or failed > 0 or (name in ratios and statistics.median(ratios[name]) > noise)
        print(f"noise: the two figures of none lie up to a factor of {noise:.2f} apart; {'FAILED' if bad else 'every target is within it'}")
        return 1 if bad else 0


if __name__ == "__main__": sys.exit(main(arguments()))
