"""What the programs of this folder share: free ports, pinned processes, the peers' configurations, and what /proc tells of them.

Everything is loopback, everything that is started is stopped: use a Bench as a context manager.
"""
import os, re, resource, shlex, shutil, signal, socket, ssl, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LOAD_CPU, PROXY_CPU = "0", "1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def need(*programs):
    missing = [p for p in programs if not shutil.which(p)]
    if missing:
        sys.exit(f"missing: {', '.join(missing)} (Debian: gcc wrk nghttp2-client nginx-light haproxy openssl)")


def raise_descriptor_limit(wanted=65536):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
    return max(soft, limit)


class Bench:
    """One measurement: its folder, its processes, and the systems under test by name."""

    def __init__(self, case="small", secure=False, h2=False, log="", weir="", weir_extra="", connections=8192):
        self.case, self.secure, self.h2, self.log = case, secure or h2, h2, log
        self.weir, self.weir_extra, self.connections = weir, weir_extra, connections
        self.size = {"hit": 10240, "big": 1048576}.get(case, 100)
        self.origin_port = free_port()
        self.ports, self.started = {}, []

    def __enter__(self):
        raise_descriptor_limit()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.tmp = tempfile.mkdtemp(prefix="weir-bench-")
        os.chmod(self.tmp, 0o755)
        if self.secure: self.make_certificate()
        return self

    def __exit__(self, *_):
        self.stop(self.started)
        shutil.rmtree(self.tmp, ignore_errors=True)

    # ---- processes ----

    def start(self, command, cpu=PROXY_CPU, env=None):
        process = subprocess.Popen(["taskset", "-c", str(cpu)] + command, stdout=open(f"{self.tmp}/log", "ab"), stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, start_new_session=True, env=env)
        self.started.append(process)
        return process

    def stop(self, processes):
        processes = list(processes)
        for stop, patience in ((signal.SIGTERM, 2), (signal.SIGKILL, 2)):
            for process in processes:
                try: os.killpg(process.pid, stop)
                except OSError: pass
            deadline = time.time() + patience
            while time.time() < deadline and any(process.poll() is None for process in processes):
                time.sleep(0.02)
        self.started = [process for process in self.started if process not in processes]

    def write(self, name, text):
        with open(f"{self.tmp}/{name}", "w") as file: file.write(text)
        return f"{self.tmp}/{name}"

    def log_tail(self):
        try: return open(f"{self.tmp}/log", errors="replace").read()[-1500:]
        except OSError: return ""

    # ---- asking ----

    def url(self, name, path="/f"):
        return f"https://localhost:{self.ports[name]}{path}" if self.secure else f"http://127.0.0.1:{self.ports[name]}{path}"

    def get(self, name, path="/f"):
        context = ssl._create_unverified_context() if self.secure else None
        with urllib.request.urlopen(self.url(name, path), timeout=2, context=context) as response:
            return response.read()

    def wait_for(self, name, process=None):
        """Until it serves the whole response. A checkout's ./weir may have to be built first."""
        deadline = time.time() + (600 if name.startswith("weir") else 10)
        while True:
            try:
                if len(self.get(name)) == self.size: return
            except Exception: pass
            if time.time() > deadline or (process and process.poll() is not None): sys.exit(f"{name} did not answer; its log ends with:\n{self.log_tail()}")
            time.sleep(0.1)

    def has_identity(self, name="weir"):
        """Whether the fields that the default configuration adds arrive at the origin: a figure without them does not count."""
        heads = [self.get(name, f"/echo?{i}").decode("latin-1").lower() for i in range(2)]
        ids = [re.search(r"^x-request-id:\s*(\S+)", head, re.M) for head in heads]
        missing = [what for what, ok in (
            ("Via", "\nvia:" in heads[0]),
            ("Forwarded or X-Forwarded-For", "\nforwarded:" in heads[0] or "\nx-forwarded-for:" in heads[0]),
            ("a changing X-Request-Id", all(ids) and ids[0][1] != ids[1][1])) if not ok]
        if missing: print("this figure does not count: at the origin there is no " + ", no ".join(missing))
        return not missing

    # ---- /proc ----

    @staticmethod
    def family(pid):
        pids, todo = [], [pid]
        while todo:
            p = todo.pop()
            pids.append(p)
            try: todo += [int(c) for t in os.listdir(f"/proc/{p}/task") for c in open(f"/proc/{p}/task/{t}/children").read().split()]
            except OSError: pass
        return pids

    @staticmethod
    def cpu_us(pid):
        """User and system time of a process and its children, in microseconds."""
        ticks = 0
        for p in Bench.family(pid):
            try: fields = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
            except OSError: continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks * 1_000_000 // os.sysconf("SC_CLK_TCK")

    @staticmethod
    def rss_kib(pid):
        """Resident memory of a process and its children."""
        total = 0
        for p in Bench.family(pid):
            try: total += int(re.search(r"^VmRSS:\s+(\d+)", open(f"/proc/{p}/status").read(), re.M)[1])
            except (OSError, TypeError): continue
        return total

    # ---- load ----

    def closed_loop(self, name, seconds, connections=64, cpu=LOAD_CPU, threads=1):
        """Requests done and errors seen by wrk, or by h2load over HTTP/2."""
        if self.h2:
            out = subprocess.run(["taskset", "-c", cpu, "h2load", "-D", str(seconds), "--warm-up-time=0", "-c", "32", "-m", "10", self.url(name)],
                                 capture_output=True, text=True).stdout
            done, bad = re.search(r"(\d+) succeeded", out), re.search(r"(\d+) failed", out)
            return int(done[1]) if done else 0, int(bad[1]) if bad else -1
        out = subprocess.run(["taskset", "-c", cpu, "wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", self.url(name)],
                             capture_output=True, text=True).stdout
        done = re.search(r"(\d+) requests in", out)
        bad, sock = re.search(r"Non-2xx or 3xx responses: (\d+)", out), re.search(r"Socket errors: (.*)", out)
        return int(done[1]) if done else 0, (int(bad[1]) if bad else 0) + (1 if sock and re.search(r"[1-9]", sock[1]) else 0)

    # ---- the origin and the systems ----

    def make_certificate(self):
        self.cert, self.key, self.both = f"{self.tmp}/cert.pem", f"{self.tmp}/key.pem", f"{self.tmp}/both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key,
                        "-out", self.cert, "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, stderr=subprocess.DEVNULL)
        self.write("both.pem", open(self.cert).read() + open(self.key).read())

    def start_origin(self, cpu=LOAD_CPU):
        if self.case == "big":
            os.makedirs(f"{self.tmp}/www")
            open(f"{self.tmp}/www/f", "wb").write(os.urandom(self.size))
            return self.start(["nginx", "-c", self.write("origin.conf", f"""worker_processes 1; daemon off; pid {self.tmp}/o.pid;
error_log {self.tmp}/o.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; keepalive_requests 100000000;
server {{ listen 127.0.0.1:{self.origin_port}; root {self.tmp}/www; }} }}""")], cpu)
        subprocess.run(["gcc", "-O2", "-o", f"{self.tmp}/origin", f"{HERE}/origin.c"], check=True)
        return self.start([f"{self.tmp}/origin", str(self.origin_port), str(self.size)], cpu)

    def start_nginx(self, name="nginx", port=None, workers=1, cpu=PROXY_CPU, idle=75, reuse_port=False):
        port = self.ports.setdefault(name, port or free_port())
        own = f"{name}{len(self.started)}"
        listen = f"127.0.0.1:{port}" + (" reuseport" if reuse_port else "") + (" ssl" if self.secure else "") + (" http2" if self.h2 else "")
        # nginx below 1.23.4 leaves TLS 1.3 out by default; the others speak it.
        tls = f"ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {self.cert}; ssl_certificate_key {self.key};" if self.secure else ""
        zone, use = (f"proxy_cache_path {self.tmp}/cache keys_zone=z:10m;", "proxy_cache z;") if self.case == "hit" else ("", "")
        log = f"access_log {self.log}.nginx combined buffer=64k;" if self.log else "access_log off;"
        return self.start(["nginx", "-c", self.write(f"{own}.conf", f"""worker_processes {workers}; daemon off; pid {self.tmp}/{own}.pid;
error_log {self.tmp}/n.err crit; user root; worker_rlimit_nofile 65536; events {{ worker_connections {self.connections}; }}
http {{ {log} keepalive_requests 100000000; keepalive_timeout {idle}s; {zone} client_body_temp_path {self.tmp}/b1; proxy_temp_path {self.tmp}/b2;
upstream o {{ server 127.0.0.1:{self.origin_port}; keepalive 512; keepalive_requests 100000000; }}
server {{ listen {listen}; {tls} location / {{ proxy_pass http://o; proxy_http_version 1.1; proxy_set_header Connection "";
  proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Request-Id $request_id; {use} }} }} }}""")], cpu)

    def start_haproxy(self, name="haproxy", port=None, cpu=PROXY_CPU, idle=60):
        port = self.ports.setdefault(name, port or free_port())
        bind = f"bind 127.0.0.1:{port}" + (f" ssl crt {self.both}" if self.secure else "") + (" alpn h2,http/1.1" if self.h2 else "")
        cache = "cache c\n  total-max-size 64\n  max-object-size 2000000\n  max-age 3600\n" if self.case == "hit" else ""
        use = "  filter cache c\n  http-request cache-use c\n  http-response cache-store c\n" if self.case == "hit" else ""
        return self.start(["haproxy", "-f", self.write("haproxy.cfg", f"""global
  nbthread 1
  maxconn {self.connections}
{cache}defaults
  mode http
  timeout client {idle}s
  timeout http-keep-alive {idle}s
  timeout server 60s
  timeout connect 5s
  http-reuse always
frontend f
  {bind}
  option forwardfor
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
{use}  default_backend o
backend o
  server s 127.0.0.1:{self.origin_port}
""")], cpu)

    def start_varnish(self):
        self.ports["varnish"] = free_port()
        passing = "" if self.case == "hit" else "sub vcl_recv { return(pass); }\n"
        vcl = self.write("v.vcl", f'vcl 4.1;\nbackend o {{ .host="127.0.0.1"; .port="{self.origin_port}"; }}\n{passing}')
        return self.start(["varnishd", "-F", "-a", f"127.0.0.1:{self.ports['varnish']}", "-f", vcl, "-s", "malloc,256m", "-n", f"{self.tmp}/varnish"])

    def start_caddy(self):
        self.ports["caddy"] = free_port()
        return self.start(["caddy", "run", "--config", self.write("Caddyfile", f"""{{
 admin off
 auto_https off
}}
http://127.0.0.1:{self.ports['caddy']} {{
 reverse_proxy 127.0.0.1:{self.origin_port} {{
  transport http {{
   keepalive_idle_conns_per_host 512
  }}
 }}
}}
"""), "--adapter", "caddyfile"], env=dict(os.environ, GOMAXPROCS="1"))

    def start_weir(self, name="weir", port=None, cpu=PROXY_CPU, extra="", reuse_port=False):
        port = self.ports.setdefault(name, port or free_port())
        address = f'"127.0.0.1:{port}"'
        options = [f"address: {address}"] + (["tls: true"] if self.secure else []) + (["reuse_port: true"] if reuse_port else [])
        lines = ["listen: [{ " + ", ".join(options) + " }]", "admin: off",
                 f"log: {{ access: {{ format: json, to: {self.log} }} }}" if self.log else "log: { access: off }"]
        lines += [line for line in (self.weir_extra, extra) if line]
        lines += ["sites:", '  "*":', f"    to: http://127.0.0.1:{self.origin_port}"]
        if self.secure: lines.append(f"    tls: {{ certificate: {self.cert}, key: {self.key} }}")
        if self.case == "hit": lines.append("    stack: [cache]")
        config = self.write(f"{name}{len(self.started)}.yaml", "\n".join(lines) + "\n")
        return self.start(shlex.split(self.weir.replace("{config}", config)), cpu)

    def start_all(self, peers):
        """The systems that were asked for and can do the case, each answering. Returns their processes by name."""
        starts = {"nginx": self.start_nginx, "haproxy": self.start_haproxy, "varnish": self.start_varnish, "caddy": self.start_caddy}
        cannot = {"varnish": self.secure or self.case == "big", "caddy": self.secure or self.case == "hit"}
        systems = {}
        for peer in (p for p in peers.split(",") if p):
            if peer not in starts: sys.exit(f"unknown peer {peer}: there are {', '.join(starts)}")
            if not cannot.get(peer): systems[peer] = starts[peer]()
        if self.weir: systems["weir"] = self.start_weir()
        for name, process in systems.items(): self.wait_for(name, process)
        return systems
