namespace Weir.Cache.Disk;

/// <summary>Is told what an operator should know of a tier. Any thread; must not block.</summary>
public interface IDiskObserver
{
    /// <summary>It is of use from now on, or again.</summary>
    void OnTurnedOn(string path, long objects);

    /// <summary>It is of no use for now; serving goes on.</summary>
    void OnTurnedOff(string path, string reason, string remedy);
}
