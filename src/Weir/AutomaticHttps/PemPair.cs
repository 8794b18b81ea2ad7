namespace Weir.AutomaticHttps;

/// <summary>A certificate chain, leaf first, and the leaf's key, both in PEM. The key is a secret: this is never printed.</summary>
internal sealed class PemPair
{
    public PemPair(string chain, string key)
    {
        Chain = chain;
        Key = key;
    }

    public string Chain { get; }

    public string Key { get; }
}
