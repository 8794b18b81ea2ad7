namespace Weir.Modules.AuthOidc;

/// <summary>What came of renewing a session.</summary>
/// <param name="Session">The session; null: there is no new one.</param>
/// <param name="Reason">Why not, for the log.</param>
/// <param name="IsOver">Whether the provider ended it; else it could not be asked.</param>
internal sealed record Renewal(Session? Session, string Reason, bool IsOver)
{
    /// <summary>Nothing of what it holds.</summary>
    public override string ToString() => "(renewal)";
}
