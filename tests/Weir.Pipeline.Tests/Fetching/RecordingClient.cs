using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Tests.Fetching;

/// <summary>A client that keeps what it gets, and takes nothing while a test holds it.</summary>
internal sealed class RecordingClient : ClientStream
{
    private readonly MemoryStream _content = new();
    private TaskCompletionSource? _gate;

    public int Status { get; private set; }

    public bool IsFinished { get; private set; }

    public bool IsAborted { get; private set; }

    public bool Fails { get; set; }

    public HeaderFields? Trailers { get; private set; }

    public byte[] Content => _content.ToArray();

    public string Text => System.Text.Encoding.ASCII.GetString(Content);

    public override bool AcceptsInterim => true;

    public override bool AcceptsTrailers => true;

    public override bool IsGone => false;

    public override long SentOctets => _content.Length;

    public void Hold() => _gate = new TaskCompletionSource();

    public void LetGo()
    {
        TaskCompletionSource? gate = _gate;
        _gate = null;
        gate?.SetResult();
    }

    public override ValueTask<ProxyError?> SendInterimAsync(ResponseHead head) => default;

    public override ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody)
    {
        Status = head.Status;
        return default;
    }

    public override async ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        if (_gate is { } gate)
        {
            await gate.Task;
        }

        _content.Write(octets.Span);
        return Fails ? ProxyErrors.ClientAborted : null;
    }

    public override async ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        ProxyError? error = await WriteAsync(last);
        Trailers = trailers;
        IsFinished = error is null;
        return error;
    }

    public override void Abort() => IsAborted = true;

    public override ITunnelEnd? OpenTunnel() => null;
}
