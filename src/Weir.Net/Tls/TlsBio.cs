// Hot: OpenSSL reads and writes through these callbacks.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Net.Tls;

/// <summary>
/// The transport as OpenSSL sees it: a BIO of our own, so that receiving and sending stay with the connection. A socket BIO would make a
/// system call for each record and one more to learn that nothing is left; a memory BIO would copy every octet once more.
/// </summary>
internal static unsafe class TlsBio
{
    private const int RetryRead = LibCrypto.BioFlagRead | LibCrypto.BioFlagRetry;

    private static readonly nint _method = NewMethod();

    /// <summary>A BIO for one session, which owns it from then on.</summary>
    public static nint New()
    {
        nint bio = LibCrypto.BIO_new(_method);
        if (bio == 0)
        {
            throw new OutOfMemoryException("OpenSSL has no memory left.");
        }

        LibCrypto.BIO_set_init(bio, 1);
        return bio;
    }

    private static nint NewMethod()
    {
        nint method;
        fixed (byte* name = "weir connection\0"u8)
        {
            method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | LibCrypto.BioTypeSourceSink, name);
        }

        _ = LibCrypto.BIO_meth_set_read(method, &OnRead);
        _ = LibCrypto.BIO_meth_set_write(method, &OnWrite);
        _ = LibCrypto.BIO_meth_set_ctrl(method, &OnControl);
        return method;
    }

    [UnmanagedCallersOnly]
    private static int OnRead(nint bio, byte* target, int length)
    {
        try
        {
            int count = TlsScratch.Current.Session!.ReceiveRecords(target, length);
            if (count > 0)
            {
                return count;
            }

            LibCrypto.BIO_clear_flags(bio, RetryRead);
            if (count == -1)
            {
                LibCrypto.BIO_set_flags(bio, RetryRead);
            }

            return count == 0 ? 0 : -1;
        }
        catch (Exception exception)
        {
            // Nothing thrown may pass native frames; the session fails and tells why.
            TlsScratch.Current.Session?.Loop.ReportFailure(exception);
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static int OnWrite(nint bio, byte* source, int length)
    {
        try
        {
            return TlsScratch.Current.Session!.StageRecords(source, length) ? length : -1;
        }
        catch (Exception exception)
        {
            TlsScratch.Current.Session?.Loop.ReportFailure(exception);
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint OnControl(nint bio, int command, nint value, void* pointer) => command switch
    {
        LibCrypto.BioCtrlFlush => 1,
        LibCrypto.BioCtrlEof => TlsScratch.Current.Session is { IsTransportEnded: true } ? 1 : 0,
        _ => 0,
    };
}
