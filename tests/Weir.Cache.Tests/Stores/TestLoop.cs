using System.Runtime.InteropServices;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;

namespace Weir.Cache.Tests.Stores;

/// <summary>A loop that only lends buffers.</summary>
internal sealed unsafe class TestLoop : LoopServices
{
    private readonly int _mostBuffers;

    public TestLoop(int mostBuffers = int.MaxValue) => _mostBuffers = mostBuffers;

    public int Rented { get; private set; }

    public override int Index => 0;

    public override long NowMs => 0;

    public override long NowNs => 0;

    public override long UnixMs => 0;

    public override ReadOnlySpan<byte> DateValue => default;

    public override ulong NextRandom() => 0;

    public override ValueTask YieldAsync() => default;

    public override void Observe(ValueTask rootTask) => rootTask.GetAwaiter().GetResult();

    public override ValueTask DelayAsync(int delayMs) => default;

    public override LoopBuffer? TryRentBuffer(int atLeastOctets)
    {
        if (Rented == _mostBuffers)
        {
            return null;
        }

        Rented++;
        return new Buffer(atLeastOctets);
    }

    public override void ReturnBuffer(LoopBuffer buffer)
    {
        Rented--;
        NativeMemory.Free((void*)buffer.Address);
    }

    private sealed class Buffer : LoopBuffer
    {
        public Buffer(int octets)
            : base((nint)NativeMemory.Alloc((nuint)octets), octets)
        {
        }
    }
}
