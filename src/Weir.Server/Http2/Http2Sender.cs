using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Streams;
using Weir.Streams.Output;

namespace Weir.Server.Http2;

/// <summary>The response's way to the client.</summary>
internal sealed class Http2Sender : StreamSender
{
    private readonly Http2Stream _stream;
    private ResponseHead? _head;
    private HeadForm _form;

    public Http2Sender(Http2Stream stream) => _stream = stream;

    protected override int StreamId => _stream.Id;

    protected override IStreamCarrier Carrier => _stream.Owner;

    protected override bool IsGone => _stream.IsGone;

    protected override ProxyError GoneError => ProxyErrors.ClientAborted;

    /// <summary>Sends a head.</summary>
    public ValueTask<ProxyError?> WriteHeadAsync(ResponseHead head, in HeadForm form)
    {
        _head = head;
        _form = form;
        HoldHead();
        return FlushHeadAsync();
    }

    protected override WriteProgress TryWriteHead(out int written, out bool endsStream)
    {
        endsStream = _form.EndsStream;
        return _stream.Owner.Output.TryWriteHead(_stream.Id, _head!, _form, out written);
    }

    protected override void WakeLater() => _stream.WakeLater();
}
