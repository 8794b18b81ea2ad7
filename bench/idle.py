#!/usr/bin/env python3
"""Memory of one idle kept-alive connection, Weir beside its peers, each in fresh processes.

  idle.py [--weir "CMD"] [--peers nginx,haproxy] [--rounds 3] [--conns 10000] [--settle 3] [--tls] [--weir-extra YAML]
  --weir    the command that starts Weir on a configuration, {config} standing for its path
  --settle  seconds between the last request and the reading
  --tls     over TLS 1.3
  --warm    requests, each on a connection of its own, before the first reading: a runtime compiles its code while it is used

Each connection comes from an address of its own in 127.0.0.0/8, sends one request, reads its response and stays. Prints the resident
memory of all processes of a system before and after, and the difference for one connection; medians of the rounds. The kernel's
own memory for sockets is not in it: it is the same for all.
"""
import argparse, socket, ssl, statistics, sys, time
from peers import Bench, need, raise_descriptor_limit

IDLE_SECONDS = 600


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default="")
    parser.add_argument("--peers", default="nginx,haproxy")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--conns", type=int, default=10000)
    parser.add_argument("--settle", type=float, default=3)
    parser.add_argument("--warm", type=int, default=15000)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--weir-extra", default="")
    return parser.parse_args()


def ask(connection, port):
    connection.sendall(f"GET /f HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    octets = b""
    while b"\r\n\r\n" not in octets or len(octets) < octets.index(b"\r\n\r\n") + 4 + 100:
        got = connection.recv(4096)
        if not got: return False
        octets += got
    return octets.startswith(b"HTTP/1.1 200")


def open_connections(port, count, secure):
    connections, refused = [], 0
    context = ssl._create_unverified_context()
    for i in range(count):
        # Neighbours differ in the second octet: a limit for each client, or each network, meets few of them.
        address = f"127.{1 + i % 250}.{i // 250 % 250}.{1 + i // 62500}"
        connection = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0))
        if secure: connection = context.wrap_socket(connection, server_hostname="localhost")
        connections.append(connection)
        if not ask(connection, port): refused += 1
    return connections, refused


def still_open(connections):
    alive = 0
    for connection in connections:
        connection.setblocking(False)
        try: alive += len(connection.recv(1)) > 0
        except (BlockingIOError, ssl.SSLWantReadError): alive += 1
        except OSError: pass
    return alive


def measure(bench, name, start, a):
    process = start()
    try:
        bench.wait_for(name, process)
        # What the first requests need once, code and buffers, is not a connection's.
        for _ in range(a.warm): bench.get(name)
        time.sleep(a.settle)
        before = bench.rss_kib(process.pid)
        connections, refused = open_connections(bench.ports[name], a.conns, a.tls)
        time.sleep(a.settle)
        after, alive = bench.rss_kib(process.pid), still_open(connections)
        for connection in connections: connection.close()
        return before, after, alive, refused
    finally:
        bench.stop([process])
        bench.ports.pop(name)


def main(a):
    need("taskset", "gcc")
    limit = raise_descriptor_limit()
    # A proxy may hold a connection to the origin for some of them besides.
    if limit < a.conns + 2000: sys.exit(f"the descriptor limit is {limit}; {a.conns + 2000} are needed (ulimit -Hn)")
    with Bench(secure=a.tls, weir=a.weir, weir_extra=a.weir_extra, connections=a.conns * 2 + 1000) as bench:
        bench.start_origin()
        starts = {"nginx": lambda: bench.start_nginx(idle=IDLE_SECONDS), "haproxy": lambda: bench.start_haproxy(idle=IDLE_SECONDS)}
        systems = {name: starts[name] for name in a.peers.split(",") if name in starts}
        if a.weir: systems["weir"] = lambda: bench.start_weir(extra="" if "limits:" in a.weir_extra else f"limits: {{ idle_timeout: {IDLE_SECONDS}s }}")
        rounds = {name: [] for name in systems}
        for _ in range(a.rounds):
            for name, start in systems.items(): rounds[name].append(measure(bench, name, start, a))
        each = {name: [(after - before) * 1024 / a.conns for before, after, _, _ in rounds[name]] for name in systems}
        failed = False
        for name in systems:
            before, after = (statistics.median(r[i] for r in rounds[name]) for i in (0, 1))
            alive, refused = min(r[2] for r in rounds[name]), max(r[3] for r in rounds[name])
            failed |= name == "weir" and (alive < a.conns or refused > 0)
            print(f"{name:8} RSS before {before / 1024:7.1f} MiB  after {after / 1024:7.1f} MiB  a connection {statistics.median(each[name]):7.0f} octets"
                  f"  still open {alive}  refused {refused}")
        for name in systems:
            if "weir" in systems and name != "weir":
                print(f"weir/{name} = {statistics.median(w / max(p, 1) for w, p in zip(each['weir'], each[name])):.2f}")
        return 1 if failed else 0


if __name__ == "__main__": sys.exit(main(arguments()))
