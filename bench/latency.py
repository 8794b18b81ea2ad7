#!/usr/bin/env python3
"""Latency at 70 % of capacity, Weir beside its peers, in interleaved rounds of one run.

  latency.py [--weir "CMD"] [--peers nginx,haproxy] [--rounds 5] [--seconds 10] [--conns 64] [--share 0.7] [--same-rate]
             [--weir-extra YAML]
  --weir       the command that starts Weir on a configuration, {config} standing for its path
  --share      the part of its capacity that each system is asked for
  --same-rate  ask every system for that part of the smallest capacity, instead of each for its own

The CPU that a system uses at a moderate, even rate tells its capacity: the rate that would use all of it. Then an open loop sends at a fixed rate,
and a latency counts from the moment its request should have been sent (coordinated omission is corrected by construction). Prints
p50, p99, p99.9 and the maximum, medians of the rounds, and the ratios Weir / peer taken round by round.
Load and origin are one thread on CPU 0, the system under test has CPU 1; `cpu` and `load_cpu` say how busy each was.
"""
import argparse, json, os, statistics, subprocess, sys, time
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


class Generator:
    """The load and the origin: one thread on one CPU, so that neither waits for the other to be scheduled."""

    def __init__(self, bench):
        project = os.path.join(ROOT, "bench", "Weir.Bench.Load")
        subprocess.run(["dotnet", "build", project, "-c", "Release", "-v", "quiet", "-nologo", "--disable-build-servers"], check=True, stdout=sys.stderr)
        self.bench = bench
        self.process = subprocess.Popen(["taskset", "-c", LOAD_CPU, "dotnet", os.path.join(project, "bin", "Release", "net10.0", "Weir.Bench.Load.dll"),
                                         "--serve", str(bench.origin_port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        bench.started.append(self.process)
        if self.process.stdout.readline().strip() != "ready": sys.exit("the generator did not start")

    def run(self, name, rate, seconds, warmup, connections, path="/f"):
        """The figures of one run, with the share of its CPU that the generator took, and that the system under test took."""
        pids = {"load_cpu": self.process.pid, "cpu": self.bench.systems[name].pid}
        before, start = {what: self.bench.cpu_us(pid) for what, pid in pids.items()}, time.monotonic()
        self.process.stdin.write(f"--url {self.bench.url(name, path)} --rate {rate} --seconds {seconds} --warmup {warmup} --connections {connections}\n")
        self.process.stdin.flush()
        result = json.loads(self.process.stdout.readline() or '{"error": "it ended"}')
        if "error" in result: sys.exit(f"the generator failed on {name}: {result['error']}")
        took = (time.monotonic() - start) * 1e6
        return result | {what: (self.bench.cpu_us(pid) - before[what]) / took for what, pid in pids.items()}


def collections(bench):
    """What Weir says at its end of the runtime's collections."""
    bench.stop([bench.systems["weir"]])
    return next((line.strip() for line in reversed(bench.log_tail().splitlines()) if "collection" in line), "weir said nothing of collections")


def main(a):
    need("taskset", "gcc", "dotnet")
    with Bench(weir=a.weir, weir_extra=a.weir_extra) as bench:
        generator = Generator(bench)
        systems = bench.systems = bench.start_all(a.peers)
        counts = bench.has_identity() if a.weir else True
        for name in systems: generator.run(name, 0, 1, WARMUP_SECONDS if name == "weir" else 2, a.conns)
        # A closed loop asks in bursts, which are cheaper to answer than requests one by one: it only tells where to probe. Capacity is the
        # even rate that would keep the CPU busy. Noise on the machine only takes away: the best of some turns is nearest to the truth.
        capacity = {name: 0 for name in systems}
        for _ in range(CAPACITY_TURNS):
            for name in systems:
                probe = generator.run(name, int(generator.run(name, 0, 1, 0, a.conns)["achieved"] / 2), 2, 1, a.conns)
                capacity[name] = max(capacity[name], probe["achieved"] / probe["cpu"])
        rate = {name: int((min(capacity.values()) if a.same_rate else capacity[name]) * a.share) for name in systems}
        rounds = {name: [] for name in systems}
        for _ in range(a.rounds):
            for name in systems: rounds[name].append(generator.run(name, rate[name], a.seconds, 1, a.conns))
        print(f"{'system':8} {'capacity':>9} {'rate':>9} " + " ".join(f"{field:>9}" for field in FIELDS) + "    errors unanswered   cpu load_cpu")
        for name in systems:
            medians = " ".join(f"{statistics.median(r[field] for r in rounds[name]):9.0f}" for field in FIELDS)
            errors, unanswered = (sum(r[what] for r in rounds[name]) for what in ("errors", "unanswered"))
            cpu, load_cpu = (statistics.median(r[what] for r in rounds[name]) for what in ("cpu", "load_cpu"))
            print(f"{name:8} {capacity[name]:9.0f} {rate[name]:9.0f} {medians} {errors:9} {unanswered:10} {cpu:5.2f} {load_cpu:8.2f}")
        for name in systems:
            if "weir" in systems and name != "weir":
                ratios = ", ".join(f"{field[:-3]} {statistics.median(w[field] / max(p[field], 1) for w, p in zip(rounds['weir'], rounds[name])):.2f}"
                                   for field in FIELDS[:3])
                print(f"weir/{name}: {ratios}")
        if a.weir: print(collections(bench))
        return 0 if counts and not any(r["errors"] for r in rounds.get("weir", [])) else 1


if __name__ == "__main__": sys.exit(main(arguments()))
