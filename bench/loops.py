#!/usr/bin/env python3
"""What it costs that two loops share a process: one process with two loops against two one-loop processes on the same port.

  loops.py [--weir "CMD"] [--rounds 5] [--seconds 5] [--conns 128] [--weir-extra YAML]
  --weir   the command that starts Weir on a configuration, {config} standing for its path; without it nginx is measured:
           two workers of one master against two masters with one worker

Both set-ups accept on SO_REUSEPORT sockets, may use the same two CPUs and get the same load, in turns. Prints CPU microseconds for one
request of each and the ratio shared / separate taken round by round.
"""
import argparse, statistics, sys
from peers import Bench, need

BOTH_CPUS = "0,1"
WARMUP_SECONDS = 15


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--conns", type=int, default=128)
    parser.add_argument("--weir-extra", default="")
    return parser.parse_args()


def start(bench, system, name, count):
    """Two loops on one port, in one process or in two."""
    loops = 2 // count
    if system == "nginx": return [bench.start_nginx(name, workers=loops, cpu=BOTH_CPUS, reuse_port=True) for _ in range(count)]
    # One after the other: two ./weir at once would wait for one build.
    return [bench.start_weir(name, cpu=BOTH_CPUS, extra=f"process: {{ loops: {loops} }}", reuse_port=True) for _ in range(count)]


def main(a):
    need("taskset", "gcc", "wrk")
    system = "weir" if a.weir else "nginx"
    with Bench(weir=a.weir, weir_extra=a.weir_extra) as bench:
        bench.start_origin(cpu=BOTH_CPUS)
        groups = {}
        for kind, count in (("shared", 1), ("separate", 2)):
            name = f"{system}-{kind}"
            groups[name] = start(bench, system, name, count)
            bench.wait_for(name, groups[name][0])
        for name in groups: bench.closed_loop(name, WARMUP_SECONDS if a.weir else 2, a.conns, BOTH_CPUS, threads=2)
        for name, processes in groups.items():
            if any(process.poll() is not None for process in processes): sys.exit(f"{name}: a process ended; the log ends with:\n{bench.log_tail()}")
        cost, errors, spread = {name: [] for name in groups}, {name: 0 for name in groups}, {name: [] for name in groups}
        for _ in range(a.rounds):
            for name, processes in groups.items():
                before = [bench.cpu_us(process.pid) for process in processes]
                done, bad = bench.closed_loop(name, a.seconds, a.conns, BOTH_CPUS, threads=2)
                used = [bench.cpu_us(process.pid) - b for process, b in zip(processes, before)]
                cost[name].append(sum(used) / max(done, 1))
                spread[name].append(max(used) / max(sum(used), 1))
                errors[name] += bad
        for name in groups:
            print(f"{name:16} cpu_us/request median {statistics.median(cost[name]):7.2f} (min {min(cost[name]):.2f} max {max(cost[name]):.2f})"
                  f"  busiest process {100 * statistics.median(spread[name]):.0f} % of the CPU  errors {errors[name]}")
        shared, separate = (cost[f"{system}-{kind}"] for kind in ("shared", "separate"))
        print(f"shared/separate = {statistics.median(s / p for s, p in zip(shared, separate)):.2f}")
        return 1 if any(errors.values()) else 0


if __name__ == "__main__": sys.exit(main(arguments()))
