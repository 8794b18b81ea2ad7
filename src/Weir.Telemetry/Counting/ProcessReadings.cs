namespace Weir.Telemetry.Counting;

/// <summary>Counters that the runtime keeps by itself; they are read when somebody asks.</summary>
internal static class ProcessReadings
{
    internal static long Read(Counter counter) => counter switch
    {
        Counter.Gen0Collections => GC.CollectionCount(0) - GC.CollectionCount(1),
        Counter.Gen1Collections => GC.CollectionCount(1) - GC.CollectionCount(2),
        Counter.Gen2Collections => GC.CollectionCount(2),
        Counter.CollectionPauses => (long)GC.GetTotalPauseDuration().TotalNanoseconds,
        // While another thread collects, the runtime's sum can fall below zero for a moment.
        Counter.HeapOctets => Math.Max(GC.GetTotalMemory(forceFullCollection: false), 0),
        Counter.AllocatedOctets => GC.GetTotalAllocatedBytes(),
        _ => 0,
    };
}
