using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Http.Tests.Http1;

/// <summary>Budgets: what every exchange does allocates nothing once the arenas have grown.</summary>
public sealed class AllocationTests
{
    private static readonly byte[] _request = Encoding.Latin1.GetBytes(
        "POST /a/%7Eb/../c?d HTTP/1.1\r\nHost: Shop.Example:80\r\nUser-Agent: x\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\n"
        + "Forwarded: for=1.2.3.4\r\nX-Forwarded-For: 1.2.3.4, [::1]:80\r\nVia: 1.1 a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");

    private static readonly byte[] _response = Encoding.Latin1.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5, 5\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\nAlt-Svc: h3\r\n\r\n");

    private static readonly byte[] _body = Encoding.Latin1.GetBytes("5;a=\"b\"\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: a\r\n\r\n");

    [Fact]
    public void An_exchange_through_the_codec_allocates_nothing()
    {
        RequestHead request = new();
        ResponseHead response = new();
        HeaderFields trailers = new();
        byte[] output = new byte[4096];
        IpAddress[] hops = new IpAddress[8];
        int octets = 0;
        for (int i = 0; i < 50; i++)
        {
            octets = Exchange(request, response, trailers, output, hops);
        }

        octets.ShouldBeGreaterThan(500);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Exchange(request, response, trailers, output, hops);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static int Exchange(RequestHead request, ResponseHead response, HeaderFields trailers, byte[] output, IpAddress[] hops)
    {
        HeadLimits limits = HeadLimits.Default;
        int scanned = 0;
        request.Clear();
        RequestHeadParser.Parse(_request.AsSpan(0, 100), ref scanned, request, limits, out _, out _, out _);
        RequestHeadParser.Parse(_request, ref scanned, request, limits, out int consumed, out RequestFraming framing, out _);
        int sum = consumed + XForwardedFor.Read(request.Fields, hops) + ForwardedField.Read(request.Fields, hops) + ViaField.Count(
            request.Fields, "weir"u8);
        HopByHop.StripRequest(request.Fields);
        request.Fields.Remove(KnownField.Forwarded);
        ForwardedField.Append(request.Fields, IpAddress.FromIPv4(0x7F000001), request.Authority, false, "_weir"u8);
        XForwardedFor.Append(request.Fields, IpAddress.FromIPv4(0x7F000001));
        ViaField.Append(request.Fields, request.Version, "weir"u8);
        sum += RequestHeadWriter.Write(request, new RequestWriteOptions { BodyLength = framing.BodyLength, SendTeTrailers = true }, output);

        scanned = 0;
        response.Clear();
        ResponseHeadParser.Parse(
            _response, ref scanned, response, request.Method, limits, out consumed, out ResponseFraming responseFraming, out _);
        HopByHop.StripResponse(response.Fields);
        ProxyStatusField.Append(response.Fields, "weir"u8, "dns_error"u8, "x"u8);
        sum += consumed + ResponseHeadWriter.Write(response, new ResponseWriteOptions { BodyLength = responseFraming.BodyLength }, output);

        ChunkedDecoder decoder = default;
        decoder.Reset();
        decoder.Decode(_body, null, out _, out int data, out consumed, out _);
        decoder.Decode(_body.AsSpan(consumed), null, out _, out _, out consumed, out _);
        trailers.Clear();
        HttpDate.Format(784111777, output);
        return sum + data + consumed + ChunkWriter.WriteChunkHeader(output, 255) + ChunkWriter.WriteLast(output, trailers);
    }
}
