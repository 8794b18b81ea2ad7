using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Net.Connections;

namespace Weir.Server.Http1;

/// <summary>
/// RFC 9112 section 9.6: closing while the client still sends would reset the connection and destroy the response on its way. So only our
/// direction ends, and what comes is dropped until the client ends its own, for a bounded time and size.
/// </summary>
internal static class LingeringClose
{
    private const int MaxMs = 5_000;
    private const int MaxOctets = 1 << 20;

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    public static async ValueTask RunAsync(Connection connection)
    {
        connection.ShutdownWrite();
        connection.Consume(connection.ReceivedCount);
        long deadlineMs = connection.Loop.NowMs + MaxMs;
        long limit = connection.TotalReceived + MaxOctets;
        while (connection.TotalReceived < limit && connection.Loop.NowMs < deadlineMs)
        {
            if (await connection.ReadAsync((int)(deadlineMs - connection.Loop.NowMs)) != ReadStatus.Data)
            {
                return;
            }

            connection.Consume(connection.ReceivedCount);
        }
    }
}
