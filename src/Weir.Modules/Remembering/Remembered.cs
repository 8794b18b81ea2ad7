// Hot: asked for each request that passes an auth module.
namespace Weir.Modules.Remembering;

/// <summary>
/// What came of credentials, by keyed digests of them: a client sends the same ones with every request, and judging them costs as much
/// as all else (decision 0024). Places lie in sets of four; in a full set one that has ended makes room, else any. The table is not
/// there until something is remembered. Any thread, without a lock: entries are immutable, and of two that loops write at once into one
/// place the first is lost, which costs a judgement more.
/// </summary>
/// <typeparam name="T">What came of them. What strangers can make up belongs into a table of its own.</typeparam>
internal sealed class Remembered<T>
    where T : class
{
    private const int SetSize = 4;

    private readonly DigestKey _key = new();
    private readonly int _sets;
    private Entry?[]? _places;

    /// <param name="sets">How many sets of four, a power of two.</param>
    public Remembered(int sets = 4096) => _sets = sets;

    /// <summary>The digest of what was shown: under a key of this table alone.</summary>
    public CredentialDigest DigestOf(ReadOnlySpan<byte> shown) => _key.Of(shown);

    /// <summary>What came of it; null: it is not known, or that has ended.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="now">The time, by the clock of <see cref="Add"/>.</param>
    public T? Find(CredentialDigest digest, long now)
    {
        if (Volatile.Read(ref _places) is not { } places)
        {
            return null;
        }

        int first = FirstOf(digest);
        for (int i = first; i < first + SetSize; i++)
        {
            if (Volatile.Read(ref places[i]) is { } entry && entry.Digest == digest)
            {
                return entry.Until > now ? entry.Value : null;
            }
        }

        return null;
    }

    /// <summary>Remembers what came of it, in place of what was known of it.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="value">What came of it.</param>
    /// <param name="until">The time from which on it counts no more.</param>
    /// <param name="now">The time.</param>
    public void Add(CredentialDigest digest, T value, long until, long now)
    {
        Entry?[] places = Places();
        int first = FirstOf(digest);
        int best = first + (int)(digest.High >> 62);
        for (int i = first; i < first + SetSize; i++)
        {
            Entry? entry = Volatile.Read(ref places[i]);
            if (entry?.Digest == digest)
            {
                best = i;
                break;
            }

            best = entry is null || entry.Until <= now ? i : best;
        }

        Volatile.Write(ref places[best], new Entry(digest, value, until));
    }

    /// <summary>Forgets it.</summary>
    public void Remove(CredentialDigest digest)
    {
        if (Volatile.Read(ref _places) is not { } places)
        {
            return;
        }

        int first = FirstOf(digest);
        for (int i = first; i < first + SetSize; i++)
        {
            if (Volatile.Read(ref places[i])?.Digest == digest)
            {
                Volatile.Write(ref places[i], null);
            }
        }
    }

    private Entry?[] Places()
    {
        if (Volatile.Read(ref _places) is { } there)
        {
            return there;
        }

        Entry?[] made = new Entry?[_sets * SetSize];
        return Interlocked.CompareExchange(ref _places, made, null) ?? made;
    }

    private int FirstOf(CredentialDigest digest) => ((int)digest.Low & (_sets - 1)) * SetSize;

    private sealed class Entry
    {
        public readonly CredentialDigest Digest;
        public readonly T Value;
        public readonly long Until;

        public Entry(CredentialDigest digest, T value, long until)
        {
            Digest = digest;
            Value = value;
            Until = until;
        }
    }
}
