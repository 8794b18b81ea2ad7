#!/usr/bin/env python3
"""Attacks on a live Weir and, in the same way, on nginx and HAProxy, while a legitimate client asks: does it still get its answers?

  attacks.py [--weir "CMD"] [--peers nginx,haproxy] [--seconds 60] [--attack NAME[,NAME]] [--markdown] [--keep-log DIR]
  --weir      the command that starts Weir on a configuration, {config} standing for its path
  --seconds   of each attack: 60 makes a figure, 5 a check
  --attack    some of: ATTACKS
  --markdown  the table as Markdown

The attacker (attack.c) has CPU 0 and all of it, at nice 10; the proxy has CPU 1 alone. The origin and the client share CPU 0 with the
attacker, before it in line: they need little of it, and on CPU 1 the origin would take from the proxy what an attack makes it do. It is so
for every system. Each attack meets a fresh process, warmed up with requests for a few seconds.

The client asks 50 times a second, whatever became of the requests before, from an address of its own, 127.9.9.9. Every other request comes by
a new connection, the others by kept ones; one that a proxy closed before its answer began is asked once more by a new one, as browsers do.
An answer counts when it is a whole 200 within 5 s. The handshake flood hits the port where the client too speaks TLS 1.3; HTTP/2 is attacked
in the clear on a port of its own, while the client asks by HTTP/1.1: the proxy is one process.

All three are configured as a careful operator would, with the same bounds: 10 s for a head, 256 connections and 100 requests/s (burst 200) for an
address, 100 streams, 16 MiB of content, a backlog of 4096. `attacks.py --configs` prints the files.
"""
import argparse, concurrent.futures, os, re, shlex, socket, ssl, statistics, subprocess, sys, threading, time
from peers import HERE, LOAD_CPU, PROXY_CPU, Bench, free_port, need, raise_descriptor_limit

RATE, PATIENCE, CLIENT = 50, 5.0, "127.9.9.9"
REQUIRED = 99.9

# Name: which port it hits, and what it is.
ATTACKS = {
    "slowloris": ("plain", "10,000 connections from 256 addresses, a header field each 3 s"),
    "slow-post": ("plain", "4,000 requests from 256 addresses, an octet of content a second"),
    "slow-read": ("plain", "4,000 answers of 1 MiB, 64 octets read a second"),
    "flood-one": ("plain", "new connections with a request each, 1,000 at once, one address"),
    "flood-many": ("plain", "the same from 1,024 addresses"),
    "rapid-reset": ("h2", "HEADERS and RST_STREAM in batches of 100, 64 connections"),
    "continuation": ("h2", "CONTINUATION without end, 64 connections"),
    "handshakes": ("tls", "ClientHello, then reset once the server has signed, 512 at once, 1,024 addresses"),
    "hash": ("plain", "96 field names that collide, 256 connections"),
    "keys": ("plain", "X-Forwarded-For from a trusted proxy: a new address with each request, pipelined, answered by the proxy itself"),
    "ranges": ("plain", "450 overlapping ranges of a cached 1 MiB, 64 connections"),
    "expect": ("plain", "Expect: 100-continue, and never any content, 4,000 connections"),
}
WARMUP_SECONDS = 4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.replace("ATTACKS", ", ".join(ATTACKS)), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default="")
    parser.add_argument("--peers", default="nginx,haproxy")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--attack", default=",".join(ATTACKS))
    parser.add_argument("--weir-extra", default="")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--configs", action="store_true")
    parser.add_argument("--keep-log", default="")
    return parser.parse_args()


class Attacked(Bench):
    """One proxy under attack, with three ports: HTTP/1.1 in the clear, HTTP/2 in the clear, TLS."""

    def __enter__(self):
        super().__enter__()
        self.make_certificate()
        # One program for the origin and all attacks; warnings are worth reading.
        subprocess.run(["gcc", "-O2", "-Wall", "-o", f"{self.tmp}/attack", f"{HERE}/attack.c"], check=True)
        self.origin = self.start([f"{self.tmp}/attack", "origin", str(self.origin_port)], LOAD_CPU)
        return self

    def nginx_config(self, ports):
        return f"""worker_processes 1; daemon off; user root; pid {self.tmp}/nginx.pid; error_log {self.tmp}/nginx.err crit;
worker_rlimit_nofile 20000;
events {{ worker_connections 18000; multi_accept on; }}
http {{
  access_log off; server_tokens off;
  client_header_timeout 10s; client_body_timeout 10s; send_timeout 10s; keepalive_timeout 60s; 
  reset_timedout_connection on; lingering_timeout 2s;
  client_header_buffer_size 1k; large_client_header_buffers 4 8k; client_max_body_size 16m;
  http2_max_concurrent_streams 100;
  client_body_temp_path {self.tmp}/b1; proxy_temp_path {self.tmp}/b2;
  set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
  limit_conn_zone $binary_remote_addr zone=connections:16m; limit_conn connections 256; limit_conn_status 429;
  limit_req_zone $binary_remote_addr zone=requests:16m rate=100r/s; limit_req zone=requests burst=200 nodelay; limit_req_status 429;
  limit_conn_log_level info; limit_req_log_level info;
  proxy_cache_path {self.tmp}/nginx-cache keys_zone=cached:10m max_size=256m; max_ranges 16;
  ssl_certificate {self.cert}; ssl_certificate_key {self.key}; ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:10m;
  upstream origin {{ server 127.0.0.1:{self.origin_port}; keepalive 512; }}
  proxy_max_temp_file_size 0; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Request-Id $request_id;
  server {{
    listen 127.0.0.1:{ports['plain']} backlog=4096; listen 127.0.0.1:{ports['h2']} http2 backlog=4096;
    listen 127.0.0.1:{ports['tls']} ssl http2 backlog=4096;
    location / {{ proxy_pass http://origin; }}
    location = /none {{ root /nonexistent; }}
    location /cached/ {{ proxy_pass http://origin; proxy_cache cached; }}
  }}
}}
"""

    def haproxy_config(self, ports):
        return f"""global
  nbthread 1
  ulimit-n 20000
  no strict-limits
  maxconn 15000
  tune.h2.max-concurrent-streams 100
cache cached
  total-max-size 64
  max-object-size 8000000
  max-age 3600
defaults
  mode http
  backlog 4096
  timeout http-request 10s
  timeout http-keep-alive 60s
  timeout client 10s
  timeout connect 5s
  timeout server 60s
  timeout queue 5s
  option http-buffer-request
  http-reuse always
backend requests
  stick-table type ip size 1m expire 10s store http_req_rate(1s)
frontend public
  maxconn 15000
  bind 127.0.0.1:{ports['plain']}
  bind 127.0.0.1:{ports['h2']} proto h2
  bind 127.0.0.1:{ports['tls']} ssl crt {self.both} alpn h2,http/1.1
  stick-table type ip size 1m expire 60s store conn_cur
  acl behind src 127.0.0.1
  tcp-request connection track-sc0 src unless behind
  tcp-request connection reject if {{ sc0_conn_cur gt 256 }}
  http-request track-sc1 src table requests unless behind
  http-request track-sc1 hdr_ip(X-Forwarded-For,-1) table requests if behind
  http-request deny deny_status 429 if {{ sc1_http_req_rate gt 200 }}
  http-request deny deny_status 413 if {{ req.body_size gt 16777216 }}
  http-request return status 404 if {{ path /none }}
  option forwardfor
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  acl cached path_beg /cached/
  http-request cache-use cached if cached
  http-response cache-store cached
  default_backend origin
backend origin
  server s 127.0.0.1:{self.origin_port}
"""

    def weir_config(self, ports):
        extra = f"{self.weir_extra}\n" if self.weir_extra else ""
        return f"""listen:
  - "127.0.0.1:{ports['plain']}"
  - {{ address: "127.0.0.1:{ports['h2']}", protocols: [h2] }}
  - {{ address: "127.0.0.1:{ports['tls']}", tls: true }}
admin: {{ socket: {self.tmp}/admin.sock, listen: 127.0.0.1:{ports['admin']} }}
process: {{ data: {self.tmp}/data }}
log: {{ access: off }}
trusted_proxies: [127.0.0.1/32]
limits: {{ connections: 18000, connections_per_client: 256, body_size: 16MiB }}
{extra}caches:
  default: {{ memory: 256MiB, object_size: 8MiB }}
sites:
  "*":
    tls: {{ certificate: {self.cert}, key: {self.key} }}
    redirect_http: false
    stack:
      - rate_limit: {{ key: client_ip, rate: 100/s, burst: 200 }}
    routes:
      - {{ path: /none, stack: [{{ respond: {{ status: 404 }} }}] }}
      - {{ path: "/cached/*", stack: [cache], to: "http://127.0.0.1:{self.origin_port}" }}
      - to: http://127.0.0.1:{self.origin_port}
"""

    def start_system(self, name):
        ports = {kind: free_port() for kind in ("plain", "h2", "tls", "admin")}
        text = {"nginx": self.nginx_config, "haproxy": self.haproxy_config, "weir": self.weir_config}[name](ports)
        file = self.write({"nginx": "nginx.conf", "haproxy": "haproxy.cfg", "weir": "weir.yaml"}[name], text)
        os.makedirs(f"{self.tmp}/data", mode=0o700, exist_ok=True)
        command = {"nginx": ["nginx", "-c", file], "haproxy": ["haproxy", "-f", file], "weir": shlex.split(self.weir.replace("{config}", file))}[name]
        self.ports[name] = ports["plain"]
        process = self.start(command, PROXY_CPU)
        self.wait_for(name, process)
        return process, ports

    def attack(self, kind, port, seconds):
        """Starts an attack, which ends by itself."""
        command = ["nice", "-n", "10", "taskset", "-c", LOAD_CPU, f"{self.tmp}/attack", kind, str(port), str(seconds)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.started.append(process)
        return process


class Client:
    """The legitimate client: an open loop of requests, by new and by kept connections in turn."""

    def __init__(self, port, secure):
        self.port, self.kept, self.lock = port, [], threading.Lock()
        self.tls = ssl._create_unverified_context() if secure else None
        self.results, self.why = [], {}

    def connect(self, deadline):
        plain = socket.socket()
        try:
            plain.setsockopt(socket.IPPROTO_IP, 24, 1)   # IP_BIND_ADDRESS_NO_PORT
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.bind((CLIENT, 0))
            plain.settimeout(max(0.001, deadline - time.monotonic()))
            plain.connect(("127.0.0.1", self.port))
            return self.tls.wrap_socket(plain, server_hostname="localhost") if self.tls else plain
        except BaseException:
            plain.close()
            raise

    def ask(self, connection, deadline):
        """The status; raises ConnectionError before the first octet when the connection was over."""
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        connection.sendall(b"GET /f HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got = b""
        while b"\r\n\r\n" not in got:
            more = self.receive(connection, deadline)
            if not more: raise ConnectionError("closed" if not got else "cut")
            got += more
        head, body = got.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        while length and len(body) < int(length[1]):
            more = self.receive(connection, deadline)
            if not more: raise EOFError("cut within the content")
            body += more
        return int(head.split(None, 2)[1]), b"connection: close" not in head.lower()

    @staticmethod
    def receive(connection, deadline):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        return connection.recv(65536)

    def request(self, number, planned):
        deadline, connection, status = planned + PATIENCE, None, "time-out"
        try:
            for attempt in range(2):
                old = None
                if number % 2 and not attempt:
                    with self.lock: old = self.kept.pop() if self.kept else None
                try:
                    connection = old or self.connect(deadline)
                    status, stays = self.ask(connection, deadline)
                    if number % 2 and stays and status == 200:
                        with self.lock: self.kept.append(connection)
                        connection = None
                    break
                except (ConnectionError, BrokenPipeError) as error:
                    status = str(error) or type(error).__name__
                    if not old: break
                    connection.close()
        except (TimeoutError, socket.timeout): status = "time-out"
        except Exception as error: status = f"{type(error).__name__}: {error}"
        finally:
            if connection:
                try: connection.close()
                except OSError: pass
        took = time.monotonic() - planned
        good = status == 200 and took <= PATIENCE
        with self.lock:
            self.results.append((good, took if good else PATIENCE))
            if not good:
                count, first, _ = self.why.get(status, (0, planned, planned))
                self.why[status] = (count + 1, min(first, planned), planned)

    def reasons(self):
        """How many requests failed why, and asked when."""
        return ", ".join(f"{why} {count} (asked {first - self.begin:.1f} to {last - self.begin:.1f} s)" for why, (count, first, last) in self.why.items())

    def run(self, seconds):
        with concurrent.futures.ThreadPoolExecutor(max_workers=int(RATE * PATIENCE) + 20) as pool:
            self.begin = time.monotonic()
            for number in range(int(RATE * seconds)):
                planned = self.begin + number / RATE
                time.sleep(max(0, planned - time.monotonic()))
                pool.submit(self.request, number, planned)
        for connection in self.kept: connection.close()
        return self


def peak_kib(pid):
    total = 0
    for p in Bench.family(pid):
        try: total += int(re.search(r"^VmHWM:\s+(\d+)", open(f"/proc/{p}/status").read(), re.M)[1])
        except (OSError, TypeError): pass
    return total


def measure(bench, name, kind, seconds):
    process, ports = bench.start_system(name)
    running = None
    try:
        bench.attack("warm", ports["plain"], WARMUP_SECONDS).wait(WARMUP_SECONDS + 20)
        if kind == "ranges": bench.get(name, "/cached/big")
        before = bench.rss_kib(process.pid)
        # The head start is what an attack needs to stand: ten thousand connections are not open at once.
        running = bench.attack(kind, ports[ATTACKS[kind][0]], seconds + 1)
        time.sleep(1)
        client = Client(ports["tls" if ATTACKS[kind][0] == "tls" else "plain"], ATTACKS[kind][0] == "tls").run(seconds)
        said = running.communicate(timeout=seconds + 30)[0].strip()
        took = sorted(t for _, t in client.results)
        good = sum(ok for ok, _ in client.results)
        alive = process.poll() is None
        return {"success": 100 * good / len(took), "p99": 1000 * took[int(len(took) * 0.99)], "p50": 1000 * statistics.median(took),
                "before": before / 1024, "end": bench.rss_kib(process.pid) / 1024, "peak": peak_kib(process.pid) / 1024,
                "asked": len(took), "alive": alive, "why": client.reasons(), "said": said}
    finally:
        bench.stop([p for p in (process, running) if p])


def verdict(rows):
    """Whether Weir did what is required: 99.9 %, or no worse than the better peer."""
    own, others = rows.get("weir"), [row["success"] for name, row in rows.items() if name != "weir"]
    if not own: return ""
    if own["success"] >= REQUIRED: return f"met: at least {REQUIRED} %"
    if others and own["success"] >= max(others): return "met: no worse than the better peer"
    return "MISSED"


def main(a):
    need("taskset", "nice", "gcc", "openssl", *(peer for peer in a.peers.split(",") if peer))
    kinds = [kind for kind in a.attack.split(",") if kind]
    unknown = [kind for kind in kinds if kind not in ATTACKS]
    if unknown: sys.exit(f"no attack is called {unknown[0]}: there are {', '.join(ATTACKS)}")
    limit = raise_descriptor_limit()
    if limit < 20000: sys.exit(f"the descriptor limit is {limit}; 20000 are needed (ulimit -Hn)")
    failed = False
    with Attacked(weir=a.weir, weir_extra=a.weir_extra) as bench:
        if a.configs:
            ports = {"plain": 8080, "h2": 8081, "tls": 8443, "admin": 9900}
            for name, text in (("nginx", bench.nginx_config), ("haproxy", bench.haproxy_config), ("weir", bench.weir_config)):
                print(f"# {name}\n{text(ports)}")
            return 0
        systems = (["weir"] if a.weir else []) + [peer for peer in a.peers.split(",") if peer]
        columns = "| {0:12} | {1:8} | {2:>9} | {3:>8} | {4:>8} | {5:>20} | {6}" if a.markdown else "{0:12} {1:8} {2:>9} {3:>8} {4:>8} {5:>20}  {6}"
        print(columns.format("attack", "system", "success %", "p50 ms", "p99 ms", "MiB before/end/peak", "required"), flush=True)
        if a.markdown: print("| --- | --- | ---: | ---: | ---: | ---: | --- |")
        for kind in kinds:
            rows = {}
            for name in systems: rows[name] = measure(bench, name, kind, a.seconds)
            result = verdict(rows)
            failed |= result == "MISSED" or any(not row["alive"] for name, row in rows.items() if name == "weir")
            for name, row in rows.items():
                memory = f"{row['before']:.0f}/{row['end']:.0f}/{row['peak']:.0f}"
                print(columns.format(kind, name, f"{row['success']:.2f}", f"{row['p50']:.1f}", f"{row['p99']:.1f}", memory,
                                     (result if name == "weir" else "") + ("" if row["alive"] else " THE PROCESS ENDED")), flush=True)
            for name, row in rows.items():
                print(f"    {name}: the attacker says {row['said']}" + (f"; the client says {row['why']}" if row["why"] else ""), file=sys.stderr, flush=True)
        if a.keep_log:
            os.makedirs(a.keep_log, exist_ok=True)
            open(f"{a.keep_log}/attacks.log", "w").write(open(f"{bench.tmp}/log", errors="replace").read())
    return 1 if failed else 0


if __name__ == "__main__": sys.exit(main(arguments()))
