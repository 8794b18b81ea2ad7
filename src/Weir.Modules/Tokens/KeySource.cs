namespace Weir.Modules.Tokens;

/// <summary>Where the keys of an issuer of tokens, or of a bot, come from. Any loop.</summary>
internal abstract class KeySource : IDisposable
{
    /// <summary>The keys in force; null: there are none now.</summary>
    /// <param name="nowMs">The loop's time.</param>
    public abstract KeySet? Current(long nowMs);

    /// <summary>Asks for other keys, if that may bring any. The task runs elsewhere, ends after a bounded time and never fails.</summary>
    /// <param name="nowMs">The loop's time.</param>
    public abstract Task Renew(long nowMs);

    /// <inheritdoc/>
    public abstract void Dispose();
}
