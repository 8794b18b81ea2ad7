namespace Weir.Cache.Purging;

/// <summary>One order to purge, for the audit: who wanted what and when, and what came of it.</summary>
public sealed class PurgeNote
{
    private long _touched;
    private volatile bool _isCarriedOut;

    internal PurgeNote(DateTimeOffset at, string who, string what, bool isSoft)
    {
        At = at;
        Who = who;
        What = what;
        IsSoft = isSoft;
    }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Who asked.</summary>
    public string Who { get; }

    /// <summary>What for, as it was asked.</summary>
    public string What { get; }

    /// <summary>Whether it only made stale.</summary>
    public bool IsSoft { get; }

    /// <summary>The number of its first purge; 0: it was refused.</summary>
    public ulong First { get; internal set; }

    /// <summary>The number of its last purge.</summary>
    public ulong Last { get; internal set; }

    /// <summary>Why it was refused; null: it is in force.</summary>
    public string? Refusal { get; internal set; }

    /// <summary>Why it was not on disk when it was answered, though it is in force; null: it was, where there is a log.</summary>
    public string? NotOnDisk { get; internal set; }

    /// <summary>Stored responses that it has touched until now; what several purges touch counts for the newest.</summary>
    public long Touched => Volatile.Read(ref _touched);

    /// <summary>Whether everything in memory was looked at.</summary>
    public bool IsCarriedOut
    {
        get => _isCarriedOut;
        internal set => _isCarriedOut = value;
    }

    internal void Count() => Interlocked.Increment(ref _touched);
}
