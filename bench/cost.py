#!/usr/bin/env python3
"""CPU cost of one proxied request, Weir beside its peers, in interleaved rounds of one run.

  cost.py CASE [--tls | --h2] [--weir "CMD"] [--peers nginx,haproxy] [--rounds 5] [--seconds 3] [--conns 64]
               [--log FILE] [--weir-extra YAML]
  CASE   small  100 B response, HTTP/1.1 keep-alive     hit  10 KB served from the cache     big  1 MiB response
         tls and h2 are short for small --tls and small --h2
  --tls  the client side over TLS 1.3                    --h2  over TLS and HTTP/2, 32 connections, 10 streams each
  --weir       the command that starts Weir on a configuration, {config} standing for its path
  --peers      any of nginx, haproxy, varnish, caddy
  --log FILE   JSON access log of Weir to FILE, nginx's combined log to FILE.nginx (HAProxy gets none)
  --weir-extra one more top-level line or lines of YAML for Weir's configuration

Prints a row per system: CPU microseconds (user + system of all its processes) for one request, median of the rounds,
requests a second, and the ratio Weir / peer taken round by round. Before measuring it checks at the origin that Weir
adds Via, Forwarded or X-Forwarded-For, and an X-Request-Id that changes: a figure without them does not count.
Load generator and origin run on CPU 0, the system under test on CPU 1.
"""
import argparse, statistics, sys, time
from peers import Bench, need

WARMUP_SECONDS = 15   # the JIT needs full load to settle


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", choices=["small", "hit", "tls", "h2", "big"])
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--h2", action="store_true")
    parser.add_argument("--weir", default="")
    parser.add_argument("--peers", default="nginx,haproxy")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--conns", type=int, default=64)
    parser.add_argument("--log", default="")
    parser.add_argument("--weir-extra", default="")
    a = parser.parse_args()
    a.label = a.case
    if a.case == "tls": a.case, a.tls = "small", True
    if a.case == "h2": a.case, a.h2 = "small", True
    if a.label == a.case and (a.tls or a.h2): a.label += "-h2" if a.h2 else "-tls"
    return a


def main(a):
    need("taskset", "gcc", "h2load" if a.h2 else "wrk")
    with Bench(a.case, a.tls, a.h2, a.log, a.weir, a.weir_extra) as bench:
        bench.start_origin()
        systems = bench.start_all(a.peers)
        connections = 16 if a.case == "big" else a.conns
        counts = bench.has_identity() if a.weir and a.case != "big" else True
        for name in systems: bench.closed_loop(name, WARMUP_SECONDS if name == "weir" else 1, connections)
        cost, rate, errors = {n: [] for n in systems}, {n: [] for n in systems}, {n: 0 for n in systems}
        for _ in range(a.rounds):
            for name, process in systems.items():
                before, clock = bench.cpu_us(process.pid), time.time()
                done, bad = bench.closed_loop(name, a.seconds, connections)
                cost[name].append((bench.cpu_us(process.pid) - before) / max(done, 1))
                rate[name].append(done / (time.time() - clock))
                errors[name] += bad
        for name in systems:
            print(f"{a.label:8} {name:8} cpu_us/request median {statistics.median(cost[name]):8.2f} (min {min(cost[name]):.2f} max {max(cost[name]):.2f})"
                  f"  rps median {statistics.median(rate[name]):9.0f}  errors {errors[name]}")
        for name in systems:
            if "weir" in systems and name != "weir":
                print(f"{a.label} weir/{name} = {statistics.median([w / p for w, p in zip(cost['weir'], cost[name])]):.2f}")
        return 0 if counts and not errors.get("weir") else 1


if __name__ == "__main__": sys.exit(main(arguments()))
