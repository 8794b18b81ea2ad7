namespace Weir.Cache.Purging;

/// <summary>The newest purges of one name.</summary>
/// <param name="Hard">The number of the newest hard one; 0: there is none.</param>
/// <param name="Soft">The number of the newest soft one.</param>
/// <param name="SoftSeconds">When that was, in seconds since 1970.</param>
internal readonly record struct PurgeMark(ulong Hard, ulong Soft, uint SoftSeconds)
{
    public ulong Newest => Math.Max(Hard, Soft);

    public PurgeMark With(in LoggedPurge purge)
    {
        if (purge.IsSoft)
        {
            return purge.Number > Soft ? this with { Soft = purge.Number, SoftSeconds = purge.Seconds } : this;
        }

        return purge.Number > Hard ? this with { Hard = purge.Number } : this;
    }
}
