using System.Diagnostics;

namespace Weir.Net.Time;

internal sealed class SystemClock : LoopClock
{
    // Stopwatch counts nanoseconds on Linux.
    public override long MonotonicNs => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

#pragma warning disable RS0030 // This is the one place that reads the wall clock; loops cache it per batch.
    public override long UnixMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
#pragma warning restore RS0030
}
