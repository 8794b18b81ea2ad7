using System.Runtime.InteropServices;
using Weir.Machine;

namespace Weir.Tests.Machine;

public sealed unsafe class ProcessMemoryTests
{
    [Fact]
    public void What_is_touched_is_counted_and_a_look_allocates_nothing()
    {
        const int Octets = 64 << 20;
        using ProcessMemory memory = new();
        long before = memory.Octets;
        before.ShouldBeGreaterThan(1 << 20);
        void* block = NativeMemory.Alloc(Octets);
        NativeMemory.Fill(block, Octets, 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long after = memory.Octets;
        GC.GetAllocatedBytesForCurrentThread().ShouldBe(allocated);
        NativeMemory.Free(block);
        (after - before).ShouldBeGreaterThan(Octets / 2);
    }
}
