"""Clients that judge every answer for themselves: what a load generator counts as "errors" says neither what failed nor how far it had come.

A response counts only when it is whole: status 200, and every octet that its Content-Length says. Everything else is a failure, of
one of three kinds: a status, `cut` (it ended in the middle) or `lost` (no octet of it came).
"""
import collections, random, re, socket, threading, time

BODY = b"p" * 1000
KINDS = (("GET", "/f", 75), ("GET", "/big", 3), ("POST", "/f", 12), ("GET", "/bound/f", 10))
IDEMPOTENT = ("GET",)


class Witness:
    """A number of clients on kept-alive connections, each with its own cookie. Use as a context manager; `counts` by (method, path, outcome)."""

    def __init__(self, port, clients=16, kinds=KINDS, patience=30):
        self.port, self.kinds, self.patience = port, kinds, patience
        self.counts, self.examples = collections.Counter(), []
        self.lock, self.done = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.client, args=(number,), daemon=True) for number in range(clients)]

    def __enter__(self):
        for thread in self.threads: thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads: thread.join(self.patience + 5)

    def take(self):
        """The counts so far; they begin again at zero."""
        with self.lock:
            counts, self.counts = self.counts, collections.Counter()
            return counts

    def client(self, number):
        random_of_client = random.Random(number)
        methods, paths, weights = zip(*self.kinds)
        kinds = list(zip(methods, paths))
        wire, cookie = None, ""
        while not self.done.is_set():
            method, path = random_of_client.choices(kinds, weights)[0]
            begun = time.monotonic()
            try:
                wire = wire or socket.create_connection(("127.0.0.1", self.port), self.patience)
                outcome, wire, cookie = self.ask(wire, method, path, cookie)
            except OSError as error:
                outcome, wire = f"lost ({type(error).__name__})", None
            with self.lock:
                self.counts[method, path, outcome] += 1
                if outcome != "ok" and len(self.examples) < 20:
                    self.examples.append(f"{method} {path}: {outcome} after {(time.monotonic() - begun) * 1000:.0f} ms")

    def ask(self, wire, method, path, cookie):
        """What became of a request, the connection if it can be used again, and the client's cookie."""
        body = BODY if method == "POST" else b""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        wire.sendall(f"{method} {path} HTTP/1.1\r\nHost: bench\r\n{length}{cookie}\r\n".encode() + body)
        got = b""
        try:
            while b"\r\n\r\n" not in got:
                piece = wire.recv(65536)
                if not piece: return self.broken(wire, got, cookie)
                got += piece
            head, rest = got.split(b"\r\n\r\n", 1)
            left = int(re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)[1]) - len(rest)
            while left > 0:
                piece = wire.recv(65536)
                if not piece: return self.broken(wire, got, cookie)
                left -= len(piece)
        except OSError:
            return self.broken(wire, got, cookie)
        status = int(head[9:12])
        outcome = "ok" if status == 200 and left == 0 else f"status {status}" if left == 0 else "cut"
        if named := re.search(rb"\r\nset-cookie: *([^;\r]*)", head, re.I): cookie = f"Cookie: {named[1].decode()}\r\n"
        if re.search(rb"\r\nconnection: *close", head, re.I) or left:
            wire.close()
            wire = None
        return outcome, wire, cookie

    @staticmethod
    def broken(wire, got, cookie):
        wire.close()
        return "cut" if got else "lost", None, cookie


def failures(counts, idempotent_only=False):
    """Every request that was not answered whole; with idempotent_only, only those of such methods whose response had not begun."""
    return sum(count for (method, _, outcome), count in counts.items()
               if outcome != "ok" and not (idempotent_only and (method not in IDEMPOTENT or outcome == "cut")))


def say(counts):
    """One line for each method and path."""
    lines = []
    for method, path in sorted({key[:2] for key in counts}):
        row = {outcome: count for (m, p, outcome), count in counts.items() if (m, p) == (method, path)}
        bad = ", ".join(f"{outcome} {count}" for outcome, count in sorted(row.items()) if outcome != "ok")
        lines.append(f"    {method:5} {path:9} {sum(row.values()):8} {'all whole' if not bad else 'FAILED: ' + bad}")
    return "\n".join(lines)
