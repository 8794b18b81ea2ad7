#!/usr/bin/env python3
"""Latency at 70 % of capacity, Weir beside its peers, in interleaved rounds of one run.

  latency.py [--weir "CMD"] [--peers nginx,haproxy] [--rounds 5] [--seconds 10] [--conns 64] [--share 0.7] [--same-rate]
             [--weir-extra YAML]
  --weir       the command that starts Weir on a configuration, {config} standing for its path
  --share      the part of its capacity that each system is asked for
  --same-rate  ask every system for that part of the smallest capacity, instead of each for its own

A closed loop of the same generator on the same connections finds each system's capacity. Then an open loop sends at a fixed rate,
and a latency counts from the moment its request should have been sent (coordinated omission is corrected by construction). Prints
p50, p99, p99.9 and the maximum, medians of the rounds, and the ratios Weir / peer taken round by round.
Load generator and origin run on CPU 0, the system under test on CPU 1.
"""
import argparse, json, os, statistics, subprocess, sys
from peers import Bench, LOAD_CPU, ROOT, need

WARMUP_SECONDS = 15
CAPACITY_TURNS = 3
FIELDS = ("p50_us", "p99_us", "p999_us", "max_us")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default="")
    parser.add_argument("--peers", default="nginx,haproxy")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--conns", type=int, default=64)
    parser.add_argument("--share", type=float, default=0.7)
    parser.add_argument("--same-rate", action="store_true")
    parser.add_argument("--weir-extra", default="")
    return parser.parse_args()


def build_generator():
    project = os.path.join(ROOT, "bench", "Weir.Bench.Load")
    subprocess.run(["dotnet", "build", project, "-c", "Release", "-v", "quiet", "-nologo", "--disable-build-servers"], check=True, stdout=sys.stderr)
    return ["taskset", "-c", LOAD_CPU, "dotnet", os.path.join(project, "bin", "Release", "net10.0", "Weir.Bench.Load.dll")]


def run(generator, url, rate, seconds, warmup, connections):
    out = subprocess.run(generator + ["--url", url, "--rate", str(rate), "--seconds", str(seconds), "--warmup", str(warmup),
                                      "--connections", str(connections)], capture_output=True, text=True, timeout=seconds + warmup + 30)
    if out.returncode != 0: sys.exit(f"the generator failed on {url}: {out.stderr.strip() or out.stdout.strip()}")
    return json.loads(out.stdout)


def main(a):
    need("taskset", "gcc", "dotnet")
    generator = build_generator()
    with Bench(weir=a.weir, weir_extra=a.weir_extra) as bench:
        bench.start_origin()
        systems = bench.start_all(a.peers)
        counts = bench.has_identity() if a.weir else True
        for name in systems: run(generator, bench.url(name), 0, 1, WARMUP_SECONDS if name == "weir" else 2, a.conns)
        # Noise on the machine only takes away: the best of some turns is nearest to what each can do.
        capacity = {name: 0 for name in systems}
        for _ in range(CAPACITY_TURNS):
            for name in systems: capacity[name] = max(capacity[name], run(generator, bench.url(name), 0, 2, 1, a.conns)["achieved"])
        rate = {name: int((min(capacity.values()) if a.same_rate else capacity[name]) * a.share) for name in systems}
        rounds = {name: [] for name in systems}
        for _ in range(a.rounds):
            for name in systems: rounds[name].append(run(generator, bench.url(name), rate[name], a.seconds, 1, a.conns))
        print(f"{'system':8} {'capacity':>9} {'rate':>9} " + " ".join(f"{field:>9}" for field in FIELDS) + "    errors unanswered")
        for name in systems:
            medians = " ".join(f"{statistics.median(r[field] for r in rounds[name]):9.0f}" for field in FIELDS)
            errors, unanswered = (sum(r[what] for r in rounds[name]) for what in ("errors", "unanswered"))
            print(f"{name:8} {capacity[name]:9.0f} {rate[name]:9.0f} {medians} {errors:9} {unanswered:10}")
        for name in systems:
            if "weir" in systems and name != "weir":
                ratios = ", ".join(f"{field[:-3]} {statistics.median(w[field] / max(p[field], 1) for w, p in zip(rounds['weir'], rounds[name])):.2f}"
                                   for field in FIELDS[:3])
                print(f"weir/{name}: {ratios}")
        return 0 if counts and not any(r["errors"] for r in rounds.get("weir", [])) else 1


if __name__ == "__main__": sys.exit(main(arguments()))
