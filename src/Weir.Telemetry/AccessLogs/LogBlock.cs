namespace Weir.Telemetry.AccessLogs;

/// <summary>Whole lines on their way from a loop to the writer. It has one owner at a time: the loop, a queue, or the writer.</summary>
internal sealed class LogBlock
{
    internal const int Octets = 64 * 1024;

    internal byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(Octets);

    internal int Length { get; set; }
}
