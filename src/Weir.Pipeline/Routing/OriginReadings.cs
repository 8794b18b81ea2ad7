namespace Weir.Pipeline.Routing;

/// <summary>
/// The other ways to read a path: with %2F decoded, with "//" merged, with ";..." dropped from segments (and "%3B..." once escapes are
/// decoded), in the orders in which servers are known to do these, and with the dot segments that this brings to light removed. Use
/// <see cref="MayDiffer"/> first.
/// </summary>
/// <remarks>
/// Beside <see cref="Weir.Http.Semantics.PathAmbiguity"/>, which reads the received form for modules: routing reads the normal form, which
/// is what origins get, and covers more orders of the same steps.
/// </remarks>
internal ref struct OriginReadings
{
    // Each step is off or has one or two places in the order of steps.
    private const int Decodings = 2;
    private const int Droppings = 3;
    private const int Mergings = 3;
    private const int DotRemovals = 2;
    private const int SlashCombinations = Mergings * DotRemovals;
    private const int Combinations = Decodings * Droppings * SlashCombinations;

    private readonly ReadOnlySpan<byte> _path;
    private readonly Span<byte> _buffer;
    private readonly bool _hasParameters;
    private readonly bool _hasEscapedParameters;
    private readonly bool _hasEscapedSlashes;
    private bool _needsSlashCombinations;
    private int _next;

    /// <summary>Prepares to read a path.</summary>
    /// <param name="path">The path in normal form.</param>
    /// <param name="buffer">Room for a path of the same length.</param>
    public OriginReadings(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        _path = path;
        _buffer = buffer;
        _hasParameters = path.Contains((byte)';');
        _hasEscapedParameters = HasEscaped(path, "%3B"u8, "%3b"u8);
        _hasEscapedSlashes = HasEscaped(path, "%2F"u8, "%2f"u8);
        _needsSlashCombinations = NeedsSlashCombinations(path);
        _next = 1;
    }

    /// <summary>The reading that <see cref="MoveNext"/> went to; valid until its next call.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Whether the reading climbs above the root, so that nobody can say what it means.</summary>
    public bool IsAboveRoot { get; private set; }

    /// <summary>Whether there is any other way to read the path.</summary>
    public static bool MayDiffer(ReadOnlySpan<byte> path)
    {
        int mark = path.IndexOfAny((byte)';', (byte)'%');
        return (mark >= 0 && MayDifferFrom(path[mark..])) || path.IndexOf("//"u8) >= 0;
    }

    /// <summary>Goes to the next reading that is not the path itself; false when there is none left.</summary>
    public bool MoveNext()
    {
        while (_next < Combinations)
        {
            int slashes = _next % SlashCombinations;
            int octets = _next / SlashCombinations;
            _next++;

            // Most readings hold neither "//" nor a dot segment: then what is done about these need not be tried.
            bool isWorthTrying = slashes == 0 ? IsNewOctetReading(octets) : _needsSlashCombinations;
            if (!isWorthTrying)
            {
                _next = slashes == 0 ? (octets + 1) * SlashCombinations : _next;
                continue;
            }

            if (TryRead(octets, slashes / DotRemovals, slashes % DotRemovals != 0))
            {
                return true;
            }
        }

        return false;
    }

    // A step without anything to do, or a later place with nothing in front of it, only repeats another combination.
    private readonly bool IsNewOctetReading(int octets)
    {
        int dropping = octets % Droppings;
        bool decodes = octets / Droppings != 0;
        if (decodes && !_hasEscapedSlashes)
        {
            return false;
        }

        return dropping switch
        {
            0 => true,
            1 => _hasParameters,
            _ => _hasEscapedParameters || (_hasParameters && decodes),
        };
    }

    // False when a step had nothing to do: another combination leaves it out.
    private bool TryRead(int octets, int merging, bool removesDots)
    {
        _path.CopyTo(_buffer);
        IsAboveRoot = false;
        Span<byte> reading = _buffer[.._path.Length];
        int dropping = octets % Droppings;
        reading = dropping == 1 ? DropParameters(reading, false) : reading;
        reading = octets / Droppings != 0 ? DecodeSlashes(reading) : reading;
        reading = dropping == 2 ? DropParameters(reading, true) : reading;
        if (merging == 0 && !removesDots)
        {
            _needsSlashCombinations = NeedsSlashCombinations(reading);
        }

        if ((merging == 1 && !TryMergeSlashes(ref reading))
            || (removesDots && !TryRemoveDots(ref reading))
            || (merging == 2 && !IsAboveRoot && !(removesDots && TryMergeSlashes(ref reading))))
        {
            return false;
        }

        Current = reading;
        return true;
    }

    private static bool NeedsSlashCombinations(ReadOnlySpan<byte> reading) =>
        reading.IndexOf("//"u8) >= 0 || reading.IndexOf("/."u8) >= 0;

    private static bool MayDifferFrom(ReadOnlySpan<byte> path) =>
        path.Contains((byte)';') || HasEscaped(path, "%2F"u8, "%2f"u8) || HasEscaped(path, "%3B"u8, "%3b"u8);

    private static bool HasEscaped(ReadOnlySpan<byte> path, ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower) =>
        path.IndexOf(upper) >= 0 || path.IndexOf(lower) >= 0;

    private static Span<byte> DecodeSlashes(Span<byte> path)
    {
        int written = 0;
        for (int i = 0; i < path.Length; written++)
        {
            bool isEscaped = IsEscaped(path[i..], '2', 'f');
            path[written] = isEscaped ? (byte)'/' : path[i];
            i += isEscaped ? 3 : 1;
        }

        return path[..written];
    }

    private static Span<byte> DropParameters(Span<byte> path, bool alsoEscaped)
    {
        int written = 0;
        bool isDropping = false;
        for (int i = 0; i < path.Length; i++)
        {
            byte octet = path[i];
            bool isStart = octet == (byte)';' || (alsoEscaped && IsEscaped(path[i..], '3', 'b'));
            isDropping = isStart || (isDropping && octet != (byte)'/');
            if (!isDropping)
            {
                path[written++] = octet;
            }
        }

        return path[..written];
    }

    private static bool IsEscaped(ReadOnlySpan<byte> rest, char first, char second) =>
        rest.Length >= 3 && rest[0] == (byte)'%' && rest[1] == first && (rest[2] | 0x20) == second;

    private static bool TryMergeSlashes(ref Span<byte> path)
    {
        int written = 0;
        foreach (byte octet in path)
        {
            if (octet != (byte)'/' || written == 0 || path[written - 1] != (byte)'/')
            {
                path[written++] = octet;
            }
        }

        bool isChanged = written < path.Length;
        path = path[..written];
        return isChanged;
    }

    // RFC 3986 section 5.2.4, in place.
    private bool TryRemoveDots(ref Span<byte> path)
    {
        int written = 0;
        int next = 0;
        while (next < path.Length)
        {
            int slash = path[(next + 1)..].IndexOf((byte)'/');
            int end = slash < 0 ? path.Length : next + 1 + slash;
            ReadOnlySpan<byte> segment = path[(next + 1)..end];
            next = end;
            bool isParent = segment.SequenceEqual(".."u8);
            if (!isParent && !segment.SequenceEqual("."u8))
            {
                path[written++] = (byte)'/';
                segment.CopyTo(path[written..]);
                written += segment.Length;
                continue;
            }

            written = isParent ? path[..written].LastIndexOf((byte)'/') : written;
            IsAboveRoot = written < 0;
            if (IsAboveRoot)
            {
                return true;
            }

            // A dot segment at the end leaves the slash in front of it.
            if (slash < 0)
            {
                path[written++] = (byte)'/';
            }
        }

        bool isChanged = written < path.Length;
        path = path[..written];
        return isChanged;
    }
}
