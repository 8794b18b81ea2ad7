namespace Weir.Pipeline.Routing;

/// <summary>
/// The other ways to read a path: with %2F decoded, with "//" merged, with ";..." dropped from segments, in the orders in which
/// servers are known to do these, and with the dot segments that this brings to light removed. Use <see cref="MayDiffer"/> first.
/// </summary>
internal ref struct PathReadings
{
    // Each step is off or has one or two places in the order of steps.
    private const int Decodings = 2;
    private const int Droppings = 3;
    private const int Mergings = 3;
    private const int DotRemovals = 2;
    private const int Combinations = Decodings * Droppings * Mergings * DotRemovals;

    private readonly ReadOnlySpan<byte> _path;
    private readonly Span<byte> _buffer;
    private readonly bool _hasParameters;
    private readonly bool _hasEscapes;
    private int _next;

    /// <summary>Prepares to read a path.</summary>
    /// <param name="path">The path in normal form.</param>
    /// <param name="buffer">Room for a path of the same length.</param>
    public PathReadings(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        _path = path;
        _buffer = buffer;
        _hasParameters = path.Contains((byte)';');
        _hasEscapes = IndexOfEscapedSlash(path) >= 0;
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
        if (mark >= 0 && (path[mark..].Contains((byte)';') || IndexOfEscapedSlash(path[mark..]) >= 0))
        {
            return true;
        }

        return path.IndexOf("//"u8) >= 0;
    }

    /// <summary>Goes to the next reading that is not the path itself; false when there is none left.</summary>
    public bool MoveNext()
    {
        while (_next < Combinations)
        {
            int number = _next++;
            bool removesDots = number % DotRemovals != 0;
            int merging = number / DotRemovals % Mergings;
            int dropping = number / (DotRemovals * Mergings) % Droppings;
            bool decodes = number / (DotRemovals * Mergings * Droppings) != 0;

            // A step without anything to do, or a later place with nothing to come behind, only repeats another combination.
            bool hasNothingToDo = (dropping > 0 && !_hasParameters) || (decodes && !_hasEscapes);
            bool hasNothingBefore = (dropping == 2 && !decodes) || (merging == 2 && !removesDots);
            if (!hasNothingToDo && !hasNothingBefore && TryRead(decodes, dropping, merging, removesDots))
            {
                return true;
            }
        }

        return false;
    }

    // False when a step had nothing to do: another combination leaves it out.
    private bool TryRead(bool decodes, int dropping, int merging, bool removesDots)
    {
        _path.CopyTo(_buffer);
        Span<byte> reading = _buffer[.._path.Length];
        IsAboveRoot = false;
        reading = dropping == 1 ? DropParameters(reading) : reading;
        reading = decodes ? DecodeSlashes(reading) : reading;
        reading = dropping == 2 ? DropParameters(reading) : reading;
        if ((merging == 1 && !TryMergeSlashes(ref reading))
            || (removesDots && !TryRemoveDots(ref reading))
            || (merging == 2 && !IsAboveRoot && !TryMergeSlashes(ref reading)))
        {
            return false;
        }

        Current = reading;
        return true;
    }

    private static int IndexOfEscapedSlash(ReadOnlySpan<byte> path)
    {
        int upper = path.IndexOf("%2F"u8);
        int lower = path.IndexOf("%2f"u8);
        return upper < 0 ? lower : lower < 0 ? upper : Math.Min(upper, lower);
    }

    private static Span<byte> DecodeSlashes(Span<byte> path)
    {
        int written = 0;
        for (int i = 0; i < path.Length; written++)
        {
            bool isEscaped = path[i] == (byte)'%' && path.Length - i >= 3 && path[i + 1] == (byte)'2' && (path[i + 2] | 0x20) == (byte)'f';
            path[written] = isEscaped ? (byte)'/' : path[i];
            i += isEscaped ? 3 : 1;
        }

        return path[..written];
    }

    private static Span<byte> DropParameters(Span<byte> path)
    {
        int written = 0;
        bool isDropping = false;
        foreach (byte octet in path)
        {
            isDropping = octet == (byte)';' || (isDropping && octet != (byte)'/');
            if (!isDropping)
            {
                path[written++] = octet;
            }
        }

        return path[..written];
    }

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
