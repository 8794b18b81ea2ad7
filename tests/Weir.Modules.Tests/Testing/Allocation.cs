namespace Weir.Modules.Tests.Testing;

/// <summary>Measures what a step allocates once it is warm.</summary>
internal static class Allocation
{
    private const int WarmUps = 2000;
    private const int Rounds = 1000;

    public static long Of(Action step)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            step();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            step();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
