#!/usr/bin/env python3
"""Kills a Weir with a tier on disk while it is being filled, again and again, and judges every octet that it serves afterwards.

  disk_kill.py [--weir "CMD"] [--rounds 100] [--seconds 1.2] [--clients 6] [--objects 1500] [--size 24MiB]

Each round: clients ask for objects of 1 KiB to 3 MiB, some objects are purged by the admin API or made invalid by a POST, and at some moment Weir gets
SIGKILL. Then it is started on the same directory, and asked for objects again. An object says its number, its version and the hash of its octets. Ends with 1
where an octet was wrong, where a version came back that had been purged and acknowledged, or where nothing survived at all.
"""
import argparse, hashlib, http.client, http.server, json, os, random, re, shlex, signal, socket, sys, threading, time
from peers import Bench, ROOT, free_port

CHECKOUT = f"{ROOT}/weir run -c {{config}}"
PROGRAM = f"{ROOT}/src/Weir.Cli/bin/Release/net10.0/weir"
ALL_CPUS = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=CHECKOUT)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=1.2)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--objects", type=int, default=1500)
    parser.add_argument("--size", default="24MiB")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    return parser.parse_args()


def size_of(number):
    kind = number % 50
    return 3_000_000 if kind == 0 else 300_000 + number if kind == 1 else 1024 + (number * 7919) % 30_000


def body_of(number, version):
    block = hashlib.sha256(f"{number} {version}".encode()).digest() * 128
    rest = (block * (size_of(number) // len(block) + 1))[:size_of(number)]
    return hashlib.sha256(rest).hexdigest().encode() + f" {number} {version}\n".encode() + rest


class Truth:
    """What the origin says, and what may still be served."""

    def __init__(self, count):
        self.versions, self.least = [0] * count, [0] * count
        self.wrong, self.lock = [], threading.Lock()

    def judge(self, number, body, least):
        head, _, rest = body.partition(b"\n")
        words = head.split(b" ")
        if len(words) != 3 or hashlib.sha256(rest).hexdigest().encode() != words[0] or int(words[1]) != number or len(rest) != size_of(number):
            self.say(f"object {number}: wrong octets")
        elif int(words[2]) < least:
            self.say(f"object {number}: version {int(words[2])} came back, {least} is the least")

    def say(self, text):
        with self.lock: self.wrong.append(text)
        print(text, flush=True)


def start_origin(truth):
    class Origin(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            number = int(re.sub(r"\D", "", self.path) or 0)
            body = body_of(number, truth.versions[number])
            self.send_response(200)
            self.send_header("Cache-Control", "max-age=86400")
            self.send_header("ETag", f'"{number}-{truth.versions[number]}"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            truth.versions[int(re.sub(r"\D", "", self.path))] += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_): pass

    class Server(http.server.ThreadingHTTPServer):
        request_queue_size, daemon_threads = 128, True

        def handle_error(self, *_): pass

    server = Server(("127.0.0.1", 0), Origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Client(threading.Thread):
    """Asks until it is told to stop; what breaks off because Weir was killed is no fault."""

    def __init__(self, stage, seed, purges):
        super().__init__(daemon=True)
        self.stage, self.random, self.purges, self.isOver = stage, random.Random(seed), purges, False
        self.asked = self.hits = 0

    def run(self):
        connection = None
        while not self.isOver:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=10)
                self.step(connection)
            except (OSError, http.client.HTTPException):
                connection = None
                time.sleep(0.01)

    def step(self, connection):
        truth, number = self.stage.truth, min(int(self.random.paretovariate(0.35)), self.stage.count) - 1
        if self.purges and self.random.random() < 0.03:
            self.stage.purge(number, connection if self.random.random() < 0.3 else None)
            return
        least = truth.least[number]
        connection.request("GET", f"/o/{number}")
        answer = connection.getresponse()
        body = answer.read()
        self.asked += 1
        self.hits += "hit" in (answer.getheader("Cache-Status") or "")
        if answer.status == 200: truth.judge(number, body, least)


class Stage:
    def __init__(self, bench, args):
        self.bench, self.args, self.count = bench, args, args.objects
        self.truth = Truth(args.objects)
        self.origin, self.port = start_origin(self.truth), free_port()
        self.config = bench.write("weir.yaml", f"""listen: ["127.0.0.1:{self.port}"]
admin: {{ socket: {bench.tmp}/admin.sock }}
process: {{ data: {bench.tmp}/data }}
log: {{ access: off }}
caches: {{ default: {{ memory: 4MiB, disk: {{ path: cache, size: {args.size} }}, object_size: 16MiB }} }}
sites: {{ "*": {{ stack: [cache], routes: [{{ to: "http://127.0.0.1:{self.origin}" }}] }} }}
""")
        self.weir = None

    def start(self):
        # A checkout looks at all of its sources for changes, once: a hundred times is a minute.
        isBuilt = self.weir is not None and self.args.weir == CHECKOUT and os.path.exists(PROGRAM)
        command = f"{PROGRAM} run -c {{config}}" if isBuilt else self.args.weir
        self.weir = self.bench.start(shlex.split(command.replace("{config}", self.config)), ALL_CPUS)
        deadline = time.time() + 600
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.weir.poll() is not None or time.time() > deadline: sys.exit(f"Weir did not start:\n{self.bench.log_tail()}")
                time.sleep(0.02)

    def kill(self):
        os.killpg(self.weir.pid, signal.SIGKILL)
        self.weir.wait()

    def purge(self, number, connection):
        """A new version, then nothing older may be served: at once after a purge was acknowledged."""
        truth = self.truth
        with truth.lock:
            if connection is None: truth.versions[number] += 1
            version = truth.versions[number]
        if connection is not None:
            # Only while it runs: what a POST makes invalid in the moment of the kill may be found again.
            connection.request("POST", f"/o/{number}", body=b"x")
            connection.getresponse().read()
            return
        api = http.client.HTTPConnection("localhost", timeout=10)
        api.sock = socket.socket(socket.AF_UNIX)
        api.sock.connect(f"{self.bench.tmp}/admin.sock")
        body = json.dumps({"urls": [f"http://127.0.0.1:{self.port}/o/{number}"]})
        api.request("POST", "/api/v1/caches/purge", body=body, headers={"Content-Type": "application/json", "Host": "localhost"})
        answer = api.getresponse()
        answer.read()
        if answer.status == 200:
            with truth.lock: truth.least[number] = max(truth.least[number], version)

    def round(self, number):
        self.start()
        # The first moments after a restart are judged by themselves: what is a hit then comes from the disk.
        first = [Client(self, self.args.seed + number * 100 + i, purges=False) for i in range(4)]
        for client in first: client.start()
        deadline = time.time() + 2
        while time.time() < deadline and sum(client.asked for client in first) < 100: time.sleep(0.02)
        for client in first: client.isOver = True
        for client in first: client.join(15)
        clients = [Client(self, self.args.seed + number * 100 + 50 + i, purges=True) for i in range(self.args.clients)]
        for client in clients: client.start()
        time.sleep(self.args.seconds * random.Random(self.args.seed + number).uniform(0.2, 1))
        self.kill()
        for client in clients: client.isOver = True
        for client in clients: client.join(15)
        return sum(client.hits for client in first), sum(client.asked for client in first + clients)


def main():
    args = arguments()
    print(f"seed {args.seed}", flush=True)
    with Bench(weir=args.weir) as bench:
        stage = Stage(bench, args)
        survived = asked = 0
        began = time.time()
        for number in range(args.rounds):
            hits, total = stage.round(number)
            survived += hits if number else 0
            asked += total
            if number % 10 == 9: print(f"round {number + 1}: {asked} bodies judged, {survived} of them from before a kill, {len(stage.truth.wrong)} wrong", flush=True)
        purged = sum(1 for least in stage.truth.least if least)
        print(f"{args.rounds} kills: {asked} bodies judged, {survived} found again after a kill, {purged} objects purged, {len(stage.truth.wrong)} wrong, "
              f"{(time.time() - began) / args.rounds:.1f} s a round")
        sys.exit(1 if stage.truth.wrong or (args.rounds > 1 and not survived) else 0)


if __name__ == "__main__":
    main()
