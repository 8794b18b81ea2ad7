using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Weir.Machine;

/// <summary>
/// Memory that is the process's own: what it has in common with others, and pages of files, can be taken from it at any time and are no
/// reason to turn anybody away. Kept open, because it is asked for twice a second and nothing may be allocated for that.
/// </summary>
internal sealed class ProcessMemory : IDisposable
{
    private readonly SafeFileHandle? _statm;
    private readonly byte[] _line = new byte[256];

    public ProcessMemory()
    {
        try
        {
            _statm = File.OpenHandle("/proc/self/statm");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc nothing is known of it; limits.memory still holds.
        }
    }

    /// <summary>In octets; 0 where it is not known.</summary>
    public long Octets
    {
        get
        {
            if (_statm is null)
            {
                return 0;
            }

            // proc(5): size resident shared ..., in pages.
            ReadOnlySpan<byte> line = _line.AsSpan(0, RandomAccess.Read(_statm, _line, 0));
            return (Field(line, 1) - Field(line, 2)) * Environment.SystemPageSize;
        }
    }

    public void Dispose() => _statm?.Dispose();

    private static long Field(ReadOnlySpan<byte> line, int index)
    {
        for (int i = 0; i < index; i++)
        {
            line = line[(line.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(line, out long pages, out _) ? pages : 0;
    }
}
