# A gRPC client without generated code: calls of every kind, each proven by itself. Arguments: HOST:PORT SCENARIO..., with TLS
# AUTHORITY@HOST:PORT, where the first is a file.
import sys
import threading
import time

import grpc

LARGE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.enable_retries", 0)]

authority, _, target = sys.argv[1].rpartition("@")
if authority:
    named = LARGE + [("grpc.ssl_target_name_override", "calls.test")]
    channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(open(authority, "rb").read()), options=named)
else:
    channel = grpc.insecure_channel(target, options=LARGE)
unary = channel.unary_unary("/test.Echo/Unary")
client_stream = channel.stream_unary("/test.Echo/ClientStream")
server_stream = channel.unary_stream("/test.Echo/ServerStream")
both = channel.stream_stream("/test.Echo/Both")
fail = channel.unary_unary("/test.Echo/Fail")
late = channel.unary_unary("/test.Echo/Late")
meta = channel.unary_unary("/test.Echo/Meta")


def expect(got, wanted):
    assert got == wanted, f"{got!r} is not {wanted!r}"


def code_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code().name, error.details()
    return "OK", ""


def kinds():
    response, call = unary.with_call(b"hello", timeout=20)
    expect(response, b"hello")
    expect(dict(call.trailing_metadata())["x-length"], "5")
    expect(unary(b"", timeout=20), b"")
    expect(client_stream(iter([b"a", b"b", b"c"]), timeout=20), b"a|b|c")
    expect(list(server_stream(b"100", timeout=20)), [str(i).encode() for i in range(100)])
    expect(list(server_stream(b"0", timeout=20)), [])


def bidirectional():
    # Each answer is awaited before the next question: nothing may be held back.
    ready = threading.Semaphore(0)
    said = []

    def questions():
        for i in range(50):
            said.append(str(i).encode())
            yield said[-1]
            ready.acquire()

    answers = []
    for answer in both(questions(), timeout=30):
        answers.append(answer)
        ready.release()
    expect(answers, [b"<" + question + b">" for question in said])


def resting():
    # Messages that come far more slowly than an upload may, in both directions.
    def messages():
        for i in range(9):
            time.sleep(1)
            yield str(i).encode()

    expect(client_stream(messages(), timeout=30), b"0|1|2|3|4|5|6|7|8")
    expect(len(list(both(messages(), timeout=30))), 9)


def large():
    message = bytes(range(256)) * (8 << 12)
    expect(unary(message, timeout=60), message)
    expect(client_stream(iter([message[:3 << 20]] * 3), timeout=60), b"|".join([message[:3 << 20]] * 3))


def many():
    calls = [unary.future(str(i).encode(), timeout=60) for i in range(2000)]
    expect([call.result() for call in calls], [str(i).encode() for i in range(2000)])


def trailers_only():
    expect(code_of(lambda: fail(b"Welt", timeout=20)), ("FAILED_PRECONDITION", "grüße, Welt"))
    expect(code_of(lambda: channel.unary_unary("/test.Echo/Nothing")(b"", timeout=20))[0], "UNIMPLEMENTED")


def deadline():
    began = time.monotonic()
    expect(code_of(lambda: late(b"", timeout=0.5))[0], "DEADLINE_EXCEEDED")
    assert time.monotonic() - began < 5


def cancel():
    call = late.future(b"", timeout=20)
    time.sleep(0.3)
    call.cancel()
    expect(call.code().name, "CANCELLED")


def metadata():
    got = meta(b"", timeout=20, metadata=(("x-one", "1"), ("x-bin", bytes([0, 255])))).decode()
    assert "x-one=1" in got and "x-bin=b'\\x00\\xff'" in got, got


def errors():
    wanted = {"access": "PERMISSION_DENIED", "login": "UNAUTHENTICATED", "closed": "UNAVAILABLE", "dead": "UNAVAILABLE",
              "nowhere": "UNIMPLEMENTED", "slow": "DEADLINE_EXCEEDED"}
    for path, code in wanted.items():
        got, details = code_of(lambda: channel.unary_unary(f"/{path}/Method")(b"x", timeout=20))
        expect((path, got), (path, code))
        assert details, path
    limited = [code_of(lambda: channel.unary_unary("/limited/Method")(b"x", timeout=20))[0] for _ in range(3)]
    expect(limited[-1], "RESOURCE_EXHAUSTED")


def health():
    channel.unary_unary("/test.Echo/SetHealth")(sys.argv[3].encode(), timeout=20)


globals()[sys.argv[2]]()
print("done")
