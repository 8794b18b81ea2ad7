// Hot: runs for each response where clients are told.
using System.Globalization;
using Weir.Abstractions.Heads;
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>The fields that tell a client what it has left (draft-ietf-httpapi-ratelimit-headers): one item for each rate.</summary>
internal sealed class RateLimitFields
{
    private const int MostDigits = 11;
    private const long NsPerSecond = 1_000_000_000;

    private readonly byte[] _policies;
    private readonly int _mostOctets;

    public RateLimitFields(Quotas quotas)
    {
        List<byte> policies = [];
        foreach (Quota quota in quotas.All)
        {
            policies.AddRange(policies.Count > 0 ? [(byte)',', (byte)' ', .. quota.Policy] : quota.Policy);
            _mostOctets += quota.Name.Length + ", ;r=;t=".Length + (2 * MostDigits);
        }

        _policies = [.. policies];
    }

    /// <summary>Sets both fields in place of whatever an origin sent.</summary>
    public void Set(HeaderFields fields, Quotas quotas, ulong key, long nowNs)
    {
        Span<byte> value = stackalloc byte[_mostOctets];
        int length = 0;
        foreach (Quota quota in quotas.All)
        {
            if (length > 0)
            {
                Put(", "u8, value, ref length);
            }

            Put(quota.Name, value, ref length);
            BucketDecision next = quota.Buckets.Peek(key, nowNs);
            Put(";r="u8, value, ref length);
            Put(next.IsAllowed ? next.Left + 1 : 0, value, ref length);
            if (!next.IsAllowed)
            {
                // Seconds until there is something again.
                Put(";t="u8, value, ref length);
                Put((int)Math.Min((next.WaitNs + NsPerSecond - 1) / NsPerSecond, int.MaxValue), value, ref length);
            }
        }

        fields.Set("RateLimit-Policy"u8, _policies);
        fields.Set("RateLimit"u8, value[..length]);
    }

    private static void Put(ReadOnlySpan<byte> octets, Span<byte> value, ref int length)
    {
        octets.CopyTo(value[length..]);
        length += octets.Length;
    }

    private static void Put(int number, Span<byte> value, ref int length)
    {
        number.TryFormat(value[length..], out int digits, provider: CultureInfo.InvariantCulture);
        length += digits;
    }
}
