#!/usr/bin/env python3
"""What the garbage collector does while Weir works at full load and /metrics is scraped each second.

  scrape.py [--weir "CMD"] [--seconds 60] [--conns 64] [--upstreams 1] [--servers 1]
  --upstreams, --servers  how many series there are: upstreams, and servers of each; only the first is used

Prints collections by generation, the longest pause and what is allocated: by a second of load alone and by a scrape. The runtime tells the sum of
its pauses; the longest one is the largest growth of that sum between two scrapes. Load is wrk in a closed loop, after 15 s of warming up. Takes some
100 s; ends with 1 when generation 1 or 2 was collected, or a request failed.
"""
import argparse, re, shlex, sys, threading, time, urllib.request
from peers import Bench, ROOT, free_port, need

WARMUP_SECONDS = 15
ALONE_SECONDS = 10
SCRAPES_ALONE = 50


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--conns", type=int, default=64)
    parser.add_argument("--upstreams", type=int, default=1)
    parser.add_argument("--servers", type=int, default=1)
    return parser.parse_args()


def start_weir(bench, a):
    port = bench.ports["weir"] = free_port()
    admin = free_port()
    lists = [", ".join(f'"http://127.0.0.1:{bench.origin_port}"' if (u, s) == (0, 0) else f'"http://127.0.0.{s + 2}:{9 + u}"' for s in range(a.servers))
             for u in range(a.upstreams)]
    upstreams = "".join(f"  app{u}: {{ servers: [{servers}], balance: {{ hash: uri }} }}\n" for u, servers in enumerate(lists))
    others = "".join(f"      - {{ path: /other/{u}/*, to: app{u} }}\n" for u in range(1, a.upstreams))
    config = bench.write("weir.yaml", f"""listen: ["127.0.0.1:{port}"]
admin: {{ socket: {bench.tmp}/admin.sock, listen: "127.0.0.1:{admin}" }}
process: {{ data: {bench.tmp}/data }}
log: {{ access: off }}
upstreams:
{upstreams}sites:
  "*":
    routes:
{others}      - {{ to: app0 }}
""")
    return bench.start(shlex.split(a.weir.replace("{config}", config))), f"http://127.0.0.1:{admin}/metrics"


def scrape(url):
    with urllib.request.urlopen(url, timeout=5) as answer: text = answer.read().decode()
    found = {name: float(value) for name, value in re.findall(r"^(weir_gc\S*|weir_runtime\S*|weir_heap\S*|weir_allocated\S*) (\S+)$", text, re.M)}
    return found, len(text)


def pick(found, *words):
    names = [name for name in found if all(word in name for word in words)]
    if len(names) != 1: sys.exit(f"/metrics has {len(names)} metrics of {words}: {sorted(found)}")
    return found[names[0]]


def main(a):
    need("taskset", "gcc", "wrk")
    with Bench() as bench:
        bench.start_origin()
        process, url = start_weir(bench, a)
        bench.wait_for("weir", process)
        for _ in range(SCRAPES_ALONE): scrape(url)
        bench.closed_loop("weir", WARMUP_SECONDS, a.conns)
        idle = scrape(url)[0]
        for _ in range(SCRAPES_ALONE): last, octets = scrape(url)
        by_scrape = (pick(last, "allocated") - pick(idle, "allocated")) / SCRAPES_ALONE
        begun = scrape(url)[0]
        alone, bad_alone = bench.closed_loop("weir", ALONE_SECONDS, a.conns)
        by_load = (pick(scrape(url)[0], "allocated") - pick(begun, "allocated") - by_scrape) / ALONE_SECONDS
        done = []
        load = threading.Thread(target=lambda: done.append(bench.closed_loop("weir", a.seconds, a.conns)))
        before, _ = scrape(url)
        load.start()
        longest, took, last = 0.0, [], before
        for second in range(a.seconds):
            time.sleep(1)
            asked = time.perf_counter()
            now, octets = scrape(url)
            took.append((time.perf_counter() - asked) * 1000)
            longest = max(longest, pick(now, "pause") - pick(last, "pause"))
            last = now
        load.join()
        grown = [int(pick(last, "collections", f'"{generation}"') - pick(before, "collections", f'"{generation}"')) for generation in range(3)]
        requests, bad = done[0]
        print(f"load               {requests / a.seconds:.0f} requests a second for {a.seconds} s with a scrape each second, {bad + bad_alone} failed")
        print(f"collections        {grown[0]} of generation 0, {grown[1]} of 1, {grown[2]} of 2")
        print(f"longest pause      {longest * 1000:.2f} ms, {(pick(last, 'pause') - pick(before, 'pause')) * 1000:.2f} ms in all")
        print(f"allocated          {by_scrape:.0f} octets by a scrape of {octets}, {by_load:.0f} by a second of load alone, "
              f"{(pick(last, 'allocated') - pick(before, 'allocated')) / a.seconds:.0f} by a second of both")
        print(f"a scrape took      {sorted(took)[len(took) // 2]:.1f} ms, at most {max(took):.1f} ms")
        return 1 if grown[1] or grown[2] or bad or bad_alone else 0


if __name__ == "__main__": sys.exit(main(arguments()))
