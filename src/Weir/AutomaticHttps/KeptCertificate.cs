using System.Text;
using Weir.LocalAuthority;
using Weir.Net.Tls;

namespace Weir.AutomaticHttps;

/// <summary>
/// A name whose certificate Weir gets and renews. Changed by whoever works on it (<see cref="IsBusy"/>), read by anybody.
/// </summary>
internal sealed class KeptCertificate
{
    private readonly TimeProvider _clock;
    private TlsCertificate? _standIn;

    /// <param name="name">The name or address.</param>
    /// <param name="isLocal">Whether the local authority certifies it.</param>
    /// <param name="clock">The time.</param>
    public KeptCertificate(string name, bool isLocal, TimeProvider clock)
    {
        Name = name;
        IsLocal = isLocal;
        _clock = clock;
    }

    /// <summary>"example.com", "*.example.com" or an address.</summary>
    public string Name { get; }

    /// <summary>Whether the local authority certifies it.</summary>
    public bool IsLocal { get; }

    /// <summary>Whether it was asked for by a handshake, and is in no configuration.</summary>
    public bool IsOnDemand { get; init; }

    /// <summary>The certificate and its chain in PEM; null: there is none yet.</summary>
    public volatile Got? Current;

    /// <summary>What listeners show by now: it follows <see cref="Current"/> a moment later. Null: something stands in.</summary>
    public volatile Got? InForce;

    /// <summary>What is remembered of its getting.</summary>
    public volatile SavedCertificate Notes = new();

    /// <summary>When the issuer is asked for advice again; null: it gives none.</summary>
    public DateTimeOffset? AskAdviceAt { get; set; }

    /// <summary>Not before this is another process's work looked at again.</summary>
    public DateTimeOffset LookAgainAt { get; set; }

    /// <summary>When the certificate's file was written, as read.</summary>
    public DateTime? FileTime { get; set; }

    /// <summary>Whether it is worked on. Guarded by the keeper's lock.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether somebody wants it renewed now. Guarded by the keeper's lock.</summary>
    public bool IsForced { get; set; }

    /// <summary>What is shown: the certificate, or until there is one something that nobody has signed.</summary>
    public TlsCertificate Shown => Current?.Certificate ?? StandIn;

    /// <summary>Whether clients get something that nobody has signed.</summary>
    public bool IsStandIn => Current is null;

    /// <summary>When it is to be renewed; null: there is nothing to renew.</summary>
    public DateTimeOffset? RenewAt => Current is { Certificate: var certificate }
        ? Notes.RenewAt ?? RenewalTime.Usual(certificate.NotBefore, certificate.NotAfter)
        : null;

    private TlsCertificate StandIn => _standIn ??= Read(LocalRoot.SignSelf(Name, _clock));

    /// <summary>When something is to be done about it.</summary>
    public DateTimeOffset NextAt()
    {
        if (IsForced)
        {
            return LookAgainAt;
        }

        DateTimeOffset due = RenewAt ?? DateTimeOffset.MinValue;
        DateTimeOffset allowed = Notes.NextTryAt ?? DateTimeOffset.MinValue;
        due = due > allowed ? due : allowed;
        due = due > LookAgainAt ? due : LookAgainAt;
        return Current is not null && AskAdviceAt is { } ask && ask < due ? ask : due;
    }

    /// <summary>When its getting is next tried, for who looks.</summary>
    public DateTimeOffset NextTry()
    {
        DateTimeOffset due = RenewAt ?? DateTimeOffset.MinValue;
        return Notes.NextTryAt is { } next && next > due ? next : due;
    }

    /// <summary>Whether a certificate is to be got at a time, and not only advice.</summary>
    public bool IsDue(DateTimeOffset now) =>
        IsForced || Current is null || (RenewAt <= now && (Notes.NextTryAt is not { } next || next <= now));

    /// <summary>A pair that Weir made itself.</summary>
    public static TlsCertificate Read(PemPair pair) =>
        TlsCertificate.TryRead(Encoding.ASCII.GetBytes(pair.Chain), Encoding.ASCII.GetBytes(pair.Key), out string problem, out _)
        ?? throw new InvalidOperationException($"A certificate that was just made cannot be read: {problem}");

    /// <summary>A certificate that was got.</summary>
    /// <param name="Certificate">The certificate with its key.</param>
    /// <param name="ChainPem">The chain.</param>
    internal sealed record Got(TlsCertificate Certificate, string ChainPem);
}
