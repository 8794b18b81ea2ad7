// Hot: compared for each parameter of each request that passes the stack.
using System.Text;
using Weir.Abstractions.Heads;

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
            if (written.IsEmpty || QueryText.First(written, out int length) != expected)
            {
                return false;
            }

            written = written[length..];
        }

        return _isBeginning || written.IsEmpty;
    }
}
