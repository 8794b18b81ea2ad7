#!/usr/bin/env python3
"""From the start of the process to its first answer: the program of this checkout, an installed or unpacked package, and nginx.

  start.py [--package DIR/weir] [--rounds 7] [--busy SECONDS]
  --package  the program of a package (packaging/build.sh), which is compiled ahead
  --busy     also: requests answered in the first SECONDS under load, as a share of what nginx answers in its own

The file cache is warm: each program ran once before it counts. Prints milliseconds, median of the rounds.
"""
import argparse, os, socket, statistics, sys, time
from peers import Bench, PROXY_CPU, ROOT, free_port, need

CHECKOUT = f"{ROOT}/src/Weir.Cli/bin/Release/net10.0/weir"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default="")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--busy", type=int, default=0)
    return parser.parse_args()


def first_answer(bench, port, process, patience=30):
    """Milliseconds until a proxied answer is there. Asks every millisecond: what is refused costs nothing."""
    begun = time.perf_counter()
    request = b"GET /f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    while time.perf_counter() - begun < patience:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
                wire.sendall(request)
                if wire.recv(4096).startswith(b"HTTP/1.1 200"): return (time.perf_counter() - begun) * 1000
        except OSError: pass
        if process.poll() is not None: break
        time.sleep(0.001)
    sys.exit(f"no answer; the log ends with:\n{bench.log_tail()}")


def main(a):
    need("taskset", "gcc", "nginx", *(["wrk"] if a.busy else []))
    programs = {"weir-checkout": CHECKOUT, "weir-package": a.package}
    with Bench() as bench:
        bench.start_origin()

        def start(name, port):
            bench.ports[name] = port
            if name == "nginx": return bench.start_nginx(name, port)
            bench.weir = f"{os.path.abspath(programs[name])} run -c {{config}}"
            return bench.start_weir(name, port)

        names = [name for name, path in programs.items() if path and os.path.exists(path)] + ["nginx"]
        figures = {name: [] for name in names}
        for round in range(a.rounds + 1):
            for name in names:
                port = free_port()
                process = start(name, port)
                took = first_answer(bench, port, process)
                if round: figures[name].append(took)
                bench.stop([process])
        for name in names:
            print(f"{name:16} {statistics.median(figures[name]):7.0f} ms to the first answer (min {min(figures[name]):.0f} max {max(figures[name]):.0f})")
        if not a.busy: return 0
        done = {}
        for name in names:
            port = free_port()
            process = start(name, port)
            first_answer(bench, port, process)
            done[name], bad = bench.closed_loop(name, a.busy)
            bench.stop([process])
            if bad: print(f"{name}: {bad} errors")
        for name in names:
            print(f"{name:16} {done[name] / a.busy:7.0f} requests a second in its first {a.busy} s on CPU {PROXY_CPU}, {done[name] / max(done['nginx'], 1):.2f} of nginx")
    return 0


if __name__ == "__main__": sys.exit(main(arguments()))
