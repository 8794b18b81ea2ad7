namespace Weir.Control;

/// <summary>The words of reasons.</summary>
public static class RevocationReasons
{
    private static readonly (RevocationReason Reason, string Name)[] _all =
    [
        (RevocationReason.Unspecified, "unspecified"),
        (RevocationReason.KeyCompromise, "key_compromise"),
        (RevocationReason.AffiliationChanged, "affiliation_changed"),
        (RevocationReason.Superseded, "superseded"),
        (RevocationReason.CessationOfOperation, "cessation_of_operation"),
    ];

    /// <summary>All words.</summary>
    public static IEnumerable<string> Names => _all.Select(pair => pair.Name);

    /// <summary>A reason's word.</summary>
    public static string Name(RevocationReason reason) => Array.Find(_all, pair => pair.Reason == reason).Name;

    /// <summary>The reason of a word. False: there is no such word.</summary>
    public static bool TryParse(string name, out RevocationReason reason)
    {
        int index = Array.FindIndex(_all, pair => pair.Name == name);
        reason = index < 0 ? default : _all[index].Reason;
        return index >= 0;
    }
}
