// Hot: every TLS record passes through here.
using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>
/// What the calls into OpenSSL on one thread share: which session is being worked on, for the callbacks that OpenSSL makes meanwhile, and
/// room in which the records of one call gather, so that they leave in one system call.
/// </summary>
internal sealed unsafe class TlsScratch
{
    /// <summary>The most clear octets of one write, which become the records of one send: see Libc.</summary>
    public const int MostClearOctets = 64 * 1024;

    /// <summary>Clear octets up to which pieces are brought together: what fits into one record.</summary>
    public const int GatherOctets = 16 * 1024;

    /// <summary>
    /// Room for the records of one write: three pieces make at most seven, with at most 85 octets around each (CBC with SHA-384).
    /// </summary>
    public const int StagingOctets = MostClearOctets + 1024;

    [ThreadStatic]
    private static TlsScratch? _current;

    // Held, so that what the pointers refer to stays.
    private readonly byte[] _staging = GC.AllocateUninitializedArray<byte>(StagingOctets, pinned: true);
    private readonly byte[] _gather = GC.AllocateUninitializedArray<byte>(GatherOctets, pinned: true);

    private TlsScratch()
    {
        Staging = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_staging, 0);
        Gather = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_gather, 0);
    }

    /// <summary>The calling thread's.</summary>
    public static TlsScratch Current => _current ??= new TlsScratch();

    /// <summary>The session that the calling thread works on.</summary>
    public TlsSession? Session { get; set; }

    /// <summary>Records that OpenSSL has made and that were not sent yet.</summary>
    public byte* Staging { get; }

    /// <summary>How many octets of records there are.</summary>
    public int Staged { get; set; }

    /// <summary>Room to bring clear octets together, so that they make one record.</summary>
    public byte* Gather { get; }
}
