#!/usr/bin/env python3
"""CPU of compressing one MiB of text on its way, Weir beside nginx, in interleaved rounds of one run.

  compress.py [--weir "CMD"] [--levels 1,5,6] [--rounds 5] [--seconds 3] [--conns 16]

The origin gives 1 MiB of text; each level of gzip is asked of both, and br and zstd of Weir alone, at its defaults. A row has the CPU of
all processes of a system for one MiB (less that of passing the MiB on uncompressed: `plain`), and how many times smaller it became.
Load generator and origin run on CPU 0, the system under test on CPU 1.
"""
import argparse, gzip, os, random, re, shlex, statistics, subprocess, sys, urllib.request
from peers import Bench, LOAD_CPU, ROOT, free_port, need

MIB = 1 << 20
WARMUP_SECONDS = 12
ASKED = {"br": "br", "zstd": "zstd", "plain": "identity"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--levels", default="1,5,6")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--conns", type=int, default=16)
    return parser.parse_args()


def text():
    """1 MiB that compresses as pages and programs do: the project's own documents and sources, always the same ones."""
    pieces = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in ("bin", "obj", "artifacts", ".git", "node_modules"))
        pieces += [open(os.path.join(folder, f), "rb").read() for f in sorted(files) if f.endswith((".cs", ".md", ".yaml"))]
    random.Random(1).shuffle(pieces)
    return b"".join(pieces)[:MIB]


def start_origin(bench):
    os.makedirs(f"{bench.tmp}/www")
    with open(f"{bench.tmp}/www/f.txt", "wb") as file: file.write(text())
    bench.start(["nginx", "-c", bench.write("origin.conf", f"""worker_processes 1; daemon off; pid {bench.tmp}/o.pid;
error_log {bench.tmp}/o.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; keepalive_requests 100000000; types {{ text/plain txt; }}
server {{ listen 127.0.0.1:{bench.origin_port}; root {bench.tmp}/www; }} }}""")], LOAD_CPU)


def start_nginx(bench, levels):
    port = bench.ports["nginx"] = free_port()
    proxy = 'proxy_pass http://o/f.txt; proxy_http_version 1.1; proxy_set_header Connection "";'
    places = "".join(f"location = /gzip-{level} {{ {proxy} gzip on; gzip_comp_level {level}; gzip_types text/plain; }}\n" for level in levels)
    return bench.start(["nginx", "-c", bench.write("nginx.conf", f"""worker_processes 1; daemon off; pid {bench.tmp}/n.pid;
error_log {bench.tmp}/n.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {bench.tmp}/b1; proxy_temp_path {bench.tmp}/b2;
upstream o {{ server 127.0.0.1:{bench.origin_port}; keepalive 512; keepalive_requests 100000000; }}
server {{ listen 127.0.0.1:{port}; location = /plain {{ {proxy} }}
{places} }} }}""")])


def start_weir(bench, command, levels):
    port = bench.ports["weir"] = free_port()
    routes = "".join(f"      - {{ path: /gzip-{level}, stack: [{{ compress: {{ codings: [gzip], gzip: {level} }} }}, {{ rewrite: {{ path: /f.txt }} }}], to: app }}\n"
                     for level in levels)
    routes += "".join(f"      - {{ path: /{name}, stack: [compress, {{ rewrite: {{ path: /f.txt }} }}], to: app }}\n" for name in ASKED)
    return bench.start(shlex.split(command.replace("{config}", bench.write("weir.yaml", f"""listen: ["127.0.0.1:{port}"]
admin: off
log: {{ access: off }}
upstreams: {{ app: {{ servers: ["http://127.0.0.1:{bench.origin_port}"] }} }}
sites:
  "*":
    routes:
{routes}"""))))


def fetch(bench, name, case):
    asked = urllib.request.Request(bench.url(name, f"/{case}"), headers={"Accept-Encoding": ASKED.get(case, "gzip")})
    with urllib.request.urlopen(asked, timeout=20) as response: return response.read()


def load(bench, name, case, seconds, conns):
    """MiB a run has moved, and the CPU of one of them."""
    process = bench.systems[name]
    before = bench.cpu_us(process.pid)
    out = subprocess.run(["taskset", "-c", LOAD_CPU, "wrk", "-t1", f"-c{conns}", f"-d{seconds}s", "--timeout", "10s", "-H",
                          f"Accept-Encoding: {ASKED.get(case, 'gzip')}", bench.url(name, f"/{case}")], capture_output=True, text=True).stdout
    done = int(re.search(r"(\d+) requests in", out)[1])
    if re.search(r"Non-2xx|Socket errors: connect [1-9]", out) or not done: sys.exit(f"{name} failed at {case}:\n{out}")
    return (bench.cpu_us(process.pid) - before) / done


def main(a):
    need("taskset", "nginx", "wrk")
    levels = [int(level) for level in a.levels.split(",")]
    cases = {"nginx": ["plain"] + [f"gzip-{level}" for level in levels]}
    cases["weir"] = cases["nginx"] + ["br", "zstd"]
    with Bench() as bench:
        start_origin(bench)
        bench.systems = {"nginx": start_nginx(bench, levels), "weir": start_weir(bench, a.weir, levels)}
        bench.size = MIB
        bench.get = lambda name, path="/plain": fetch(bench, name, path[1:] if path != "/f" else "plain")
        for name, process in bench.systems.items(): bench.wait_for(name, process)
        ratio = {(name, case): MIB / len(fetch(bench, name, case)) for name in cases for case in cases[name]}
        for level in levels:
            if gzip.decompress(fetch(bench, "weir", f"gzip-{level}")) != text(): sys.exit("what came is not what was sent")
        for case in cases["weir"]: load(bench, "weir", case, WARMUP_SECONDS // len(cases["weir"]) + 1, a.conns)
        cost = {key: [] for key in ratio}
        for _ in range(a.rounds):
            for name, case in ratio: cost[name, case].append(load(bench, name, case, a.seconds, a.conns))
    print(f"{'system':8} {'case':8} {'ms of CPU a MiB':>16} {'less plain':>11} {'times smaller':>14}")
    for (name, case), values in cost.items():
        extra = [value - plain for value, plain in zip(values, cost[name, "plain"])]
        print(f"{name:8} {case:8} {statistics.median(values) / 1000:16.2f} {statistics.median(extra) / 1000:11.2f} {ratio[name, case]:14.2f}")
    for level in levels:
        case = f"gzip-{level}"
        rounds = [w / n for w, n in zip(cost["weir", case], cost["nginx", case])]
        print(f"weir/nginx at gzip level {level}: CPU {statistics.median(rounds):.2f}, size {ratio['nginx', case] / ratio['weir', case]:.2f}")
    return 0


if __name__ == "__main__": sys.exit(main(arguments()))
