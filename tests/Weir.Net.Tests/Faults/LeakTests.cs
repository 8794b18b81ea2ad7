using System.Globalization;
using System.Runtime.InteropServices;
using Weir.Net.Tests.Testing;
using Weir.Net.Tests.Tls;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Faults;

/// <summary>
/// Proves that sessions give back what OpenSSL holds for them, however they end. WEIR_HANDSHAKES says how many more to try.
/// </summary>
public sealed class LeakTests
{
    private const int Octets = 2_600;
    private const int WarmUp = 1_000;
    // The runtime's own tables grow and shrink by this much; one session that stays takes more than 5 KiB.
    private const long MostGrowthOctets = 8 << 20;

    [Fact]
    public void Handshakes_that_are_cut_anywhere_leave_no_memory_behind()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("WEIR_HANDSHAKES") ?? "4000", CultureInfo.InvariantCulture);
        int seed = Environment.TickCount;
        Random random = new(seed);
        using TestLoop test = new();
        TestCertificate certificate = TestCertificate.Ecdsa("a.test");
        using TlsContext server = TlsContext.ForServer(certificate.Options(), new TlsTicketKeys(), out _).ShouldNotBeNull();
        using TlsClientContext client = TlsClientContext.Create(
            new TlsClientOptions { ServerName = "a.test", Authorities = certificate.Pem }, out _).ShouldNotBeNull();
        long before = 0;
        for (int i = 0; i < WarmUp + count; i++)
        {
            if (i == WarmUp)
            {
                before = Allocated();
            }

            using TlsPair pair = new(test, server, client) { MostCarried = random.Next(Octets) };
            pair.ShakeHands();
            if (random.Next(8) == 0)
            {
                pair.Server.PeerSend([22, 3, 3, 0, 1, (byte)random.Next(256)]);
                pair.Server.TryRead();
            }

            pair.Client.ClearSent();
            pair.Server.ClearSent();
        }

        (Allocated() - before).ShouldBeLessThan(MostGrowthOctets, $"{count} handshakes, seed {seed}");
    }

    /// <summary>What malloc has given out and not got back: OpenSSL's objects, and what little the runtime takes there.</summary>
    private static long Allocated() => (long)mallinfo2().InUse;

    [DllImport("libc")]
    private static extern Usage mallinfo2();

    // struct mallinfo2: ten numbers, of which the eighth is the octets in use.
    [StructLayout(LayoutKind.Sequential)]
    private struct Usage
    {
        public nuint Arena;
        public nuint FreeChunks;
        public nuint FastChunks;
        public nuint MappedChunks;
        public nuint MappedOctets;
        public nuint Unused;
        public nuint FastOctets;
        public nuint InUse;
        public nuint Free;
        public nuint Releasable;
    }
}
