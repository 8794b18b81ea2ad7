using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Net.Connections;
using Weir.Net.Tls;
using Weir.Server.Http1;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server.Listening;

/// <summary>
/// A new connection becomes a TLS connection. 1 receive the ClientHello 2 ask the modules 3 wait for a certificate that is made when it is
/// first asked for, or for another process's proof 4 wait for a turn 5 find the certificate 6 shake hands. OpenSSL is asked from the sixth
/// step on, so a connection that never sends a whole ClientHello costs no session. Between 5 and 6 nothing waits: certificates may be
/// swapped meanwhile.
/// </summary>
internal sealed class SecureStart
{
    private const int MostNameOctets = 253;

    private readonly ServerLoop _server;
    private readonly ListenerOptions _options;
    private readonly Connection _connection;
    private readonly ConnectionInfo _info;
    private readonly ListenerState _listener;
    private long _deadlineMs;

    public SecureStart(ServerLoop server, ListenerOptions options, Connection connection, ConnectionInfo info, ListenerState listener)
    {
        _server = server;
        _options = options;
        _connection = connection;
        _info = info;
        _listener = listener;
        _deadlineMs = server.Loop.NowMs + server.Limits.HandshakeTimeoutMs;
    }

    /// <summary>True: the connection speaks TLS, and <see cref="ConnectionInfo.Tls"/> says what was agreed on.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<bool> RunAsync()
    {
        ClientHelloStatus hello = await ReceiveHelloAsync();
        if (hello == ClientHelloStatus.PlainHttp)
        {
            await AnswerPlainAsync();
            return false;
        }

        if (hello != ClientHelloStatus.Complete)
        {
            return Refuse(hello == ClientHelloStatus.NeedMore ? LateOrGone() : TlsFailure.Protocol, "this is no TLS ClientHello");
        }

        if (Hear() is not { } wish)
        {
            return false;
        }

        if (IsToBeMade(wish))
        {
            Task made = _options.Tls!.ByName!.ObtainAsync(wish.ServerName!, out int longestMs);
            _deadlineMs += longestMs;
            await made;
        }

        if (wish is { IsChallenge: true, ServerName: { } asked } && _options.Tls is { LookForChallenge: { } look } tls
            && tls.ChallengeOf?.Invoke(asked) is null)
        {
            await look(asked);
        }

        while (!_server.Handshakes.TryStart(_server.Loop.TurnCount))
        {
            await _server.Loop.YieldAsync();
        }

        if (_connection.IsClosed || _connection.HasFailed)
        {
            return Refuse(TlsFailure.PeerGone, "");
        }

        return Choose(wish) is { } choice && await ShakeHandsAsync(choice);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ClientHelloStatus> ReceiveHelloAsync()
    {
        // Behind a PROXY header it may be there already.
        ClientHelloStatus status = Look();
        while (status == ClientHelloStatus.NeedMore && await _connection.ReadAsync(LeftMs()) == ReadStatus.Data)
        {
            status = Look();
        }

        return status;
    }

    private ClientHelloStatus Look() =>
        ClientHelloReader.Read(_connection.Received, stackalloc byte[ClientHelloReader.MostOctets], out _);

    /// <summary>Reads what the client wants, and asks the modules. Null: the connection ends.</summary>
    private Wish? Hear()
    {
        ClientHelloReader.Read(_connection.Received, stackalloc byte[ClientHelloReader.MostOctets], out ReadOnlySpan<byte> message);
        if (!ClientHelloReader.TryParse(message, out ClientHelloFacts facts))
        {
            Refuse(TlsFailure.Protocol, "the ClientHello is malformed");
            return null;
        }

        if (TlsFingerprints.AreWanted)
        {
            _info.TlsFingerprint = Ja4.Of(message);
        }

        if (!Asks(message))
        {
            _server.Counters.Add(Counter.ConnectionsRefusedModule);
            return null;
        }

        return new Wish(facts.ServerName.IsEmpty ? null : Encoding.ASCII.GetString(facts.ServerName), facts.IsAcmeChallenge);
    }

    /// <summary>Whether the name's certificate is made when it is first asked for, and nobody has asked before.</summary>
    private bool IsToBeMade(in Wish wish) => wish is { ServerName: { } name, IsChallenge: false } && _options.Tls!.ByName is { } names
        && SiteOf(wish) is { AsksByName: true } && names.Find(name, _server.Loop.Index) is null;

    /// <summary>Finds which certificate the client gets. Null: the connection ends.</summary>
    private Choice? Choose(in Wish wish)
    {
        string? name = wish.ServerName;
        TlsSiteHolder sites = _options.Tls!;
        if (wish.IsChallenge)
        {
            TlsContext? challenge = name is null ? null : sites.ChallengeOf?.Invoke(name);
            if (challenge is null)
            {
                Refuse(TlsFailure.ApplicationProtocol, "no ACME challenge is going on for this name");
                return null;
            }

            return new Choice(challenge, name, AlpnProtocols.AcmeChallenge);
        }

        if (SiteOf(wish) is not { } site)
        {
            Refuse(TlsFailure.Parameters, "no site has a certificate");
            return null;
        }

        TlsContext context = site.OfLoop(_server.Loop.Index);
        if (site.AsksByName && name is not null)
        {
            if (sites.ByName?.Find(name, _server.Loop.Index) is not { } own)
            {
                Refuse(TlsFailure.Parameters, "the name has no certificate");
                return null;
            }

            context = own;
        }

        return new Choice(context, name, _options.Protocols);
    }

    /// <summary>
    /// The site by the name that the client sent; RFC 6066 section 3: an address is no name, and whoever asks for one sends none.
    /// </summary>
    private TlsSite? SiteOf(in Wish wish)
    {
        if (_options.Tls!.Current is not { } sites)
        {
            return null;
        }

        string? name = wish.ServerName ?? (sites.HasAddresses ? _info.Local.ToString() : null);
        Span<byte> octets = stackalloc byte[MostNameOctets];
        return sites.Find(name is null || name.Length > MostNameOctets ? default : octets[..Encoding.ASCII.GetBytes(name, octets)]);
    }

    private bool Asks(ReadOnlySpan<byte> message)
    {
        IReadOnlyList<IConnectionModule> modules = _options.Modules;
        ClientHello hello = new(_info, message);
        for (int i = 0; i < modules.Count; i++)
        {
            if (modules[i].OnClientHello(hello) != Verdict.Continue)
            {
                return false;
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> ShakeHandsAsync(Choice choice)
    {
        long startedNs = _server.Loop.NowNs;
        TlsSession session = _connection.AcceptTls(choice.Context, choice.ServerName, choice.Protocols);
        ReadStatus status = await _connection.ReadAsync(LeftMs());
        if (status != ReadStatus.Data)
        {
            TlsFailure failure = status == ReadStatus.TimedOut ? TlsFailure.TimedOut
                : session.Failure == TlsFailure.None ? TlsFailure.PeerGone : session.Failure;
            return Refuse(failure, session.FailureText ?? "");
        }

        TlsFacts facts = session.Facts;
        bool isResumed = facts.IsResumed;
        _server.Counters.Add(isResumed ? Counter.TlsHandshakesResumed : Counter.TlsHandshakesFull);
        _server.Counters.Record(TimedPhase.TlsClient, _server.Loop.NowNs - startedNs);
        if (choice.Protocols == AlpnProtocols.AcmeChallenge)
        {
            // RFC 8737 section 3: the certificate was all that was wanted.
            return false;
        }

        _info.Tls = new TlsDetails
        {
            Version = facts.Version,
            Cipher = facts.Cipher,
            ServerName = choice.ServerName,
            IsResumed = isResumed,
            IsHttp2 = facts.Protocol == AlpnProtocols.Http2,
            Protocol = facts.Protocol switch { AlpnProtocols.Http2 => "h2", AlpnProtocols.Http1 => "http/1.1", _ => null },
            ClientCertificate = choice.Context.Policy!.Clients.Length > 0 ? facts.TakePeerCertificate() : null,
            ClientChain = choice.Context.Policy.TellsClientChain ? facts.TakeVerifiedChain() : [],
            Policy = choice.Context.Policy,
            Policies = _options.Tls!.Policies,
        };
        return true;
    }

    private bool Refuse(TlsFailure failure, string text)
    {
        _server.Counters.Add(CounterFamily.TlsClientFailures, (int)failure);
        if (failure is TlsFailure.CertificateMissing or TlsFailure.CertificateRefused or TlsFailure.Internal)
        {
            _server.Log.Write(OperatorEvents.TlsClientRefused, _info.Remote.ToString(), _options.Name, text);
        }

        return false;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask AnswerPlainAsync()
    {
        _server.Counters.Add(Counter.TlsPlainHttp);
        await _connection.WriteAsync(FixedResponse.PlainOnTls.Slice, default, LeftMs());
        await LingeringClose.RunAsync(_connection);
    }

    private TlsFailure LateOrGone() => _server.Loop.NowMs >= _deadlineMs ? TlsFailure.TimedOut : TlsFailure.PeerGone;

    private int LeftMs() => _server.StartWaitMs(_listener, _deadlineMs);

    private readonly record struct Wish(string? ServerName, bool IsChallenge);

    private sealed record Choice(TlsContext Context, string? ServerName, AlpnProtocols Protocols);
}
