using Weir.Telemetry.AccessLogs;

namespace Weir.Bench.Log;

/// <summary>Takes everything at once, and counts it.</summary>
internal sealed class NullTarget : IAccessLogTarget
{
    private long _octets;

    public long Octets => Volatile.Read(ref _octets);

    public string Name => "null";

    public int Write(ReadOnlySpan<byte> octets, out string? error)
    {
        error = null;
        Volatile.Write(ref _octets, _octets + octets.Length);
        return octets.Length;
    }

    public string? Reopen() => null;

    public void Dispose()
    {
    }
}
