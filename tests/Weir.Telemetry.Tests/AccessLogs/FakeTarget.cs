using System.Text;
using Weir.Telemetry.AccessLogs;

namespace Weir.Telemetry.Tests.AccessLogs;

/// <summary>A target that takes as many octets as the test allows, then fails.</summary>
internal sealed class FakeTarget : IAccessLogTarget
{
    private readonly List<byte> _written = [];

    /// <summary>Octets that are still taken before writes fail.</summary>
    public long Room { get; set; } = long.MaxValue;

    /// <summary>The most octets of one write.</summary>
    public int MaxWrite { get; set; } = int.MaxValue;

    public int Reopened { get; private set; }

    public string? ReopenError { get; set; }

    public bool IsDisposed { get; private set; }

    public string Name => "fake";

    public string Text => Encoding.ASCII.GetString([.. _written]);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public int Write(ReadOnlySpan<byte> octets, out string? error)
    {
        int taken = (int)Math.Min(Math.Min(octets.Length, MaxWrite), Room);
        error = taken == 0 ? "No space left on device" : null;
        Room -= taken;
        _written.AddRange(octets[..taken]);
        return taken;
    }

    public string? Reopen()
    {
        Reopened++;
        if (ReopenError is null)
        {
            _written.Clear();
        }

        return ReopenError;
    }

    public void Dispose() => IsDisposed = true;
}
