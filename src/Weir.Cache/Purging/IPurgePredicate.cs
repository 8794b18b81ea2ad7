namespace Weir.Cache.Purging;

/// <summary>Conditions on stored responses. Immutable; asked by any thread, and must not throw.</summary>
public interface IPurgePredicate
{
    /// <summary>The conditions as a person wrote them: read again after a restart.</summary>
    string Text { get; }

    /// <summary>Whether a stored response meets them.</summary>
    /// <param name="subject">The response.</param>
    /// <param name="nowSeconds">When they were asked for, in seconds since 1970: what ages are counted to.</param>
    bool Matches(in PurgeSubject subject, long nowSeconds);
}
