// Hot: asked for each request that meets a stored response.
using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>What a client asks of caches (RFC 9111 section 5.2.1). A time that is missing is -1.</summary>
public struct RequestCacheControl
{
    /// <summary>A time that was not said.</summary>
    public const long Unsaid = -1;

    /// <summary>Nothing is asked.</summary>
    public static readonly RequestCacheControl None = new()
    {
        MaxAgeSeconds = Unsaid,
        MaxStaleSeconds = Unsaid,
        MinFreshSeconds = Unsaid,
        StaleIfErrorSeconds = Unsaid,
    };

    /// <summary>no-cache, or Pragma: no-cache where there is no Cache-Control (section 5.4).</summary>
    public bool NoCache { get; private set; }

    /// <summary>no-store.</summary>
    public bool NoStore { get; private set; }

    /// <summary>only-if-cached.</summary>
    public bool OnlyIfCached { get; private set; }

    /// <summary>max-age; 0 when its value is invalid.</summary>
    public long MaxAgeSeconds { get; private set; }

    /// <summary>max-stale; <see cref="DeltaSeconds.Most"/> without a value.</summary>
    public long MaxStaleSeconds { get; private set; }

    /// <summary>min-fresh.</summary>
    public long MinFreshSeconds { get; private set; }

    /// <summary>stale-if-error (RFC 5861 section 4).</summary>
    public long StaleIfErrorSeconds { get; private set; }

    /// <summary>Reads a request's fields.</summary>
    public static RequestCacheControl Read(HeaderFields fields)
    {
        RequestCacheControl control = None;
        if (fields.Has(KnownField.CacheControl))
        {
            for (int slot = fields.Find(KnownField.CacheControl); slot >= 0; slot = fields.Find(KnownField.CacheControl, slot + 1))
            {
                foreach (DirectiveList directive in new DirectiveList(fields.ValueAt(slot)))
                {
                    control.Take(directive);
                }
            }

            return control;
        }

        for (int slot = fields.Find(KnownField.Pragma); slot >= 0; slot = fields.Find(KnownField.Pragma, slot + 1))
        {
            foreach (DirectiveList directive in new DirectiveList(fields.ValueAt(slot)))
            {
                control.NoCache |= directive.Is("no-cache"u8);
            }
        }

        return control;
    }

    private void Take(in DirectiveList directive)
    {
        if (directive.Is("no-cache"u8))
        {
            NoCache = true;
        }
        else if (directive.Is("no-store"u8))
        {
            NoStore = true;
        }
        else if (directive.Is("only-if-cached"u8))
        {
            OnlyIfCached = true;
        }
        else if (directive.Is("max-age"u8))
        {
            // Said twice, the stricter one counts; an invalid one lets nothing be fresh.
            long seconds = DeltaSeconds.ParseOrZero(directive.Argument);
            MaxAgeSeconds = MaxAgeSeconds == Unsaid ? seconds : Math.Min(MaxAgeSeconds, seconds);
        }
        else if (directive.Is("max-stale"u8))
        {
            bool isNumber = DeltaSeconds.TryParse(directive.Argument, out long seconds);
            MaxStaleSeconds = !directive.HasArgument ? DeltaSeconds.Most : isNumber ? seconds : MaxStaleSeconds;
        }
        else if (directive.Is("min-fresh"u8))
        {
            bool isNumber = DeltaSeconds.TryParse(directive.Argument, out long seconds);
            MinFreshSeconds = isNumber ? Math.Max(seconds, MinFreshSeconds) : MinFreshSeconds;
        }
        else if (directive.Is("stale-if-error"u8))
        {
            bool isNumber = DeltaSeconds.TryParse(directive.Argument, out long seconds);
            StaleIfErrorSeconds = isNumber ? seconds : StaleIfErrorSeconds;
        }
    }
}
