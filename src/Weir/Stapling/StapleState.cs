using Weir.Net.Tls;

namespace Weir.Stapling;

/// <summary>What is known of one certificate's staple. Belongs to <see cref="StapleKeeper"/>'s task.</summary>
internal sealed class StapleState
{
    public StapleState(TlsCertificate certificate) => Certificate = certificate;

    public TlsCertificate Certificate { get; }

    /// <summary>The newest answer that could be read; null: none yet.</summary>
    public OcspAnswer? Answer { get; set; }

    /// <summary>When the responder is asked next.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Tries in a row that brought nothing.</summary>
    public int Failures { get; set; }

    /// <summary>Why the last try brought nothing; null after one that did.</summary>
    public string? Problem { get; set; }

    /// <summary>Whether the operator was told that a demanded staple is missing.</summary>
    public bool IsDemandTold { get; set; }
}
