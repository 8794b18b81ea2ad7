namespace Weir.Net.Tls;

/// <summary>The OCSP response that is shown with a certificate. Any thread puts one there, every loop reads it.</summary>
public sealed class TlsStaple
{
    private volatile byte[]? _response;

    /// <summary>The response (DER), already verified; null: none is stapled.</summary>
    public byte[]? Response
    {
        get => _response;
        set => _response = value;
    }
}
