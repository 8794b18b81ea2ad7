namespace Weir.Abstractions.Exchanges;

/// <summary>
/// Whether anything reads the fingerprints of clients' handshakes. They cost two hashes a handshake, so they are computed only then; a
/// factory that makes something that reads them says so, and from then on the process does.
/// </summary>
public static class TlsFingerprints
{
    private static volatile bool _areWanted;

    /// <summary>Whether they are computed.</summary>
    public static bool AreWanted => _areWanted;

    /// <summary>Has them computed for every handshake that begins from now on.</summary>
    public static void Want() => _areWanted = true;
}
