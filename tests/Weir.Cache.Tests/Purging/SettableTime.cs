using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Purging;

/// <summary>A clock that a test moves; it begins at <see cref="Fields.Now"/>.</summary>
internal sealed class SettableTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(Fields.Now);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan step) => _now += step;
}
