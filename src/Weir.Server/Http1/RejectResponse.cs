using System.Text;
using Weir.Http.Fields;
using Weir.Http.Http1;

namespace Weir.Server.Http1;

/// <summary>The whole answer to a head that cannot be used: nothing of the request is repeated in it.</summary>
internal static class RejectResponse
{
    public static int Write(int status, ReadOnlySpan<byte> date, Span<byte> target)
    {
        byte[] reason = Encoding.ASCII.GetBytes(ReasonPhrases.For(status));
        SpanWriter writer = new(target);
        writer.Put("HTTP/1.1 "u8);
        writer.Put(status);
        writer.Put(" "u8);
        writer.Put(reason);
        writer.Put("\r\nDate: "u8);
        writer.Put(date);
        writer.Put("\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nProxy-Status: weir"u8);
        writer.Put(ProxyStatusField.ErrorParameter);
        writer.Put("http_request_error\r\nContent-Length: "u8);
        ReadOnlySpan<byte> before = "<!doctype html><title>"u8;
        ReadOnlySpan<byte> after = "</title><p>The request could not be understood.\n"u8;
        writer.Put(before.Length + 4 + reason.Length + after.Length);
        writer.Put("\r\nConnection: close\r\n\r\n"u8);
        writer.Put(before);
        writer.Put(status);
        writer.Put(" "u8);
        writer.Put(reason);
        writer.Put(after);
        return writer.Length;
    }
}
