#!/usr/bin/env python3
"""What a purge by tag costs while it serves: ends with 1 when a request fails, or p99 is above twice its value without.

  purge.py [--weir "CMD"] [--objects 1000000] [--rounds 5] [--seconds 6]

A cache is filled with --objects of one tag; then, in turn, --seconds of hits on other objects without a purge and with one of that tag half a second after
the beginning: soft ones, the last one hard. The caller's time is told too. Everything shares the machine's CPUs: of the times only the ratio is judged.
"""
import argparse, http.client, json, re, shlex, statistics, subprocess, sys, threading, time
from cache import ALL_CPUS, MIB, get, nginx_origin, wrk
from peers import Bench, ROOT, free_port, need


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6)
    return parser.parse_args()


def run_weir(bench, command, origin, memory):
    port, admin = free_port(), free_port()
    token = bench.write("token", "a-token-of-this-measurement-alone")
    config = bench.write("weir.yaml", f"""listen: ["127.0.0.1:{port}"]
admin: {{ socket: {bench.tmp}/admin.sock, listen: 127.0.0.1:{admin}, token_file: {token} }}
log: {{ access: off }}
process: {{ data: {bench.tmp}/data }}
limits: {{ connections_per_client: 100000 }}
caches: {{ default: {{ memory: {memory}MiB }} }}
sites:
  "*":
    routes:
      - path: /100/*
        stack: [{{ cache: {{ scope: shared }} }}, {{ headers: {{ response: {{ set: {{ Surrogate-Key: many }} }} }} }}]
        to: "http://127.0.0.1:{origin}"
      - stack: [{{ cache: {{ scope: shared }} }}]
        to: "http://127.0.0.1:{origin}"
""")
    process = bench.start(shlex.split(command.format(config=config)), ALL_CPUS)
    deadline = time.time() + 600
    while time.time() < deadline and process.poll() is None:
        try:
            get(port, "/1000/0")
            return process, port, admin
        except (OSError, http.client.HTTPException): time.sleep(0.1)
    sys.exit(f"Weir does not answer:\n{bench.log_tail()}")


def hits(bench, port, seconds):
    """Requests, failures and p99 in milliseconds of hits on 1,000 objects with another tag."""
    script = 'local n = 0\nrequest = function() n = n % 1000 + 1; return wrk.format("GET", "/1000/" .. n) end\n'
    out = subprocess.run(["taskset", "-c", ALL_CPUS, "wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", bench.write("hits.lua", script),
                          f"http://127.0.0.1:{port}/"], capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
    value, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", out).groups()
    bad = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", out))
    return int(re.search(r"(\d+) requests in", out)[1]), bad, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def order(admin, what):
    connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=120)
    connection.request("POST", "/api/v1/caches/purge", json.dumps(what), {"Authorization": "Bearer a-token-of-this-measurement-alone"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status != 200: sys.exit(f"The purge was refused: {text.decode()}")
    return json.loads(text)


def report(admin): return json.loads(get(admin, "/api/v1/caches")[1])["caches"][0]


def main(bench, a):
    origin = free_port()
    nginx_origin(bench, origin, [100, 1000])
    _, port, admin = run_weir(bench, a.weir, origin, max(a.objects * 800 // MIB, 64))
    fill = 'local n = 0\nfunction init(args) n = tonumber(args[1]) end\nrequest = function() n = n + 1; return wrk.format("GET", "/100/" .. n) end\n'
    stored = 0
    while stored < a.objects:
        done, bad = wrk(bench, port, fill, 10, start=stored)
        if done == 0 or bad: sys.exit(f"{bad} requests failed while the cache was filled.")
        stored += done
    hits(bench, port, 5)
    counted = order(admin, {"tags": ["many"], "dry_run": True})["caches"][0]["objects"]
    ratios, failures, calls = [], 0, []
    for number in range(a.rounds):
        _, bad, without = hits(bench, port, a.seconds)
        soft = number < a.rounds - 1

        def purge():
            time.sleep(0.5)
            began = time.monotonic()
            order(admin, {"tags": ["many"], "soft": soft})
            calls.append((time.monotonic() - began) * 1000)

        caller = threading.Thread(target=purge)
        caller.start()
        requests, more, p99 = hits(bench, port, a.seconds)
        caller.join()
        failures += bad + more
        ratios.append(p99 / without)
        print(f"round {number + 1} {'soft' if soft else 'hard'}: {requests / a.seconds:.0f} hits a second, p99 {without:.2f} ms without, {p99:.2f} ms with: "
              f"{ratios[-1]:.2f}; the caller waited {calls[-1]:.1f} ms", flush=True)
    deadline = time.time() + 60
    while report(admin)["purges"][0]["state"] != "done" and time.time() < deadline: time.sleep(0.2)
    touched = report(admin)["purges"][0]["touched"]
    good = failures == 0 and statistics.median(ratios) <= 2 and touched >= counted
    print(f"purge {'holds' if good else 'FAILS'}: {counted} objects of the tag, {touched} touched by the last purge, {failures} requests failed, "
          f"p99 ratio {statistics.median(ratios):.2f} in the median, {max(ratios):.2f} at most; callers waited {statistics.median(calls):.1f} ms")
    return good


if __name__ == "__main__":
    options = arguments()
    need("taskset", "wrk", "nginx")
    with Bench() as bench: result = main(bench, options)
    sys.exit(0 if result else 1)
