#!/usr/bin/env python3
"""What the cache has to hold, in five scenes; ends with 1 when one does not.

  cache.py [--weir "CMD"] [--scene herd,grace,bound,overhead,disk] [--clients 1000] [--seconds 300] [--objects 1000000] [--memory 64]
  herd      clients that ask at once for 10 MiB whose origin sends its first octet after 2 s and the rest over 5 s: one request at the origin,
            the last client's first octet within 200 ms of the first's
  grace     the origin is killed: pages are served within grace and say so; it comes back: they are refreshed, and nobody waits for it
  bound     a workload of ten times --memory (MiB), for --seconds: memory stays within the bound and a tenth, the garbage-collected heap does
            not grow
  overhead  octets of memory that an object costs beside itself, of --objects with 100 octets of content each
  disk      200 MB of 10 KB and of 1 MB each on disk, 8 MiB of memory above them, asked for at random: CPU of a request beside nginx's
            proxy_cache, both from the page cache; nearly all must come from the disk

Everything shares the machine's CPUs; of the times only herd's are judged.
"""
import argparse, http.client, os, re, selectors, shlex, socket, subprocess, sys, threading, time
from peers import Bench, ROOT, free_port, need

SCENES = ("herd", "grace", "bound", "overhead", "disk")
MIB = 1 << 20
ALL_CPUS = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--scene", default=",".join(SCENES))
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, default=256, help="MiB of the cache in `bound`")
    return parser.parse_args()


class Origin:
    """Answers from threads: `answer` writes a response to a path. Counts what it was asked."""

    def __init__(self, answer):
        self.answer, self.asked, self.port, self.listener, self.open = answer, 0, 0, None, []

    def start(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        self.listener.listen(128)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.open:
            # Its reader keeps the socket open otherwise.
            try: client.shutdown(socket.SHUT_RDWR)
            except OSError: pass
            client.close()
        self.open = []

    def accept(self, listener):
        while True:
            try: client, _ = listener.accept()
            except OSError: return
            self.open.append(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        reader = client.makefile("rb")
        try:
            while line := reader.readline():
                while reader.readline() not in (b"\r\n", b""): pass
                self.asked += 1
                self.answer(client, line.split(b" ")[1].decode())
        except OSError: pass
        finally: client.close()


def run_weir(bench, command, origin, cache, module):
    port, admin = free_port(), free_port()
    config = bench.write(f"weir{port}.yaml", f"""listen: ["127.0.0.1:{port}"]
admin: {{ socket: {bench.tmp}/admin{port}.sock, listen: 127.0.0.1:{admin} }}
log: {{ access: off }}
process: {{ data: {bench.tmp}/data{port} }}
limits: {{ connections_per_client: 100000 }}
caches: {{ default: {{ {cache} }} }}
sites: {{ "*": {{ stack: [{{ cache: {{ {module} }} }}], routes: [{{ to: "http://127.0.0.1:{origin}" }}] }} }}
""")
    process = bench.start(shlex.split(command.format(config=config)), ALL_CPUS)
    deadline = time.time() + 600
    while time.time() < deadline:
        try:
            get(port, "/probe")
            return process, port, admin
        except (OSError, http.client.HTTPException): time.sleep(0.1)
        if process.poll() is not None: break
    sys.exit(f"Weir does not answer:\n{bench.log_tail()}")


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        began = time.monotonic()
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(), response.headers.get("Cache-Status", ""), time.monotonic() - began
    finally: connection.close()


def heap(admin):
    """The garbage-collected heap, in octets."""
    _, text, _, _ = get(admin, "/metrics")
    return int(float(re.search(rb"^weir_gc_heap_bytes (\S+)$", text, re.M)[1]))


def say(scene, text, good):
    print(f"{scene:9} {'holds' if good else 'FAILS'}  {text}", flush=True)
    return good


# ---- herd ----

def herd(bench, a):
    size, pieces = 10 * MIB, 100

    def answer(client, path):
        if path == "/probe": return client.sendall(b"HTTP/1.1 204 X\r\nCache-Control: no-store\r\n\r\n")
        time.sleep(2)
        client.sendall(b"HTTP/1.1 200 X\r\nCache-Control: max-age=600\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(pieces):
            client.sendall(b"x" * (size // pieces))
            time.sleep(5 / pieces)

    origin = Origin(answer)
    origin.start()
    process, port, _ = run_weir(bench, a.weir, origin.port, "memory: 256MiB, object_size: 64MiB", "wait: 30s")
    origin.asked = 0
    polls, firsts, counts, buffer = selectors.EpollSelector(), {}, {}, bytearray(MIB)
    for _ in range(a.clients):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"GET /large HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        client.setblocking(False)
        polls.register(client, selectors.EVENT_READ)
        counts[client] = 0
    deadline = time.monotonic() + 120
    while polls.get_map() and time.monotonic() < deadline:
        ready = polls.select(1)
        # Who has nothing yet comes first: the first octet is what is timed.
        for key, _ in sorted(ready, key=lambda item: item[0].fileobj in firsts):
            client = key.fileobj
            try: count = client.recv_into(buffer if client in firsts else memoryview(buffer)[:4096])
            except BlockingIOError: continue
            except OSError: count = 0
            if count: firsts.setdefault(client, time.monotonic())
            counts[client] += count
            if count == 0:
                polls.unregister(client)
                client.close()
    origin.stop()
    bench.stop([process])
    whole = sum(size < count < size + 2000 for count in counts.values())
    spread = (max(firsts.values()) - min(firsts.values())) * 1000 if firsts else 0
    return say("herd", f"{a.clients} clients, {origin.asked} request at the origin, first octets within {spread:.0f} ms, {whole} got all of it",
               origin.asked == 1 and whole == a.clients and spread <= 200)


# ---- grace ----

def grace(bench, a):
    version = ["one"]

    def answer(client, path):
        text = version[0].encode()
        client.sendall(b"HTTP/1.1 200 X\r\nCache-Control: max-age=1\r\nContent-Length: %d\r\n\r\n" % len(text) + text)

    origin = Origin(answer)
    origin.start()
    process, port, _ = run_weir(bench, a.weir, origin.port, "memory: 64MiB", "grace: 1h")
    pages = [f"/page{number}" for number in range(50)]
    for page in pages: get(port, page)
    time.sleep(2.2)
    origin.stop()
    dead = [get(port, page) for _ in range(3) for page in pages]
    served = sum(status == 200 and body == b"one" and "detail=stale-if-error" in told for status, body, told, _ in dead)
    version[0] = "two"
    origin.start()

    # Who fails is asked once a second.
    time.sleep(1.1)
    first = [get(port, page) for page in pages]
    time.sleep(1)
    second = [get(port, page) for page in pages]
    waited = sum("fwd=" in told for _, _, told, _ in first)
    fresh = sum(body == b"two" for _, body, _, _ in second)
    bench.stop([process])
    origin.stop()
    good = say("grace", f"origin dead: {served} of {len(dead)} served and said so, the slowest in {max(item[3] for item in dead) * 1000:.0f} ms "
               f"({dead[-1][2]})", served == len(dead))
    return say("grace", f"origin back: {waited} of {len(pages)} waited for it, {fresh} were new a second later ({first[-1][2]})",
               waited == 0 and fresh == len(pages)) and good


# ---- bound ----

def nginx_origin(bench, port, sizes):
    """Files of some sizes, whatever stands behind them in the path."""
    www = f"{bench.tmp}/www"
    os.makedirs(www, exist_ok=True)
    for size in sizes:
        with open(f"{www}/{size}", "wb") as file: file.write(os.urandom(size))
    return bench.start(["nginx", "-c", bench.write("origin.conf", f"""worker_processes 1; daemon off; pid {bench.tmp}/o.pid;
error_log {bench.tmp}/o.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; sendfile on; etag off; types {{ }} default_type text/plain;
server {{ listen 127.0.0.1:{port}; root {www}; add_header Cache-Control max-age=3600; server_tokens off;
location = /probe {{ return 204; }}
location ~ ^/pass/(?<size>[0-9]+)/ {{ add_header Cache-Control no-store; try_files /$size =404; }} location ~ ^/(?<size>[0-9]+)/ {{ try_files /$size =404; }} }} }}""")], ALL_CPUS)


def wrk(bench, port, script, seconds, connections=32, start=0):
    out = subprocess.run(["taskset", "-c", ALL_CPUS, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", bench.write("load.lua", script),
                          f"http://127.0.0.1:{port}", "--", str(start)], capture_output=True, text=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    done = re.search(r"(\d+) requests in", out)
    return int(done[1]) if done else 0, int(bad[1]) if bad else 0


def bound(bench, a):
    need("wrk", "nginx")
    origin, sizes = free_port(), [1000, 10_000, 100_000, 1_000_000]
    nginx_origin(bench, origin, sizes)
    process, port, admin = run_weir(bench, a.weir, origin, f"memory: {a.memory}MiB, object_size: 4MiB", "")
    # Ten times the memory, a quarter of it of each size; popular ones are asked for again.
    counts = [10 * a.memory * MIB // 4 // size for size in sizes]
    def script(prefix): return f"""math.randomseed(1)
local sizes, counts = {{{','.join(map(str, sizes))}}}, {{{','.join(map(str, counts))}}}
request = function()
  local kind = math.random(4)
  local n = math.floor(counts[kind] * math.random() ^ 2)
  return wrk.format("GET", "{prefix}/" .. sizes[kind] .. "/" .. n)
end
"""
    # What passes by warms the code and fills the buffers that are not the cache's.
    warm, heaps, peaks, done, bad = max(a.seconds // 5, 5), [], [], 0, 0
    wrk(bench, port, script("/pass"), warm)
    baseline = Bench.rss_kib(process.pid)
    wrk(bench, port, script(""), warm)
    filled, began = Bench.rss_kib(process.pid), time.monotonic()
    while time.monotonic() - began < a.seconds:
        more, wrong = wrk(bench, port, script(""), min(10, a.seconds))
        done, bad = done + more, bad + wrong
        heaps.append(heap(admin))
        peaks.append(Bench.rss_kib(process.pid))
    bench.stop(bench.started)
    grown = (max(peaks) - baseline) / 1024
    half = max(len(heaps) // 2, 1)
    growth = min(heaps[half:] or heaps) - min(heaps[:half])
    good = say("bound", f"{done} requests ({bad} failed) over {10 * a.memory} MiB in {a.memory} MiB: resident {baseline // 1024} MiB before, "
               f"{filled // 1024} MiB when full, {max(peaks) // 1024} MiB at most: grew by {grown:.0f} MiB", bad == 0 and grown <= a.memory * 1.1)
    return say("bound", f"garbage-collected heap: {min(heaps[:half]) / MIB:.1f} MiB in the first half, {min(heaps[half:] or heaps) / MIB:.1f} in the "
               "second, at least", growth < 2 * MIB) and good


# ---- overhead ----

def overhead(bench, a):
    need("wrk", "nginx")
    origin = free_port()
    nginx_origin(bench, origin, [100])
    memory = max(a.objects * 800 // MIB, 64)
    process, port, _ = run_weir(bench, a.weir, origin, f"memory: {memory}MiB", "")
    script = 'local n = 0\nfunction init(args) n = tonumber(args[1]) end\nrequest = function() n = n + 1; return wrk.format("GET", "/100/" .. n) end\n'
    warm, _ = wrk(bench, port, script, 10, start=1 << 40)
    before, stored = Bench.rss_kib(process.pid), 0
    while stored < a.objects:
        done, bad = wrk(bench, port, script, 10, start=stored)
        if done == 0 or bad: return say("overhead", f"{bad} requests failed", False)
        stored += done
    each = (Bench.rss_kib(process.pid) - before) * 1024 / stored
    hit = sum("hit" in get(port, f"/100/{number}")[2] for number in range(2, 1002))
    fields = head_octets(port)
    bench.stop(bench.started)
    return say("overhead", f"{stored} objects: {each:.0f} octets of resident memory each; of these 100 are content, {fields} fields and key; "
               f"{each - 100 - fields:.0f} are overhead; {hit} of 1000 are hits", hit == 1000 and each - 100 - fields < 256)


def head_octets(port):
    """Octets of the fields as they are stored, and of the key."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/100/1")
    response = connection.getresponse()
    response.read()
    kept = [(name, text) for name, text in response.getheaders() if name.lower() not in ("cache-status", "age", "content-length", "connection")]
    connection.close()
    return sum(len(name) + len(text) + 4 for name, text in kept) + len("*\nhttp\n127.0.0.1:12345\n/100/1000000")


# ---- disk ----

def metric(admin, name):
    _, text, _, _ = get(admin, "/metrics")
    return int(float(re.search(name + rb"{[^}]*} (\S+)", text)[1]))


def on_disk(admin): return metric(admin, b"weir_cache_disk_objects")


def from_disk(admin):
    """Records that the disk brought into memory, and large bodies that were sent from it."""
    return metric(admin, b"weir_cache_disk_hits_total") + metric(admin, b"weir_cache_disk_opened_total")


def nginx_cache(bench, origin):
    port = free_port()
    process = bench.start(["nginx", "-c", bench.write("cache.conf", f"""worker_processes 1; daemon off; pid {bench.tmp}/c.pid;
error_log {bench.tmp}/c.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on;
client_body_temp_path {bench.tmp}/cb; proxy_temp_path {bench.tmp}/cp;
proxy_cache_path {bench.tmp}/nginx levels=1:2 keys_zone=zone:50m max_size=1g inactive=1h use_temp_path=off;
upstream origin {{ server 127.0.0.1:{origin}; keepalive 32; }}
server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
proxy_cache zone; }} }} }}""")], ALL_CPUS)
    return process, port


def disk(bench, a):
    need("wrk", "nginx")
    origin, counts, seconds = free_port(), {10_000: 20_000, 1_000_000: 200}, max(a.seconds // 30, 3)
    nginx_origin(bench, origin, counts)
    weir, weir_port, admin = run_weir(bench, a.weir, origin, "memory: 8MiB, disk: { path: cache, size: 1GiB }, object_size: 4MiB", "")
    nginx, nginx_port = nginx_cache(bench, origin)
    good = True
    for size, count in counts.items():
        fill = f'local n = -1\nrequest = function() n = (n + 1) % {count}; return wrk.format("GET", "/{size}/" .. n) end\n'
        ask = f'math.randomseed(7)\nrequest = function() return wrk.format("GET", "/{size}/" .. math.random(0, {count} - 1)) end\n'
        used = {}
        for name, process, port in (("nginx", nginx, nginx_port), ("Weir", weir, weir_port)):
            # What memory loses before it is written is not on the disk: few ask at once, and they ask again.
            filled, deadline, expected = 0, time.time() + 60, on_disk(admin) + count * 0.98
            while filled < 2 * count or (name == "Weir" and on_disk(admin) < expected and time.time() < deadline):
                filled += wrk(bench, port, fill, 3, connections=2)[0] or sys.exit(f"{name} does not answer:\n{bench.log_tail()}")
            wrk(bench, port, ask, seconds)
            before, hits = bench.cpu_us(process.pid), from_disk(admin)
            done, bad = wrk(bench, port, ask, seconds)
            used[name] = (bench.cpu_us(process.pid) - before) / max(done, 1)
            share = (from_disk(admin) - hits) / max(done, 1)
        good = say("disk", f"{size} octets: Weir {used['Weir']:.0f} µs of CPU a request, {share:.0%} of them from the disk, "
                   f"nginx {used['nginx']:.0f}: ratio {used['Weir'] / used['nginx']:.2f}", bad == 0 and share > 0.9) and good
    bench.stop(bench.started)
    return good


if __name__ == "__main__":
    options = arguments()
    need("taskset")
    results = []
    for scene in options.scene.split(","):
        with Bench() as bench: results.append(globals()[scene](bench, options))
    sys.exit(0 if all(results) else 1)
