namespace Weir.Cache.Statistics;

/// <summary>A query parameter whose values were seen to make no difference.</summary>
/// <param name="Authority">The host and port.</param>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Same">Pairs of responses that differ in it alone and are the same.</param>
/// <param name="Different">Pairs that are not.</param>
/// <param name="Example">A URL with it.</param>
public sealed record QuerySplit(string Authority, string Parameter, long Same, long Different, string Example)
{
    private const int Enough = 3;
    private const int Exceptions = 50;

    /// <summary>Whether so many pairs were the same, and so few not, that `ignore_query` is worth a thought.</summary>
    public bool IsNeedless => Same >= Enough && Different * Exceptions <= Same;
}
