// Hot: runs for each request and response that passes the stack.
using System.Globalization;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;

namespace Weir.Modules.RateLimit;

/// <summary>A rate limit that tells clients what they have left (draft-ietf-httpapi-ratelimit-headers).</summary>
internal sealed class TellingRateLimitModule : IRequestModule, IResponseModule
{
    private const int MostDigits = 11;

    private readonly RateLimitModule _limit;
    private readonly byte[] _policy;

    public TellingRateLimitModule(RateLimitModule limit, int burst, Rate rate)
    {
        _limit = limit;
        long window = Math.Max(1, (long)Math.Ceiling(burst / rate.PerSecond));
        _policy = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"default\";q={burst};w={window}"));
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _limit.OnRequestAsync(exchange);

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        Span<byte> value = stackalloc byte["\"default\";r="u8.Length + MostDigits];
        "\"default\";r="u8.CopyTo(value);
        int begin = "\"default\";r="u8.Length;
        Decision next = _limit.Peek(exchange);
        int left = next.IsAllowed ? next.Left + 1 : 0;
        left.TryFormat(value[begin..], out int digits, provider: CultureInfo.InvariantCulture);
        HeaderFields fields = exchange.Response.Fields;
        fields.Set("RateLimit-Policy"u8, _policy);
        fields.Set("RateLimit"u8, value[..(begin + digits)]);
        return default;
    }
}
