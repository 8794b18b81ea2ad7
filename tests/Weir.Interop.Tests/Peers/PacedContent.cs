using System.Net;

namespace Weir.Interop.Tests.Peers;

/// <summary>Content of a request, made while it is sent: it tells when it began and how far it came.</summary>
internal sealed class PacedContent : HttpContent
{
    private const int PieceOctets = 64 * 1024;

    private readonly long _octets;
    private readonly long _pauseAt;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sent;

    /// <param name="octets">How many it has.</param>
    /// <param name="pauseAt">Behind how many it comes to rest until it is cancelled.</param>
    public PacedContent(long octets, long pauseAt = long.MaxValue)
    {
        _octets = octets;
        _pauseAt = pauseAt;
    }

    /// <summary>Completes when the first octets are asked for.</summary>
    public Task Begun => _begun.Task;

    public long Sent => Volatile.Read(ref _sent);

    /// <summary>How many octets a stream has, which must be what <see cref="WriteAsync"/> writes.</summary>
    public static async Task<long> CheckAsync(Stream stream, CancellationToken deadline)
    {
        byte[] piece = new byte[PieceOctets];
        byte[] expected = new byte[PieceOctets];
        long place = 0;
        int count;
        while ((count = await stream.ReadAsync(piece, deadline)) > 0)
        {
            Fill(expected.AsSpan(0, count), place);
            piece.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)).ShouldBeTrue();
            place += count;
        }

        return place;
    }

    /// <summary>Writes octets that <see cref="CheckAsync"/> knows.</summary>
    public static async Task WriteAsync(Stream stream, long octets, Action<long>? onSent, CancellationToken deadline)
    {
        byte[] piece = new byte[PieceOctets];
        for (long place = 0; place < octets;)
        {
            int count = (int)Math.Min(piece.Length, octets - place);
            Fill(piece.AsSpan(0, count), place);
            await stream.WriteAsync(piece.AsMemory(0, count), deadline);
            place += count;
            onSent?.Invoke(place);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _begun.TrySetResult();
        await WriteAsync(stream, Math.Min(_octets, _pauseAt), sent => Volatile.Write(ref _sent, sent), cancellationToken);
        if (_pauseAt < _octets)
        {
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _octets;
        return true;
    }

    // Each place has an octet of its own, so that what was lost, doubled or moved shows.
    private static void Fill(Span<byte> piece, long place)
    {
        for (int i = 0; i < piece.Length; i++)
        {
            long at = place + i;
            piece[i] = (byte)((at * 31) + (at >> 13));
        }
    }
}
