# A gRPC server without generated code: messages are octets. It prints its port. With TLS: the files of its certificate and key.
import sys
import time
from concurrent import futures

import grpc


def unary(request, context):
    context.set_trailing_metadata((("x-length", str(len(request))),))
    return request


def client_stream(requests, context):
    return b"|".join(requests)


def server_stream(request, context):
    for i in range(int(request)):
        yield str(i).encode()


def both(requests, context):
    for request in requests:
        yield b"<" + request + b">"


def fail(request, context):
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "grüße, " + request.decode())


def late(request, context):
    ended = []
    context.add_callback(lambda: ended.append(1))
    for _ in range(200):
        if ended:
            print("cancelled", flush=True)
            return b""
        time.sleep(0.05)
    return b"too late"


def meta(request, context):
    return "\n".join(f"{key}={value}" for key, value in context.invocation_metadata()).encode()


HEALTH = {"status": 1}


def check(request, context):
    service = request[2:].decode() if request else ""
    if service not in ("", "test.Echo"):
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return bytes([8, HEALTH["status"]])


def set_health(request, context):
    HEALTH["status"] = int(request)
    return b""


METHODS = {
    "Unary": grpc.unary_unary_rpc_method_handler(unary),
    "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
    "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
    "Both": grpc.stream_stream_rpc_method_handler(both),
    "Fail": grpc.unary_unary_rpc_method_handler(fail),
    "Late": grpc.unary_unary_rpc_method_handler(late),
    "Meta": grpc.unary_unary_rpc_method_handler(meta),
    "SetHealth": grpc.unary_unary_rpc_method_handler(set_health),
}

LARGE = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=LARGE)
server.add_generic_rpc_handlers((
    grpc.method_handlers_generic_handler("test.Echo", METHODS),
    grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": grpc.unary_unary_rpc_method_handler(check)}),
))
if len(sys.argv) > 2:
    pair = (open(sys.argv[2], "rb").read(), open(sys.argv[1], "rb").read())
    print(server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair])), flush=True)
else:
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(0)
