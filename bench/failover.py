#!/usr/bin/env python3
"""Takes origins away under load and brings them back, and counts every request that noticed.

  failover.py [--weir "CMD"] [--scene kill,unejected,drain,ready,rolling,restart] [--conns 64] [--clients 16]
  kill       kill -9 one of three nginx: no idempotent request fails whose response had not begun
  unejected  the same where nothing is ever ejected: each request finds the dead server, and the next one
  drain      `weir drain` one: no request of any kind fails, its connections and its clients bound by a cookie go down to 0
  ready      `weir ready` it: its share per second while it is spared (slow_start)
  rolling    drain, stop, start, ready, one after the other: no request of any kind fails
  restart    all three in turn without a word to Weir (nginx ends in order): no idempotent request fails

wrk sends most of the load; it counts a broken connection, half a response and a status that is not 2xx or 3xx. Clients of witness.py, which
judge each response octet by octet, send GET, POST, large GET and requests that a cookie binds to a server. Everything shares the
machine's CPUs. Takes some two minutes; ends with 1 when something failed that must not.
"""
import argparse, http.client, json, os, re, shlex, signal, socket, subprocess, sys, time
from peers import Bench, ROOT, free_port, need
from witness import Witness, failures, say

SCENES = ("kill", "unejected", "drain", "ready", "rolling", "restart")
SLOW_START_SECONDS = 10
STICKY_SECONDS = 6
DRAIN_PATIENCE = 40
ALL_CPUS = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--scene", default=",".join(SCENES))
    parser.add_argument("--conns", type=int, default=64)
    parser.add_argument("--clients", type=int, default=16)
    return parser.parse_args()


class Stage:
    """Three nginx and a Weir in front of them."""

    def __init__(self, bench, command):
        self.bench, self.command = bench, command
        self.origin_ports = [free_port() for _ in range(3)]
        self.names = [f"127.0.0.1:{port}" for port in self.origin_ports]
        self.origins = [None] * 3
        os.makedirs(f"{bench.tmp}/www")
        with open(f"{bench.tmp}/www/big", "wb") as file: file.write(os.urandom(1 << 20))
        for number in range(3): self.start_origin(number)

    def start_origin(self, number):
        own, port, tmp = f"origin{number}", self.origin_ports[number], self.bench.tmp
        self.origins[number] = self.bench.start(["nginx", "-c", self.bench.write(f"{own}.conf", f"""worker_processes 1; daemon off; pid {tmp}/{own}.pid;
error_log {tmp}/{own}.err crit; user root; events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {tmp}/{own}.b; proxy_temp_path {tmp}/{own}.p;
server {{ listen 127.0.0.1:{port}; location /big {{ root {tmp}/www; limit_rate 20m; }} location / {{ return 200 "{'x' * 100}"; }} }} }}""")], ALL_CPUS)
        wait(lambda: answers(port), f"origin {number} does not answer")

    def stop_origin(self, number, how):
        process = self.origins[number]
        if how == signal.SIGKILL: os.killpg(process.pid, how)
        else: process.send_signal(how)
        process.wait(30)

    def start_weir(self, ejects):
        bench, servers = self.bench, ", ".join(f'"http://{name}"' for name in self.names)
        passive = "" if ejects else ", health: { passive: { failures: 10000, window: 100ms }, panic: 0% }"
        self.port = bench.ports["weir"] = free_port()
        self.config = bench.write("weir.yaml", f"""listen: ["127.0.0.1:{self.port}"]
admin: {{ socket: {bench.tmp}/admin.sock, listen: "127.0.0.1:0" }}
process: {{ data: {bench.tmp}/data }}
log: {{ access: off }}
upstreams:
  app: {{ servers: [{servers}], slow_start: {SLOW_START_SECONDS}s{passive} }}
  bound: {{ servers: [{servers}], sticky: {{ ttl: {STICKY_SECONDS}s }}{passive} }}
sites:
  "*":
    routes:
      - {{ path: /bound/*, to: bound }}
      - {{ to: app }}
""")
        self.weir = bench.start(shlex.split(self.command.replace("{config}", self.config)), ALL_CPUS)
        bench.size = 100
        bench.wait_for("weir", self.weir)
        wait(lambda: os.path.exists(f"{bench.tmp}/admin.sock"), "the admin does not open")

    def stop_weir(self):
        self.bench.stop([self.weir])

    def tell(self, word, number):
        """weir drain, weir ready: of both upstreams."""
        for upstream in ("bound", "app"):
            said = subprocess.run([shlex.split(self.command)[0], word, "-c", self.config, f"{upstream}/{self.names[number]}"],
                                  capture_output=True, text=True, timeout=60)
            if said.returncode: sys.exit(f"weir {word}: {said.stdout}{said.stderr}")

    def status(self):
        """What the admin says of every server, by upstream and number."""
        wire = http.client.HTTPConnection("localhost", timeout=10)
        wire.sock = socket.socket(socket.AF_UNIX)
        wire.sock.settimeout(10)
        wire.sock.connect(f"{self.bench.tmp}/admin.sock")
        wire.request("GET", "/api/v1/upstreams")
        told = json.load(wire.getresponse())["upstreams"]
        wire.close()
        return {upstream["name"]: {self.names.index(server["name"]): server for server in upstream["servers"]} for upstream in told}

    def load(self, seconds, connections):
        return subprocess.Popen(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", self.bench.url("weir")], stdout=subprocess.PIPE, text=True)


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1): return True
    except OSError: return False


def wait(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline: sys.exit(f"{what} within {seconds} s")
        time.sleep(0.02)


def wrk_counts(text):
    done = int(re.search(r"(\d+) requests in", text)[1])
    return done, sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", text))


def kill(stage, seconds):
    time.sleep(2)
    before = stage.status()["app"][0]
    stage.stop_origin(0, signal.SIGKILL)
    time.sleep(seconds - 4)
    after = stage.status()["app"][0]
    print(f"    the dead server: {after['failures'] - before['failures']} requests found it dead, health now {after['health']}")


def drain(stage, seconds):
    time.sleep(2)
    stage.tell("drain", 0)
    print("    second  connections  in flight  of clients bound by a cookie: requests a second, connections")
    begun, last = time.monotonic(), stage.status()
    while True:
        time.sleep(1)
        now = stage.status()
        app, bound = now["app"][0], now["bound"][0]
        sticky = bound["sticky_requests"] - last["bound"][0]["sticky_requests"]
        print(f"    {time.monotonic() - begun:6.0f}  {app['connections']:11}  {app['in_flight']:9}  {sticky:44}  {bound['connections']:10}")
        if app["connections"] + bound["connections"] + sticky == 0: return True
        if time.monotonic() - begun > seconds - 6:
            print("    FAILED: something is still open there")
            return False
        last = now


def ready(stage, seconds):
    stage.tell("ready", 0)
    print("    second  its share of the requests  share of its weight in force")
    begun, last = time.monotonic(), stage.status()["app"]
    shares = []
    for _ in range(SLOW_START_SECONDS + 3):
        time.sleep(1)
        now = stage.status()["app"]
        sent = {number: now[number]["requests"] - last[number]["requests"] for number in now}
        shares.append(sent[0] / max(sum(sent.values()), 1))
        print(f"    {time.monotonic() - begun:6.0f}  {shares[-1]:25.1%}  {now[0]['effective_weight']:28.0%}")
        last = now
    if shares[0] < 0.2 and abs(shares[-1] - 1 / 3) < 0.05: return True
    print("    FAILED: that is no slow start up to a third")
    return False


def rolling(stage, seconds):
    for number in range(3):
        stage.tell("drain", number)
        wait(lambda: not any(stage.status()[u][number]["in_flight"] for u in ("app", "bound")), f"{stage.names[number]} is not empty")
        # The clients that a cookie binds to it go on coming until their cookie ends; whoever restarts it has to wait for them.
        time.sleep(STICKY_SECONDS)
        wait(lambda: not stage.status()["bound"][number]["in_flight"], f"{stage.names[number]} is not empty")
        stage.stop_origin(number, signal.SIGQUIT)
        stage.start_origin(number)
        stage.tell("ready", number)


def restart(stage, seconds):
    for number in range(3):
        time.sleep(1)
        stage.stop_origin(number, signal.SIGQUIT)
        stage.start_origin(number)
        time.sleep(2)


def run(stage, name, action, seconds, a, idempotent_only):
    load = stage.load(seconds, a.conns)
    with Witness(stage.port, a.clients) as witness:
        begun = time.monotonic()
        fine = action(stage, seconds) is not False
        time.sleep(max(0, begun + seconds - time.monotonic()))
    done, bad = wrk_counts(load.communicate()[0])
    counts = witness.take()
    failed = failures(counts, idempotent_only)
    print(f"    wrk   GET /f    {done:8} {'all whole' if not bad else f'FAILED: {bad}'}\n{say(counts)}")
    verdict = "ok" if fine and not bad and not failed else "FAILED"
    print(f"{name}: {verdict}; {sum(counts.values()) + done} requests, {bad + failed} failed that must not"
          + (f", {failures(counts) - failed} others" if failures(counts) > failed else ""), flush=True)
    if bad or failures(counts): print("    for example " + "; ".join(witness.examples[:6]))
    return verdict == "ok"


def main(a):
    need("taskset", "nginx", "wrk")
    wanted = a.scene.split(",")
    if unknown := [scene for scene in wanted if scene not in SCENES]: sys.exit(f"no scene {', '.join(unknown)}; there are {', '.join(SCENES)}")
    fine = []
    with Bench() as bench:
        stage = Stage(bench, a.weir)
        if "unejected" in wanted:
            stage.start_weir(ejects=False)
            fine.append(run(stage, "unejected", kill, 9, a, idempotent_only=True))
            stage.stop_weir()
            stage.start_origin(0)
        stage.start_weir(ejects=True)
        if "kill" in wanted:
            fine.append(run(stage, "kill", kill, 9, a, idempotent_only=True))
            stage.start_origin(0)
            stage.stop_weir()
            stage.start_weir(ejects=True)
        if "drain" in wanted or "ready" in wanted: fine.append(run(stage, "drain", drain, DRAIN_PATIENCE // 2, a, idempotent_only=False))
        if "ready" in wanted: fine.append(run(stage, "ready", ready, SLOW_START_SECONDS + 6, a, idempotent_only=False))
        elif "drain" in wanted: stage.tell("ready", 0)
        if "rolling" in wanted: fine.append(run(stage, "rolling", rolling, 3 * (STICKY_SECONDS + 4), a, idempotent_only=False))
        if "restart" in wanted: fine.append(run(stage, "restart", restart, 14, a, idempotent_only=True))
    return 0 if all(fine) else 1


if __name__ == "__main__": sys.exit(main(arguments()))
