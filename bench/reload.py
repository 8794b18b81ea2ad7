#!/usr/bin/env python3
"""Reloads Weir twenty times under load, with WebSockets open, and counts who noticed.

    bench/reload.py [--weir BINARY] [--reloads 20] [--seconds 35] [--conns 64] [--sockets 100] [--port 21990]

wrk asks on kept-alive connections; WebSockets echo a message each 50 ms. Every reload changes something real: weights, a route, a
server added or removed, a listener added or removed. Prints the figures, and ends with 1 when a request failed, a socket dropped or a
reload was not applied.
"""
import argparse
import base64
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import socket

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORIGIN = ROOT / "bench" / "origin.c"
HANDSHAKE = ("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n\r\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(ROOT / "src/Weir.Cli/bin/Release/net10.0/weir"))
    parser.add_argument("--reloads", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=35)
    parser.add_argument("--conns", type=int, default=64)
    parser.add_argument("--sockets", type=int, default=100)
    parser.add_argument("--port", type=int, default=21990)
    return parser.parse_args()


def config(step, port):
    second = f', {{ url: "http://127.0.0.1:{port + 2}", weight: {1 + step % 7} }}' if step % 4 < 2 else ""
    listener = f', "127.0.0.1:{port + 5}"' if step % 2 else ""
    route = f'      - {{ path: /extra/{step}, stack: [{{ respond: {{ status: 200 }} }}] }}\n' if step % 3 == 0 else ""
    return f"""listen: ["127.0.0.1:{port}"{listener}]
admin: off
log: {{ access: off }}
upstreams:
  app: {{ servers: ["http://127.0.0.1:{port + 1}"{second}], timeouts: {{ first_byte: {20 + step}s }} }}
  echo: {{ servers: ["http://127.0.0.1:{port + 3}"] }}
sites:
  "*":
    routes:
{route}      - {{ path: /ws, to: echo }}
      - {{ to: app }}
"""


def head_of(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(4096)
        if not piece:
            raise OSError("ended in the head")
        data += piece
    return data


def echo(port, stop):
    """An origin that switches protocols and then sends back every octet: frames too, with their mask, which is zero."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(512)
    listener.settimeout(0.2)

    def talk(sock):
        with sock:
            head_of(sock)
            sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            while piece := sock.recv(4096):
                sock.sendall(piece)

    while not stop.is_set():
        try:
            sock, _ = listener.accept()
        except TimeoutError:
            continue
        sock.settimeout(None)
        threading.Thread(target=talk, args=(sock,), daemon=True).start()


def talk(port, stop, result):
    try:
        sock = socket.create_connection(("127.0.0.1", port), 10)
        sock.sendall(HANDSHAKE.format(base64.b64encode(os.urandom(16)).decode()).encode())
        if not head_of(sock).startswith(b"HTTP/1.1 101 "):
            raise OSError("no switch")
        while not stop.is_set():
            text = b"%08d" % result["messages"]
            sock.sendall(b"\x81\x88\0\0\0\0" + text)
            got = b""
            while len(got) < 14:
                piece = sock.recv(14 - len(got))
                if not piece:
                    raise OSError("dropped")
                got += piece
            if got[6:] != text:
                raise OSError(f"wrong: {got}")
            result["messages"] += 1
            time.sleep(0.05)
    except OSError as error:
        result["failure"] = str(error)


def main(a):
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        origin = pathlib.Path(folder) / "origin"
        subprocess.run(["gcc", "-O2", "-o", origin, ORIGIN], check=True)
        origins = [subprocess.Popen([origin, str(a.port + 1 + i), "100"]) for i in range(2)]
        threading.Thread(target=echo, args=(a.port + 3, stop), daemon=True).start()
        file = pathlib.Path(folder) / "weir.yaml"
        file.write_text(config(0, a.port))
        weir = subprocess.Popen([a.weir, "run", "-c", file], stderr=subprocess.PIPE, text=True)
        said = []
        reader = threading.Thread(target=lambda: said.extend(weir.stderr), daemon=True)
        reader.start()
        try:
            wait(lambda: any("listens on" in line for line in said), said)
            results = [{"messages": 0, "failure": None} for _ in range(a.sockets)]
            talkers = [threading.Thread(target=talk, args=(a.port, stop, result), daemon=True) for result in results]
            for talker in talkers:
                talker.start()
            load = subprocess.Popen(["wrk", "-t1", f"-c{a.conns}", f"-d{a.seconds}s", f"http://127.0.0.1:{a.port}/"], stdout=subprocess.PIPE, text=True)
            time.sleep(1)
            for step in range(1, a.reloads + 1):
                file.write_text(config(step, a.port))
                weir.send_signal(signal.SIGHUP)
                wait(lambda: any(f" as number {step + 1}, " in line for line in said), said)
                # An operator's log holds back more than ten messages of a kind in ten seconds.
                time.sleep(max(1.2, (a.seconds - 5) / a.reloads - 0.2))
            told = load.communicate()[0]
            stop.set()
            for talker in talkers:
                talker.join(10)
        finally:
            weir.terminate()
            code = weir.wait(60)
            for process in origins:
                process.kill()
    reader.join(5)
    applied = sum(" reloaded" in line for line in said)
    requests = int(re.search(r"(\d+) requests in", told).group(1))
    failed = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", told))
    dropped = [result["failure"] for result in results if result["failure"]]
    times = sorted(int(re.search(r"after (\d+) ms", line).group(1)) for line in said if " reloaded" in line)
    print(f"reloads applied    {applied} of {a.reloads}, {times[0]} to {times[-1]} ms")
    print(f"requests           {requests}, failed {failed}")
    print(f"WebSocket messages {sum(result['messages'] for result in results)} on {a.sockets} sockets, dropped {len(dropped)} {dropped[:3]}")
    print(f"exit code          {code}")
    if failed or dropped or applied != a.reloads or code:
        print(told, *said, sep="\n")
        return 1
    return 0


def wait(condition, said):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("it did not happen within 30 s; weir said:\n" + "".join(said))
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main(arguments()))
