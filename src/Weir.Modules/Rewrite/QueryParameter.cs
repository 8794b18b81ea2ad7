// Hot: compared for each parameter of each request that passes the stack.
using System.Text;

namespace Weir.Modules.Rewrite;

/// <summary>The name of a query parameter, perhaps only its beginning, compared with what a client wrote in any encoding.</summary>
internal sealed class QueryParameter
{
    private readonly byte[] _name;
    private readonly bool _isBeginning;

    public QueryParameter(string name, bool isExact = false)
    {
        _isBeginning = !isExact && name.EndsWith('*');
        _name = Encoding.UTF8.GetBytes(_isBeginning ? name[..^1] : name);
    }

    /// <summary>
    /// Whether a parameter ("name=value") bears the name. "%61dmin" and "admin" are one name to an origin, so they are here: what is
    /// removed for safety must not come back encoded.
    /// </summary>
    public bool Matches(ReadOnlySpan<byte> parameter)
    {
        int end = parameter.IndexOf((byte)'=');
        ReadOnlySpan<byte> written = end < 0 ? parameter : parameter[..end];
        foreach (byte expected in _name)
        {
            if (written.IsEmpty || Decode(written, out int length) != expected)
            {
                return false;
            }

            written = written[length..];
        }

        return _isBeginning || written.IsEmpty;
    }

    private static byte Decode(ReadOnlySpan<byte> written, out int length)
    {
        length = 1;
        if (written[0] == (byte)'+')
        {
            return (byte)' ';
        }

        bool isEscape = written.Length >= 3 && written[0] == (byte)'%'
            && char.IsAsciiHexDigit((char)written[1]) && char.IsAsciiHexDigit((char)written[2]);
        if (!isEscape)
        {
            return written[0];
        }

        length = 3;
        return (byte)((HexValue(written[1]) << 4) | HexValue(written[2]));
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
