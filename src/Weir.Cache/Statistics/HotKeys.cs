// Hot: one of some hits comes here.
using Weir.Cache.Keys;

namespace Weir.Cache.Statistics;

/// <summary>
/// The keys that one loop serves most, of a sample of its hits, in bounded memory: a key that has no place takes that of the one asked for
/// least, with its count ("space saving"). So a key that takes more than a 128th of the hits is always there.
/// </summary>
public sealed class HotKeys
{
    /// <summary>One of so many hits is looked at.</summary>
    public const int Sample = 32;

    private const int Places = 128;
    private const int MostOctets = 256;

    private readonly Lock _gate = new();
    private readonly ulong[] _hashes = new ulong[Places];
    private readonly long[] _counts = new long[Places];
    private readonly ushort[] _lengths = new ushort[Places];
    private readonly byte[] _keys = new byte[Places * MostOctets];
    private int _skipped;

    /// <summary>A hit; only the loop it belongs to.</summary>
    public void Count(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        if (++_skipped < Sample)
        {
            return;
        }

        _skipped = 0;
        lock (_gate)
        {
            int place = _hashes.AsSpan().IndexOf(hash.High);
            if (place >= 0)
            {
                _counts[place]++;
                return;
            }

            place = Least();
            _hashes[place] = hash.High;
            _counts[place]++;
            ReadOnlySpan<byte> kept = key[..Math.Min(key.Length, MostOctets)];
            kept.CopyTo(_keys.AsSpan(place * MostOctets));
            _lengths[place] = (ushort)kept.Length;
        }
    }

    /// <summary>Adds the hits of each key, as far as they are known, to a sum over loops. Any thread.</summary>
    internal void AddTo(Dictionary<ulong, HotKey> sum)
    {
        lock (_gate)
        {
            for (int i = 0; i < Places; i++)
            {
                if (_counts[i] == 0)
                {
                    continue;
                }

                long before = sum.TryGetValue(_hashes[i], out HotKey? known) ? known.Hits : 0;
                sum[_hashes[i]] = new HotKey(KeyText.Of(_keys.AsSpan(i * MostOctets, _lengths[i])), before + (_counts[i] * Sample));
            }
        }
    }

    private int Least()
    {
        int least = 0;
        for (int i = 1; i < Places; i++)
        {
            least = _counts[i] < _counts[least] ? i : least;
        }

        return least;
    }
}
