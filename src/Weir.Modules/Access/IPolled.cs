namespace Weir.Modules.Access;

/// <summary>Something that is looked at again and again, away from the loops.</summary>
internal interface IPolled
{
    /// <summary>Looks; one call at a time. It may take its time.</summary>
    void Poll();
}
