#!/usr/bin/env python3
"""Plays the cases of tests/Weir.InMemory.Tests/CacheConformance/cases.txt over sockets, against Weir and other caches, and prints who passes what.

  cache_conformance.py [--weir "CMD"] [--peers nginx,varnish,squid] [--only WORD] [--verbose] [--write]

Each case has a path of its own at one scripted origin, so all run at once; waits are real. nginx has proxy_cache_revalidate and background updates
on, Varnish and Squid are as they come, told only where the origin is. With --write the table goes into docs/conformance/cache.md. Takes half a
minute for each cache; ends with 1 when Weir fails a case.
"""
import argparse, asyncio, collections, email.utils, os, re, shlex, shutil, sys, time
from peers import Bench, ROOT, free_port

CASES = f"{ROOT}/tests/Weir.InMemory.Tests/CacheConformance/cases.txt"
PAGE = f"{ROOT}/docs/conformance/cache.md"
BEGIN, END = "<!-- begin: bench/cache_conformance.py --write -->", "<!-- end -->"
AT_ONCE, PATIENCE = 24, 15
Case = collections.namedtuple("Case", "number group name rule level steps")
Step = collections.namedtuple("Step", "request arrow answer expectations")
Response = collections.namedtuple("Response", "status fields body interims")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=f"{ROOT}/weir run -c {{config}}")
    parser.add_argument("--peers", default="nginx,varnish,squid")
    parser.add_argument("--only", default="", help="cases whose name has this word")
    parser.add_argument("--verbose", action="store_true", help="say why a case failed")
    parser.add_argument("--write", action="store_true", help=f"write the table into {os.path.relpath(PAGE, ROOT)}")
    return parser.parse_args()


def read_cases():
    cases, group = [], ""
    for line in open(CASES, encoding="utf-8").read().splitlines():
        if line.startswith("## "): group = line[3:]
        elif line.startswith("  "): cases[-1].steps.append(line.strip())
        elif line and not line.startswith("#"):
            name, rule, level = line.split(" | ")
            cases.append(Case(len(cases), group, name, rule, level, []))
    return cases


def read_step(line, started):
    line = re.sub(r"\{(-?\d+)\}", lambda found: email.utils.formatdate(started + int(found[1]), usegmt=True), line)
    front, _, behind = line.partition(" ?? ")
    arrow = next(arrow for arrow in (" ~> ", " -> ", " = ") if arrow in front)
    request, _, answer = front.partition(arrow)
    split = lambda text: [piece.strip() for piece in text.split(" | ")] if text else []
    return Step(split(request), arrow.strip(), split(answer), split(behind))


def find(pieces, name):
    return next((piece[len(name) + 2:] for piece in pieces if piece.startswith(name + ": ")), None)


def fields_of(pieces):
    return [piece for piece in pieces[1:] if not piece.startswith(("body: ", "interim: "))]


async def read_head(reader):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    return lines[0], [tuple(line.split(":", 1)) for line in lines[1:] if ":" in line]


def value(fields, name):
    values = [text.strip() for known, text in fields if known.lower() == name.lower()]
    return ", ".join(values) if values else None


class Origin:
    """Answers each case as its current step says, and remembers what it was asked."""

    def __init__(self): self.steps, self.asked, self.content = {}, {}, {}

    async def serve(self, reader, writer):
        try:
            while True:
                start, fields = await read_head(reader)
                method, target, _ = start.split(" ")
                length = int(value(fields, "Content-Length") or 0)
                await reader.readexactly(length)
                found = re.match(r"(?:http://[^/]*)?/c(\d+)", target)
                number = int(found[1]) if found else -1
                step = self.steps.get(number)
                if step is None:
                    writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n")
                    continue
                self.asked.setdefault(number, []).append((method, fields))
                if step.arrow == "=" or step.answer[0] == "close": break
                self.answer(writer, number, step, method == "HEAD")
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ValueError): pass
        finally: writer.close()

    def answer(self, writer, number, step, is_head):
        status, fields = step.answer[0], [place(field, number) for field in fields_of(step.answer)]
        if find(step.answer, "interim"):
            writer.write(f"HTTP/1.1 {find(step.answer, 'interim')} Interim\r\nX-Interim: yes\r\n\r\n".encode())
        content = self.content[number]
        bare = is_head or status in ("204", "304")
        named = {field.split(":")[0].lower() for field in fields}
        if "date" not in named: fields.append("Date: " + email.utils.formatdate(usegmt=True))
        if not bare and "content-length" not in named: fields.append(f"Content-Length: {len(content)}")
        writer.write(("\r\n".join([f"HTTP/1.1 {status} X", *fields]) + "\r\n\r\n" + ("" if bare else content)).encode("latin-1"))


def place(field, number):
    """A case's paths are below one of its own."""
    return re.sub(r"^((?:Content-)?Location: (?:http://[^/]+)?)/", rf"\1/c{number}/", field)


async def ask(port, number, step):
    line = step.request[0].split(" ")
    path = f"/c{number}" + (line[1] if len(line) > 1 else "/")
    content = find(step.request, "body")
    head = [f"{line[0]} {path} HTTP/1.1", "Host: a.test", *fields_of(step.request), "Connection: close"]
    if content is not None: head.append(f"Content-Length: {len(content)}")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(("\r\n".join(head) + "\r\n\r\n" + (content or "")).encode())
        interims = []
        while True:
            start, fields = await read_head(reader)
            status = int(start.split(" ")[1])
            if status >= 200: break
            interims.append(status)
        bare = line[0] == "HEAD" or status in (204, 304)
        return Response(status, fields, "" if bare else await read_content(reader, fields), interims)
    finally: writer.close()


async def read_content(reader, fields):
    if (value(fields, "Transfer-Encoding") or "").lower() == "chunked":
        content = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            content += await reader.readexactly(size)
            await reader.readline()
        return content.decode("latin-1")
    length = value(fields, "Content-Length")
    return (await (reader.read() if length is None else reader.readexactly(int(length)))).decode("latin-1")


class Failed(Exception): pass


def expect(condition, text):
    if not condition: raise Failed(text)


def expect_field(expectation, fields, number):
    if expectation.startswith("no "):
        return expect(value(fields, expectation[3:]) is None, f"{expectation[3:]} is there")
    name, _, wanted = place(expectation, number).partition(": ")
    found = value(fields, name) or "(none)"
    expect(re.fullmatch(re.escape(wanted).replace(r"\*", ".*"), found), f"{name} is {found}, not {wanted}")


def check(step, response, asked, content, number):
    says_status, says_content = False, response.status in (204, 304, 416) or response.status >= 500 or step.request[0].startswith("HEAD")
    for expectation in step.expectations:
        kind, _, rest = expectation.partition(" ")
        if kind == "status":
            says_status = True
            expect(re.fullmatch(rest.replace("x", "."), str(response.status)), f"status {response.status}, not {rest}")
        elif kind == "body":
            says_content = True
            expect(response.body == rest, f"content {response.body[:20]!r}, not {rest!r}")
        elif expectation == "no interim": expect(not response.interims, f"interim {response.interims}")
        elif kind == "interim": expect(int(rest) in response.interims, f"no interim {rest}")
        elif expectation.startswith("asked method "): expect(asked and asked[-1][0] == rest[7:], "asked with another method")
        elif kind == "asked": expect_field(rest, asked[-1][1] if asked else [], number)
        else: expect_field(expectation, response.fields, number)
    if not says_status: expect(str(response.status) == step.answer[0], f"status {response.status}, not {step.answer[0]}")
    if not says_content: expect(response.body == content, f"content {response.body[:20]!r}, not {content!r}")


async def play(case, port, origin):
    started, content, answers = int(time.time()), "", 0
    for number, line in enumerate(case.steps):
        if line.startswith("wait "):
            await asyncio.sleep(int(line[5:]))
            continue
        step = read_step(line, started)
        answers += 1
        arriving = find(step.answer, "body") or f"body-{answers}"
        origin.steps[case.number], origin.asked[case.number], origin.content[case.number] = step, [], arriving
        try: response = await asyncio.wait_for(ask(port, case.number, step), PATIENCE)
        except (asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            raise Failed(f"step {number + 1}: no response ({type(error).__name__})")
        if step.arrow == "~>": await asyncio.sleep(0.3)
        asked = origin.asked[case.number]
        try:
            if step.arrow != "~>":
                expect(bool(asked) == (step.arrow == "->"), "the origin was asked" if asked else "the origin was not asked")
            carried = asked and step.answer[0] not in ("close", "204", "304") and not step.request[0].startswith("HEAD")
            expected = arriving if carried else content
            if carried and step.answer[0] != "503": content = arriving
            check(step, response, asked, expected, case.number)
        except Failed as failure: raise Failed(f"step {number + 1}: {failure}")


async def play_all(cases, port):
    origin, gate, results = play_all.origin, asyncio.Semaphore(AT_ONCE), {}

    async def one(case):
        async with gate:
            try: await play(case, port, origin)
            except Failed as failure: results[case.number] = str(failure)
            else: results[case.number] = None
            origin.steps.pop(case.number, None)

    await asyncio.gather(*map(one, cases))
    return results


def start(bench, name, origin):
    port, tmp = free_port(), bench.tmp
    if name == "weir":
        config = bench.write("weir.yaml", f"""listen: ["127.0.0.1:{port}"]
admin: off
log: {{ access: off }}
process: {{ data: {tmp}/data }}
caches: {{ default: {{ memory: 64MiB }} }}
sites: {{ "*": {{ stack: [cache], routes: [{{ to: "http://127.0.0.1:{origin}" }}] }} }}
""")
        command = shlex.split(start.weir.format(config=config))
    elif name == "nginx":
        command = ["nginx", "-c", bench.write("nginx.conf", f"""worker_processes 1; daemon off; pid {tmp}/nginx.pid; error_log {tmp}/nginx.err crit; user root;
events {{ worker_connections 1024; }}
http {{ access_log off; client_body_temp_path {tmp}/b; proxy_temp_path {tmp}/p; proxy_cache_path {tmp}/cache keys_zone=zone:10m;
server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{origin}; proxy_http_version 1.1; proxy_set_header Connection "";
proxy_set_header Host $host; proxy_cache zone; proxy_cache_revalidate on; proxy_cache_background_update on; }} }} }}""")]
    elif name == "varnish":
        vcl = bench.write("case.vcl", f'vcl 4.1; backend default {{ .host = "127.0.0.1"; .port = "{origin}"; }}')
        command = ["varnishd", "-F", "-a", f"127.0.0.1:{port}", "-f", vcl, "-s", "malloc,64m", "-n", f"{tmp}/varnish"]
    else:
        os.chmod(tmp, 0o777)
        command = ["squid", "-N", "-f", bench.write("squid.conf", f"""http_port 127.0.0.1:{port} accel vhost defaultsite=a.test
cache_peer 127.0.0.1 parent {origin} 0 no-query originserver no-digest no-netdb-exchange name=origin
cache_peer_access origin allow all
never_direct allow all
http_access allow all
cache_mem 64 MB
access_log none
cache_log {tmp}/squid.log
pid_filename {tmp}/squid.pid
coredump_dir {tmp}
shutdown_lifetime 1 second
""")]
    bench.start(command, ",".join(map(str, sorted(os.sched_getaffinity(0)))))
    return port


async def wait_for(port, bench, name):
    for _ in range(300):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /probe HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(12), 5)
            writer.close()
            if answer.startswith(b"HTTP/1.1 "): return
        except (OSError, asyncio.TimeoutError): pass
        await asyncio.sleep(0.1)
    sys.exit(f"{name} does not answer:\n{bench.log_tail()}")


def table(cases, results):
    names = list(results)
    rows = ["| | cases | " + " | ".join(names) + " |", "| --- | ---: |" + " ---: |" * len(names)]
    groups = list(dict.fromkeys(case.group for case in cases))
    for title, chosen in [(group, [case for case in cases if case.group == group]) for group in groups] + [
            ("**all that must be**", [case for case in cases if case.level == "must"]),
            ("**all that should be**", [case for case in cases if case.level == "should"])]:
        passed = [str(sum(results[name][case.number] is None for case in chosen)) for name in names]
        rows.append(f"| {title} | {len(chosen)} | " + " | ".join(passed) + " |")
    return rows


def details(cases, results):
    rows = []
    for group in dict.fromkeys(case.group for case in cases):
        rows += ["", f"### {group}", "", "| case | source | | " + " | ".join(results) + " |", "| --- | --- | --- |" + " --- |" * len(results)]
        rows += [f"| {case.name} | {case.rule} | {case.level} | "
                 + " | ".join("yes" if results[name][case.number] is None else "no" for name in results) + " |"
                 for case in cases if case.group == group]
    return rows


def write(cases, results, versions):
    page = open(PAGE, encoding="utf-8").read()
    front, rest = page.split(BEGIN)
    behind = rest.split(END)[1]
    text = [f"Measured on {time.strftime('%Y-%m-%d')}: {versions}.", "", *table(cases, results), *details(cases, results)]
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(front + BEGIN + "\n" + "\n".join(text) + "\n" + END + behind)


def versions_of(names):
    import subprocess
    found = []
    for name, command in (("nginx", ["nginx", "-v"]), ("varnish", ["varnishd", "-V"]), ("squid", ["squid", "-v"])):
        if name in names:
            run = subprocess.run(command, capture_output=True, text=True)
            found.append(f"{name} {re.search(r'[0-9]+[.][0-9.]*[0-9]', run.stdout + run.stderr)[0]}")
    return ", ".join(found) or "Weir alone"


async def main(a):
    start.weir = a.weir
    cases = [case for case in read_cases() if a.only.lower() in case.name.lower()]
    names = ["weir"] + [name for name in a.peers.split(",") if name and shutil.which({"varnish": "varnishd"}.get(name, name))]
    play_all.origin, results = Origin(), {}
    with Bench() as bench:
        server = await asyncio.start_server(play_all.origin.serve, "127.0.0.1", bench.origin_port)
        for name in names:
            port = start(bench, name, bench.origin_port)
            await wait_for(port, bench, name)
            results[name] = await play_all(cases, port)
            bench.stop(bench.started)
            if a.verbose or name == "weir":
                for case in cases:
                    if results[name][case.number]: print(f"{name}: {case.level}: {case.name}: {results[name][case.number]}")
        server.close()
    print("\n".join(table(cases, results)))
    if a.write: write(cases, results, versions_of(names))
    return 1 if any(results["weir"].values()) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
