namespace Weir.Modules.AuthOidc;

/// <summary>The keys that cookies are encrypted by. Any thread.</summary>
internal abstract class SealKeys : IDisposable
{
    /// <summary>The key that encrypts now.</summary>
    /// <param name="nowUnixMs">The time.</param>
    public abstract SealKey Newest(long nowUnixMs);

    /// <summary>The key of an id; null: there is none any more. It changes nothing.</summary>
    /// <param name="id">The id.</param>
    /// <param name="nowUnixMs">The time.</param>
    public abstract SealKey? Find(uint id, long nowUnixMs);

    /// <inheritdoc/>
    public abstract void Dispose();
}
