using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.AuthBasic;

/// <summary>The system's crypt(3): libxcrypt, which knows bcrypt, yescrypt, sha512-crypt and more.</summary>
internal static class CryptLibrary
{
    // struct crypt_data of libxcrypt, which promises that it stays so.
    private const int DataOctets = 32 * 1024;

    private const int Good = 0;
    private const int Legacy = 3;
    private const int TooCheap = 4;

    // Its output stands first in the structure.
    private const int MostOutput = 384;

    /// <summary>Why a hash cannot be checked here; null: it can. Takes no time.</summary>
    public static string? ProblemOf(string hash)
    {
        try
        {
            return Check(Encoding.ASCII.GetBytes(hash + '\0')) is Good or Legacy or TooCheap
                ? null
                : "it is of a form that this system's libcrypt does not know";
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return "libxcrypt is not installed (Debian's libcrypt1)";
        }
    }

    /// <summary>The hash of a password with the form and salt of another; null: it cannot be made.</summary>
    public static string? Make(ReadOnlySpan<byte> password, string setting)
    {
        byte[] data = ArrayPool<byte>.Shared.Rent(DataOctets);
        byte[] phrase = new byte[password.Length + 1];
        try
        {
            password.CopyTo(phrase);
            Array.Clear(data, 0, DataOctets);
            if (Call(phrase, Encoding.ASCII.GetBytes(setting + '\0'), data) == 0)
            {
                return null;
            }

            int length = data.AsSpan(0, MostOutput).IndexOf((byte)0);
            return length > 0 ? Encoding.ASCII.GetString(data, 0, length) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(data.AsSpan(0, DataOctets));
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    private static int Check(byte[] setting)
    {
        try
        {
            return crypt_checksalt1(setting);
        }
        catch (DllNotFoundException)
        {
            return crypt_checksalt2(setting);
        }
    }

    private static nint Call(byte[] phrase, byte[] setting, byte[] data)
    {
        try
        {
            return crypt_rn1(phrase, setting, data, DataOctets);
        }
        catch (DllNotFoundException)
        {
            // Where the old forms are left out the library has another number.
            return crypt_rn2(phrase, setting, data, DataOctets);
        }
    }

#pragma warning disable SYSLIB1054, CA5392, SA1300, IDE1006
    [DllImport("libcrypt.so.1", EntryPoint = "crypt_rn", ExactSpelling = true)]
    private static extern nint crypt_rn1(byte[] phrase, byte[] setting, [In, Out] byte[] data, int size);

    [DllImport("libcrypt.so.2", EntryPoint = "crypt_rn", ExactSpelling = true)]
    private static extern nint crypt_rn2(byte[] phrase, byte[] setting, [In, Out] byte[] data, int size);

    [DllImport("libcrypt.so.1", EntryPoint = "crypt_checksalt", ExactSpelling = true)]
    private static extern int crypt_checksalt1(byte[] setting);

    [DllImport("libcrypt.so.2", EntryPoint = "crypt_checksalt", ExactSpelling = true)]
    private static extern int crypt_checksalt2(byte[] setting);
#pragma warning restore SYSLIB1054, CA5392, SA1300, IDE1006
}
