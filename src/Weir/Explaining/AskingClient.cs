using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Explaining;

/// <summary>Where the answer of an exchange goes that only asks: it is kept as text, up to a bound.</summary>
internal sealed class AskingClient : ClientStream
{
    private const int MostBodyOctets = 4096;

    private readonly List<byte> _body = [];

    public override bool AcceptsInterim => true;

    public override bool AcceptsTrailers => false;

    public override bool IsGone => false;

    public override long SentOctets => 0;

    public List<string> Head { get; } = [];

    public string Body => Encoding.UTF8.GetString([.. _body]);

    public bool IsAborted { get; private set; }

    public override ValueTask<ProxyError?> SendInterimAsync(ResponseHead head) => default;

    public override ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody)
    {
        Head.Add($"HTTP/1.1 {head.Status} {ReasonPhrases.For(head.Status)}".TrimEnd());
        for (int slot = 0; slot < head.Fields.SlotCount; slot++)
        {
            if (!head.Fields.IsRemoved(slot))
            {
                Head.Add($"{Encoding.Latin1.GetString(head.Fields.NameAt(slot))}: {Encoding.Latin1.GetString(head.Fields.ValueAt(slot))}");
            }
        }

        return default;
    }

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        ReadOnlySpan<byte> span = octets.Span;
        _body.AddRange(span[..Math.Min(span.Length, MostBodyOctets - _body.Count)]);
        return default;
    }

    public override ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers) => WriteAsync(last);

    public override void Abort() => IsAborted = true;

    public override ITunnelEnd? OpenTunnel() => null;
}
