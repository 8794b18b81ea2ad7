// Hot: runs for every head that has Connection.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Http.Semantics;

/// <summary>What the Connection fields of a head say about the connection (RFC 9110 section 7.6.1).</summary>
public readonly struct ConnectionOptions
{
    private ConnectionOptions(bool hasClose, bool hasKeepAlive, bool hasUpgrade, bool hasOther)
    {
        HasClose = hasClose;
        HasKeepAlive = hasKeepAlive;
        HasUpgrade = hasUpgrade;
        HasOther = hasOther;
    }

    /// <summary>"close" is among them.</summary>
    public bool HasClose { get; }

    /// <summary>"keep-alive" is among them.</summary>
    public bool HasKeepAlive { get; }

    /// <summary>"upgrade" is among them.</summary>
    public bool HasUpgrade { get; }

    /// <summary>Other fields are nominated.</summary>
    public bool HasOther { get; }

    /// <summary>Reads every Connection field.</summary>
    public static ConnectionOptions Read(HeaderFields fields)
    {
        int first = fields.Find(KnownField.Connection);
        if (first < 0)
        {
            return default;
        }

        // What nearly every Connection field says, alone.
        if (fields.ValueAt(first).SequenceEqual("keep-alive"u8) && fields.Find(KnownField.Connection, first + 1) < 0)
        {
            return new ConnectionOptions(false, true, false, false);
        }

        bool hasClose = false;
        bool hasKeepAlive = false;
        bool hasUpgrade = false;
        bool hasOther = false;
        for (int slot = first; slot >= 0; slot = fields.Find(KnownField.Connection, slot + 1))
        {
            foreach (ReadOnlySpan<byte> option in new ListField(fields.ValueAt(slot)))
            {
                bool isClose = Ascii.EqualsIgnoreCase(option, "close"u8);
                bool isKeepAlive = Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
                bool isUpgrade = Ascii.EqualsIgnoreCase(option, "upgrade"u8);
                hasClose |= isClose;
                hasKeepAlive |= isKeepAlive;
                hasUpgrade |= isUpgrade;
                hasOther |= !isClose && !isKeepAlive && !isUpgrade;
            }
        }

        return new ConnectionOptions(hasClose, hasKeepAlive, hasUpgrade, hasOther);
    }
}
