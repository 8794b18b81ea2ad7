namespace Weir.Net.Tls;

/// <summary>
/// The authorities that the machine trusts, read once for the process; where they lie in a folder, each when it is asked for.
/// </summary>
internal static class SystemRoots
{
    private static readonly Lazy<nint> _store = new(Open);

    /// <summary>The X509_STORE; never freed.</summary>
    public static nint Store => _store.Value;

    private static nint Open()
    {
        nint store = LibCrypto.X509_STORE_new();
        _ = LibCrypto.X509_STORE_set_default_paths(store);
        LibCrypto.ERR_clear_error();
        return store;
    }
}
