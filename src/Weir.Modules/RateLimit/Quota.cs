using System.Globalization;
using System.Text;
using Weir.Abstractions.Options;
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>One rate, and what each key has left of it.</summary>
internal sealed class Quota
{
    /// <param name="buckets">What each key has left.</param>
    /// <param name="rate">The rate.</param>
    /// <param name="burst">The requests that may come at once.</param>
    /// <param name="name">What clients read it as: a Structured Fields string without escapes.</param>
    public Quota(TokenBuckets buckets, Rate rate, int burst, string name)
    {
        Buckets = buckets;
        long window = Math.Max(1, (long)Math.Ceiling(burst / rate.PerSecond));
        Name = Encoding.ASCII.GetBytes($"\"{name}\"");
        Policy = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={burst};w={window}"));
    }

    public TokenBuckets Buckets { get; }

    /// <summary>Its name in quotation marks.</summary>
    public byte[] Name { get; }

    /// <summary>Its item of RateLimit-Policy: how many requests in how many seconds.</summary>
    public byte[] Policy { get; }
}
