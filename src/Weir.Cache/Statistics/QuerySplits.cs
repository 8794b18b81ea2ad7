using System.Text;
using Weir.Cache.Keys;
using Weir.Cache.Purging;

namespace Weir.Cache.Statistics;

/// <summary>
/// Which query parameters make keys differ while responses do not. For each response that is stored, the key without each one of its
/// parameters is remembered with a checksum of the content, in a table of fixed size where later ones take the place of earlier ones: two
/// responses with one such key and other values of the parameter tell whether it matters. Guarded by its lock; only what is stored with a
/// query comes here.
/// </summary>
public sealed class QuerySplits
{
    private const int Places = 4_096;
    private const int MostParameters = 256;
    private const int MostOfOne = 16;

    private readonly Lock _gate = new();
    private readonly Seen[] _seen = new Seen[Places];
    private readonly Dictionary<ulong, QuerySplit> _parameters = [];

    /// <summary>A response is stored.</summary>
    /// <param name="key">Its URI's key.</param>
    /// <param name="checksum">Of its content and status.</param>
    public void Note(ReadOnlySpan<byte> key, ulong checksum)
    {
        if (!KeyParts.TryRead(key, out KeyParts parts) || parts.Target.IndexOf((byte)'?') is not (>= 0 and var question))
        {
            return;
        }

        ReadOnlySpan<byte> query = parts.Target[(question + 1)..];
        key.Overlaps(query, out int queryStart);
        byte[] without = new byte[key.Length];
        int count = 0;
        lock (_gate)
        {
            for (int start = 0; start < query.Length && count++ < MostOfOne;)
            {
                int end = query[start..].IndexOf((byte)'&') is >= 0 and var step ? start + step : query.Length;
                ReadOnlySpan<byte> parameter = query[start..end];
                int equals = parameter.IndexOf((byte)'=');
                ReadOnlySpan<byte> name = equals < 0 ? parameter : parameter[..equals];

                // The key up to the parameter, its name, and what follows: only the value is left out.
                int length = Append(key[..(queryStart + start)], without, 0);
                length = Append(name, without, length);
                length = Append(key[(queryStart + end)..], without, length);
                Compare(KeyHash.Of(without.AsSpan(0, length)), KeyHash.Of(parameter).High, checksum, parts, name);
                start = end + 1;
            }
        }
    }

    /// <summary>The parameters that were compared, those that split most first.</summary>
    public IReadOnlyList<QuerySplit> List()
    {
        lock (_gate)
        {
            return [.. _parameters.Values.OrderByDescending(split => split.IsNeedless).ThenByDescending(split => split.Same)];
        }
    }

    private static int Append(ReadOnlySpan<byte> octets, Span<byte> target, int at)
    {
        octets.CopyTo(target[at..]);
        return at + octets.Length;
    }

    private void Compare(in KeyHash without, ulong value, ulong checksum, in KeyParts parts, ReadOnlySpan<byte> name)
    {
        ref Seen seen = ref _seen[without.High % Places];
        if (seen.Key == without.Low && seen.Value != value)
        {
            Count(parts, name, seen.Checksum == checksum);
        }

        seen = new Seen(without.Low, value, checksum);
    }

    private void Count(in KeyParts parts, ReadOnlySpan<byte> name, bool isSame)
    {
        ulong id = KeyHash.Of(parts.Authority).High ^ KeyHash.Of(name).Low;
        if (!_parameters.TryGetValue(id, out QuerySplit? split))
        {
            if (_parameters.Count >= MostParameters)
            {
                return;
            }

            string example = $"{Encoding.UTF8.GetString(parts.Scheme)}://{Encoding.UTF8.GetString(parts.Authority)}{Encoding.UTF8.GetString(parts.Target)}";
            split = new QuerySplit(Encoding.UTF8.GetString(parts.Authority), Encoding.UTF8.GetString(name), 0, 0, example);
        }

        _parameters[id] = isSame ? split with { Same = split.Same + 1 } : split with { Different = split.Different + 1 };
    }

    private readonly record struct Seen(ulong Key, ulong Value, ulong Checksum);
}
