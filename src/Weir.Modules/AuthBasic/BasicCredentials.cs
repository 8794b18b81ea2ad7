// Hot: reads what each request that passes the module shows.
using System.Buffers;
using System.Buffers.Text;
using Weir.Abstractions.Heads;

namespace Weir.Modules.AuthBasic;

/// <summary>Reads a name and a password from Authorization (RFC 7617 section 2).</summary>
internal static class BasicCredentials
{
    /// <summary>The longest name and password that are read.</summary>
    public const int MostOctets = 768;

    /// <summary>Writes "name:password". Returns its length, or -1: there is none, or more than one, or it is none.</summary>
    public static int Read(HeaderFields fields, Span<byte> target)
    {
        int slot = fields.Find(KnownField.Authorization);
        if (slot < 0 || fields.Find(KnownField.Authorization, slot + 1) >= 0)
        {
            // Two would be read by us as one, and by the origin perhaps as the other.
            return -1;
        }

        ReadOnlySpan<byte> value = fields.ValueAt(slot);
        if (value.Length < 7 || !System.Text.Ascii.EqualsIgnoreCase(value[..6], "basic "u8))
        {
            return -1;
        }

        OperationStatus status = Base64.DecodeFromUtf8(value[6..].Trim((byte)' '), target, out _, out int written);
        return status == OperationStatus.Done && target[..written].IndexOf((byte)':') > 0 ? written : -1;
    }
}
