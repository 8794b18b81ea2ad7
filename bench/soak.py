#!/usr/bin/env python3
"""Runs Weir under mixed faults for a while and compares its memory and descriptors with where they started.

    bench/soak.py [--minutes 20] [--rate 300] [--quiet 60]

Origins and clients are threads of this program, on loopback. Clients send good requests, bad ones, large bodies, WebSocket talk,
read slowly, reset, and leave in the middle; origins answer, stall, reset, cut off, send nonsense, and one of them dies and comes
back. Prints a table of samples, and ends with 1 when, after a quiet time, descriptors or memory are not back.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKERS = 24
BODY = b"x" * (2 << 20)
# After the quiet time: descriptors that may be pooled origin connections, and growth that may be the runtime's own warming up.
MORE_DESCRIPTORS = 8
MORE_MEMORY = 1.25

stop = threading.Event()
counts = collections.Counter()


def reset(sock):
    """Closes with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def read_head(sock, data=b""):
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return None, b""
        data += piece
    head, rest = data.split(b"\r\n\r\n", 1)
    return head, rest


class Origin:
    """Answers by the path: what follows /o/ is what it does."""

    def __init__(self):
        self.port = 0
        self.listen()

    def listen(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def die(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.settimeout(90)
            threading.Thread(target=self.talk, args=(sock,), daemon=True).start()

    def talk(self, sock):
        try:
            rest = b""
            while True:
                head, rest = read_head(sock, rest)
                if head is None:
                    break
                match = re.search(rb"^content-length: (\d+)", head, re.I | re.M)
                want = int(match.group(1)) if match else 0
                while len(rest) < want:
                    piece = sock.recv(65536)
                    if not piece:
                        return
                    rest += piece
                rest = rest[want:]
                if not self.answer(sock, head.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()):
                    return
        except OSError:
            pass
        finally:
            sock.close()

    def answer(self, sock, what):
        ok = b"HTTP/1.1 200 OK\r\n"
        if what == "big":
            sock.sendall(ok + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)
        elif what == "chunks":
            sock.sendall(ok + b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"y" * 1024 + b"\r\n0\r\n\r\n")
        elif what == "slow":
            sock.sendall(ok + b"Content-Length: 5\r\n\r\n")
            for octet in b"hello":
                time.sleep(0.2)
                sock.sendall(bytes([octet]))
        elif what == "reset":
            sock.sendall(ok + b"Content-Length: 9\r\n\r\nabc")
            reset(sock)
            return False
        elif what == "cut":
            sock.sendall(ok + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab")
            return False
        elif what == "nonsense":
            sock.sendall(b"<html>what?</html>\r\n\r\n")
            return False
        elif what == "behind":
            sock.sendall(ok + b"Content-Length: 2\r\n\r\nok" + ok + b"Content-Length: 6\r\n\r\npoison")
        elif what == "gone":
            reset(sock)
            return False
        elif what == "ws":
            sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
            while piece := sock.recv(65536):
                sock.sendall(piece)
            return False
        else:
            sock.sendall(ok + b"Content-Length: 5\r\n\r\nhello")
        return True


def get(what, method=b"GET", more=b"", body=b""):
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return method + b" /o/" + what.encode() + b" HTTP/1.1\r\nHost: h\r\n" + more + length + b"\r\n" + body


BAD = [
    b"GET / HTTP/1.1\r\n\r\n", b"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/3.0\r\nHost: h\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n",
    b"POST /o/ok HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 50000 + b"\r\n\r\n",
]


def drain(sock):
    total = 0
    while piece := sock.recv(262144):
        total += len(piece)
    return total


def one(port, dice):
    """One client's visit. Gives what it was, for the table."""
    kind = dice.choices(
        ["good", "big", "upload", "pipelined", "fault", "bad", "ws", "reset", "half", "leave", "trickle", "idle"],
        [40, 3, 3, 8, 14, 10, 6, 5, 4, 4, 2, 1])[0]
    sock = socket.create_connection(("127.0.0.1", port), 30)
    sock.settimeout(40)
    close = b"Connection: close\r\n"
    try:
        if kind == "good":
            for _ in range(4):
                sock.sendall(get(dice.choice(["ok", "chunks"])))
                head, rest = read_head(sock)
                if head is None:
                    break
                while not (rest.endswith(b"hello") or rest.endswith(b"\r\n0\r\n\r\n") or b" 200 " not in head.split(b"\r\n")[0] + b" "):
                    piece = sock.recv(65536)
                    if not piece:
                        break
                    rest += piece
                counts["status " + head[9:12].decode("latin-1")] += 1
                if head[9:12] != b"200":
                    break   # an error page is not read: the next head would be looked for in it
        elif kind == "big":
            sock.sendall(get("big", more=close))
            drain(sock)
        elif kind == "upload":
            sock.sendall(get("ok", b"POST", close, BODY))
            drain(sock)
        elif kind == "pipelined":
            sock.sendall(get("ok") * 8 + get("ok", more=close))
            drain(sock)
        elif kind == "fault":
            sock.sendall(get(dice.choice(["slow", "reset", "cut", "nonsense", "behind", "gone"]), more=close))
            drain(sock)
        elif kind == "bad":
            sock.sendall(dice.choice(BAD))
            drain(sock)
        elif kind == "ws":
            sock.sendall(get("ws", more=b"Connection: upgrade\r\nUpgrade: websocket\r\n") + b"early")
            head, rest = read_head(sock)
            for _ in range(5):
                sock.sendall(b"word" * 100)
                sock.recv(65536)
            if dice.random() < 0.3:
                reset(sock)
        elif kind == "reset":
            sock.sendall(get(dice.choice(["slow", "big"])))
            sock.recv(1000)
            reset(sock)
        elif kind == "half":
            sock.sendall(get("slow"))
            sock.shutdown(socket.SHUT_WR)
            drain(sock)
        elif kind == "leave":
            sock.sendall(b"POST /o/ok HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + b"z" * dice.randrange(60000))
        elif kind == "trickle":
            for octet in get("ok", more=close):
                sock.sendall(bytes([octet]))
                time.sleep(0.01)
            drain(sock)
        else:
            time.sleep(dice.random() * 2)
    except OSError:
        pass
    finally:
        sock.close()
    return kind


def work(port, rate, seed):
    dice = random.Random(seed)
    due = time.monotonic()
    while not stop.is_set():
        due = max(due + dice.expovariate(rate), time.monotonic() - 1)
        stop.wait(max(0, due - time.monotonic()))
        try:
            counts[one(port, dice)] += 1
        except OSError:
            counts["no connection"] += 1


def sample(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    rss = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) // 1024
    return rss, len(os.listdir(f"/proc/{pid}/fd")), int(re.search(r"Threads:\s+(\d+)", status).group(1))


def show(label, began, figures):
    rss, descriptors, threads = figures
    print(f"{label:<8}{time.monotonic() - began:>7.0f} s{rss:>8} MiB{descriptors:>8} fds{threads:>6} threads{sum(counts.values()):>10} done", flush=True)


def start_weir(folder, ports):
    # Built beforehand, so that a build does not count as the start.
    subprocess.run([str(ROOT / "weir"), "version"], check=True)
    servers = ", ".join(f'"http://127.0.0.1:{port}"' for port in ports)
    config = pathlib.Path(folder, "weir.yaml")
    config.write_text(f"""admin: off
log: {{ access: {{ format: json, to: {folder}/access.log }} }}
listen: ["127.0.0.1:0"]
upstreams:
  app: {{ servers: [{servers}], timeouts: {{ connect: 1s, first_byte: 5s, idle: 10s }} }}
sites: {{ "*": app }}
""")
    process = subprocess.Popen([str(ROOT / "weir"), "run", "-c", str(config)], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if match := re.search(r"listens on 127\.0\.0\.1:(\d+)", line):
            threading.Thread(target=lambda: collections.deque(process.stderr, 0), daemon=True).start()
            return process, int(match.group(1))
    sys.exit("weir did not start")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--rate", type=float, default=300, help="visits of clients a second; a visit is one to nine requests")
    options.add_argument("--quiet", type=float, default=75, help="seconds without clients before the comparison")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    given = options.parse_args()
    print(f"seed {given.seed}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    origins = [Origin() for _ in range(3)]
    with tempfile.TemporaryDirectory(prefix="weir-soak-") as folder:
        process, port = start_weir(folder, [origin.port for origin in origins])
        try:
            return soak(given, origins, process, port)
        finally:
            stop.set()
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(40)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def soak(given, origins, process, port):
    began = time.monotonic()
    # What is loaded and compiled once is no leak: the comparison starts behind a first round of everything.
    threads = [threading.Thread(target=work, args=(port, given.rate / WORKERS, given.seed + i), daemon=True) for i in range(WORKERS)]
    show("cold", began, sample(process.pid))
    for thread in threads:
        thread.start()
    end = began + given.minutes * 60
    warm_at = began + min(120, given.minutes * 20)
    period = max(5, given.minutes * 3)
    warm = None
    alive = True
    while time.monotonic() < end:
        stop.wait(min(period, max(0, end - time.monotonic())))
        if process.poll() is not None:
            print(f"weir ended with {process.returncode}")
            return 1
        if warm is None and time.monotonic() >= warm_at:
            warm = sample(process.pid)
            show("warm", began, warm)
        show("load" if alive else "load -1", began, sample(process.pid))
        if alive:
            origins[0].die()
        else:
            origins[0].listen()
        alive = not alive
    if not alive:
        origins[0].listen()
    stop.set()
    for thread in threads:
        thread.join(60)
    peak = sample(process.pid)
    show("end", began, peak)
    time.sleep(given.quiet)
    last = sample(process.pid)
    show("quiet", began, last)
    print("  ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    return judge(warm or peak, last, process, len(origins))


def judge(warm, last, process, origins):
    cold_descriptors = last[1]
    sockets = sum(1 for name in os.listdir(f"/proc/{process.pid}/fd") if os.readlink(f"/proc/{process.pid}/fd/{name}").startswith("socket:"))
    print(f"left open: {cold_descriptors} descriptors, {sockets} of them sockets")
    process.send_signal(signal.SIGTERM)
    code = process.wait(40)
    faults = []
    if last[0] > warm[0] * MORE_MEMORY:
        faults.append(f"memory: {warm[0]} MiB warm, {last[0]} MiB after the quiet time")
    listeners = os.cpu_count() or 1
    if sockets > listeners + MORE_DESCRIPTORS:
        faults.append(f"descriptors: {sockets} sockets are open where nobody talks")
    if code != 0:
        faults.append(f"SIGTERM gave exit code {code}")
    print("ok" if not faults else "FAILED: " + "; ".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
