using Weir.Http.Hpack;
using Weir.Http.Http2;

namespace Weir.Server.Http2;

/// <summary>What the HTTP/2 connections of one loop take in turns: nothing of it outlives a call.</summary>
internal sealed class Http2Shared
{
    private const int RetainedStreams = 1024;

    private readonly Stack<Http2Stream> _streams = new();
    private byte[] _scratch = [];

    public Http2RequestTarget Request { get; } = new();

    public Http2TrailerTarget Trailers { get; } = new();

    /// <summary>Memory for one field of a block of that size.</summary>
    public Span<byte> Scratch(int blockOctets)
    {
        int octets = HpackDecoder.ScratchOctets(blockOctets);
        if (_scratch.Length < octets)
        {
            _scratch = new byte[octets];
        }

        return _scratch;
    }

    public Http2Stream RentStream() => _streams.TryPop(out Http2Stream? stream) ? stream : new Http2Stream();

    public void ReturnStream(Http2Stream stream)
    {
        if (_streams.Count < RetainedStreams)
        {
            _streams.Push(stream);
        }
    }
}
