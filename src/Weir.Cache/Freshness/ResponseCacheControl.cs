using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>
/// What a response's origin says to caches: the first targeted field that is valid (RFC 9213), else Cache-Control (RFC 9111 section
/// 5.2.2). A time that is missing is -1; one that is invalid, or said twice with different values, is 0: the response is stale
/// (RFC 9111 section 4.2.1).
/// </summary>
public struct ResponseCacheControl
{
    /// <summary>A time that was not said.</summary>
    public const long Unsaid = -1;

    private ResponseCacheControl(ResponseDirectives directives)
    {
        Directives = directives;
        MaxAgeSeconds = Unsaid;
        SharedMaxAgeSeconds = Unsaid;
        StaleWhileRevalidateSeconds = Unsaid;
        StaleIfErrorSeconds = Unsaid;
    }

    /// <summary>The directives without a time.</summary>
    public ResponseDirectives Directives { get; private set; }

    /// <summary>max-age.</summary>
    public long MaxAgeSeconds { get; private set; }

    /// <summary>s-maxage.</summary>
    public long SharedMaxAgeSeconds { get; private set; }

    /// <summary>stale-while-revalidate (RFC 5861 section 3).</summary>
    public long StaleWhileRevalidateSeconds { get; private set; }

    /// <summary>stale-if-error (RFC 5861 section 4).</summary>
    public long StaleIfErrorSeconds { get; private set; }

    /// <summary>Whether one of the directives is there.</summary>
    public readonly bool Has(ResponseDirectives any) => (Directives & any) != ResponseDirectives.None;

    /// <summary>Reads a response's fields.</summary>
    /// <param name="fields">The response's fields.</param>
    /// <param name="targeted">The names of targeted fields, the one that counts most first.</param>
    public static ResponseCacheControl Read(HeaderFields fields, TargetedFields targeted)
    {
        ResponseCacheControl control = new(ResponseDirectives.None);
        if (targeted.TryRead(fields, ref control))
        {
            control.Directives |= ResponseDirectives.IsTargeted;
            return control;
        }

        for (int slot = fields.Find(KnownField.CacheControl); slot >= 0; slot = fields.Find(KnownField.CacheControl, slot + 1))
        {
            foreach (DirectiveList directive in new DirectiveList(fields.ValueAt(slot)))
            {
                control.Take(directive.Name, directive.Argument, directive.HasArgument);
            }
        }

        return control;
    }

    /// <summary>Takes one directive; one that is not known is passed over (RFC 9111 section 5.2.3).</summary>
    internal void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> argument, bool hasArgument)
    {
        switch (ResponseDirectiveNames.Find(name))
        {
            case ResponseDirectiveName.MaxAge:
                MaxAgeSeconds = Merge(MaxAgeSeconds, argument);
                break;
            case ResponseDirectiveName.SharedMaxAge:
                SharedMaxAgeSeconds = Merge(SharedMaxAgeSeconds, argument);
                break;
            case ResponseDirectiveName.StaleWhileRevalidate:
                StaleWhileRevalidateSeconds = Merge(StaleWhileRevalidateSeconds, argument);
                break;
            case ResponseDirectiveName.StaleIfError:
                StaleIfErrorSeconds = Merge(StaleIfErrorSeconds, argument);
                break;
            case ResponseDirectiveName.NoCache:
                // RFC 9111 section 5.2.2.4: with field names it speaks of these only.
                Directives |= NamesFields(argument, hasArgument) ? ResponseDirectives.HasFieldNames : ResponseDirectives.NoCache;
                break;
            case ResponseDirectiveName.Private:
                Directives |= NamesFields(argument, hasArgument) ? ResponseDirectives.HasFieldNames : ResponseDirectives.Private;
                break;
            case ResponseDirectiveName.NoStore:
                Directives |= ResponseDirectives.NoStore;
                break;
            case ResponseDirectiveName.Public:
                Directives |= ResponseDirectives.Public;
                break;
            case ResponseDirectiveName.MustRevalidate:
                Directives |= ResponseDirectives.MustRevalidate;
                break;
            case ResponseDirectiveName.ProxyRevalidate:
                Directives |= ResponseDirectives.ProxyRevalidate;
                break;
            case ResponseDirectiveName.MustUnderstand:
                Directives |= ResponseDirectives.MustUnderstand;
                break;
            case ResponseDirectiveName.NoTransform:
                Directives |= ResponseDirectives.NoTransform;
                break;
            case ResponseDirectiveName.Immutable:
                Directives |= ResponseDirectives.Immutable;
                break;
            default:
                break;
        }
    }

    private static bool NamesFields(ReadOnlySpan<byte> argument, bool hasArgument) =>
        hasArgument && !argument.Trim(" \t,"u8).IsEmpty;

    private static long Merge(long said, ReadOnlySpan<byte> argument)
    {
        long seconds = DeltaSeconds.ParseOrZero(argument);
        return said == Unsaid || said == seconds ? seconds : 0;
    }
}
