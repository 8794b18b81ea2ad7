// Hot: asked for each request of a route that has one.
using System.Buffers.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Expressions;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Sticking;

namespace Weir.Pipeline.Plans;

/// <summary>
/// Several destinations by share. A client that is to stay keeps a number in a cookie, and the number falls into one share: when shares
/// change, only the clients of the changed part move. Immutable.
/// </summary>
/// <remarks>
/// The cookie is one for the whole host, so that a client is on the same side of every route that splits alike. It is not signed: whoever
/// writes another number chooses a side, which does no harm, and every Weir, also after a restart, reads it without a secret.
/// A side whose servers an operator has all taken out of service gives its share to the others, in proportion to theirs. One whose servers
/// fail keeps it: a version that is tried out and does not work must be seen, not papered over.
/// </remarks>
public sealed class SplitPlan
{
    private const int NumberDigits = 8;

    private readonly UpstreamState?[] _targets;
    private readonly double[] _percents;
    private readonly ulong[] _ends;

    /// <summary>A split over upstreams and their shares, in percent.</summary>
    public SplitPlan(IReadOnlyList<KeyValuePair<UpstreamState?, double>> shares, bool isSticky)
    {
        IsSticky = isSticky;
        _targets = [.. shares.Select(share => share.Key)];
        _percents = [.. shares.Select(share => share.Value)];
        _ends = new ulong[shares.Count];
        double whole = _percents.Sum();
        double sum = 0;
        for (int i = 0; i < _ends.Length; i++)
        {
            sum += _percents[i];
            _ends[i] = (ulong)Math.Round(sum / whole * (1UL << 32));
        }
    }

    /// <summary>The cookie that a client keeps its number in.</summary>
    public static ReadOnlySpan<byte> CookieName => "weir_split"u8;

    /// <summary>Whether a client stays where it was sent first.</summary>
    public bool IsSticky { get; }

    /// <summary>Sides that get every request of which a condition is true, before the shares are asked.</summary>
    public KeyValuePair<Condition, UpstreamState?>[] Chosen { get; init; } = [];

    /// <summary>The side for a request; a client without a number gets one, which the answer tells it.</summary>
    internal UpstreamState? Choose(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        foreach ((Condition condition, UpstreamState? side) in Chosen)
        {
            if (condition.Holds(exchange))
            {
                exchange.Trace?.Add("split", $"{side?.Name}, when {condition}");
                return side;
            }
        }

        return ChooseByShare(passage, exchange);
    }

    private UpstreamState? ChooseByShare(Passage passage, Exchange exchange)
    {
        uint number = 0;
        bool isKnown = IsSticky && TryReadNumber(exchange.Request.Fields, out number);
        int chosen = isKnown ? SideOf(number) : exchange.IsHypothetical ? LargestSide() : Draw(passage);
        if (exchange.Trace is { } trace)
        {
            string why = isKnown ? "the client's cookie says so"
                : exchange.IsHypothetical ? "a lot decides; explained as if it fell on the largest share"
                : "the lot fell on it";
            trace.Add("split", $"{Shares()}: {_targets[chosen]?.Name}, {why}");
        }

        UpstreamState? target = _targets[chosen];
        return target is null || target.HasReady || StickySessions.IsBound(exchange, target)
            ? target
            : InPlaceOf(target, isKnown ? number : passage.SplitNumber, exchange);
    }

    /// <summary>Tells a client its number. For the last touch of a head, behind every module, so that no cache keeps it.</summary>
    internal static void TellNumber(Exchange exchange, uint number)
    {
        Span<byte> text = stackalloc byte[96];
        CookieName.CopyTo(text);
        int length = CookieName.Length;
        text[length++] = (byte)'=';
        Utf8Formatter.TryFormat(number, text[length..], out int written, new System.Buffers.StandardFormat('x', NumberDigits));
        length += written;

        // Not for scripts, and not sent along by other sites' forms; gone with the browser's session, as other cookies of Weir.
        ReadOnlySpan<byte> rest = exchange.Request.IsHttps
            ? "; Path=/; HttpOnly; SameSite=Lax; Secure"u8
            : "; Path=/; HttpOnly; SameSite=Lax"u8;
        rest.CopyTo(text[length..]);
        exchange.Response.Fields.Add(KnownField.SetCookie, text[..(length + rest.Length)]);
    }

    private static bool TryReadNumber(HeaderFields fields, out uint number)
    {
        number = 0;
        return CookieFields.TryFind(fields, CookieName, out ReadOnlySpan<byte> value)
            && value.Length == NumberDigits
            && Utf8Parser.TryParse(value, out number, out int read, 'x')
            && read == NumberDigits;
    }

    private int Draw(Passage passage)
    {
        uint number = (uint)passage.Exchange.Loop.NextRandom();
        passage.SplitNumber = number;
        if (IsSticky)
        {
            passage.TellsSplitNumber = true;
        }

        return SideOf(number);
    }

    // The number decided for this side: spread anew, or all of its clients would go to one neighbour.
    private UpstreamState InPlaceOf(UpstreamState target, uint number, Exchange exchange)
    {
        double whole = 0;
        for (int i = 0; i < _targets.Length; i++)
        {
            whole += _targets[i] is { HasReady: true } ? _percents[i] : 0;
        }

        double left = whole * (unchecked(number * 2654435761U) / (double)(1UL << 32));
        for (int i = 0; i < _targets.Length; i++)
        {
            if (_targets[i] is { HasReady: true } other && (left -= _percents[i]) < 0)
            {
                exchange.Trace?.Add("split", $"no server of {target.Name} is ready: {other.Name} in its place");
                return other;
            }
        }

        return target;
    }

    private int SideOf(uint number)
    {
        int side = 0;
        while (side < _ends.Length - 1 && number >= _ends[side])
        {
            side++;
        }

        return side;
    }

    private int LargestSide() => Array.IndexOf(_percents, _percents.Max());

    private string Shares() =>
        string.Join(", ", _targets.Zip(_percents, (target, percent) => FormattableString.Invariant($"{target?.Name} {percent}%")));
}
