// Hot: runs for each request that passes the stack.
using System.Collections.Frozen;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthCert;

/// <summary>
/// Lets in clients by the certificate that they showed in the handshake, which TLS has verified (`client_ca` of the site).
/// </summary>
internal sealed class AuthCertModule : IRequestModule, IResponseModule
{
    private const string Name = "auth_cert";

    private readonly FrozenSet<string> _subjects;
    private readonly FrozenSet<string> _fingerprints;
    private readonly OwnField? _subject;

    public AuthCertModule(FrozenSet<string> subjects, FrozenSet<string> fingerprints, OwnField? subject)
    {
        _subjects = subjects;
        _fingerprints = fingerprints;
        _subject = subject;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        _subject?.Strip(exchange);
        if (exchange.Connection.Tls is not { ClientFingerprint: { } fingerprint, ClientSubject: { } subject })
        {
            return new(AuthRefusal.Forbidden(exchange, Name, "the client showed no certificate"));
        }

        if (!_fingerprints.Contains(fingerprint) && !_subjects.Contains(subject))
        {
            return new(AuthRefusal.Forbidden(exchange, Name, "the client's certificate is not listed"));
        }

        _subject?.Set(exchange.Request.Fields, Encoding.UTF8.GetBytes(subject));
        exchange.Trace?.Add(Name, $"let in {subject}");
        return new(Verdict.Continue);
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        PrivateAnswer.Mark(exchange.Response.Fields);
        return default;
    }
}
