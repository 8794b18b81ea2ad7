using System.Text;
using Weir.Abstractions.Heads;
using Weir.Bench.Http;
using Weir.Http.Http1;
using Weir.Http.Semantics;

// Nanoseconds per operation of the HTTP/1.1 codec, best of several rounds: run it alone on an idle core.
//     dotnet run -c Release --project bench/Weir.Bench.Http [NAME-PART]
byte[] small = Encoding.ASCII.GetBytes("GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n");
byte[] browser = Encoding.ASCII.GetBytes(
    "GET /shop/items/1234?sort=price&page=2 HTTP/1.1\r\n"
    + "Host: www.example.com\r\n"
    + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n"
    + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    + "Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n"
    + "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    + "Referer: https://www.example.com/shop/items\r\n"
    + "Connection: keep-alive\r\n"
    + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1\r\n"
    + "Sec-Fetch-Dest: document\r\n"
    + "Sec-Fetch-Mode: navigate\r\n"
    + "Sec-Fetch-Site: same-origin\r\n"
    + "Cache-Control: max-age=0\r\n\r\n");
byte[] answer = Encoding.ASCII.GetBytes(
    "HTTP/1.1 200 OK\r\nServer: origin/1.2\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
    + "Content-Length: 100\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: \"5f3c\"\r\nAccept-Ranges: bytes\r\n\r\n");
byte[] plainPath = Encoding.ASCII.GetBytes("/shop/items/1234/details.html");
byte[] dottedPath = Encoding.ASCII.GetBytes("/shop/%69tems/../items/./1234%2Fdetails.html");
byte[] chunks = Encoding.ASCII.GetBytes("400\r\n" + new string('x', 1024) + "\r\n0\r\n\r\n");

RequestHead request = new();
ResponseHead response = new();
HeadLimits limits = HeadLimits.Default;
byte[] output = new byte[4096];
byte[] path = new byte[256];
ChunkedDecoder decoder = default;
ResponseWriteOptions answerOptions = new() { BodyLength = BodyLength.Of(100) };

int ParseRequest(byte[] input)
{
    int scanned = 0;
    request.Clear();
    RequestHeadParser.Parse(input, ref scanned, request, limits, out int consumed, out _, out _);
    return consumed;
}

int ParseResponse()
{
    int scanned = 0;
    response.Clear();
    ResponseHeadParser.Parse(answer, ref scanned, response, RequestMethod.Get, limits, out int consumed, out _, out _);
    return consumed;
}

int Decode()
{
    decoder.Reset();
    decoder.Decode(chunks, null, out _, out _, out int consumed, out _);
    decoder.Decode(chunks.AsSpan(consumed), null, out _, out _, out int rest, out _);
    return rest;
}

Measurement.Only = args.Length > 0 ? args[0] : "";
Measurement.Print("parse small request", () => ParseRequest(small));
Measurement.Print("write small request", () => RequestHeadWriter.Write(request, default, output));
Measurement.Print("parse browser request", () => ParseRequest(browser));
Measurement.Print("strip browser request", () => Strip());
Measurement.Print("write browser request", () => RequestHeadWriter.Write(request, default, output));
Measurement.Print("parse response", () => ParseResponse());
Measurement.Print("write response", () => ResponseHeadWriter.Write(response, answerOptions, output));
Measurement.Print("normalise plain path", () => PathNormaliser.Check(plainPath, out _) == RejectReason.None ? 1 : 0);
Measurement.Print("normalise dotted path", () => (int)PathNormaliser.Normalise(dottedPath, path, out _) + 1);
Measurement.Print("decode a chunk and the end", () => Decode());

int Strip()
{
    HopByHop.StripRequest(request.Fields);
    return request.Fields.Count;
}
