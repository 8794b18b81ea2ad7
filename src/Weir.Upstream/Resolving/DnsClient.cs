using System.Net;
using System.Net.Sockets;

namespace Weir.Upstream.Resolving;

/// <summary>
/// Asks the servers of resolv.conf for one name and type: server after server, UDP before TCP, aliases followed. Thread-safe, keeps
/// nothing but the rotation. Runs on worker threads, never on a loop.
/// </summary>
internal sealed class DnsClient
{
    private readonly TimeProvider _time;
    private readonly DnsCounters _counters;
    private readonly DnsTransport _transport;
    private uint _rotation;

    public DnsClient(TimeProvider time, DnsCounters counters)
    {
        _time = time;
        _counters = counters;
        _transport = new DnsTransport(counters);
    }

    /// <summary>Looks a normalized name up. Failures are values; only cancellation by the caller throws.</summary>
    public async ValueTask<DnsAnswer> QueryAsync(ResolvConf conf, DnsQuestion question, CancellationToken cancellation)
    {
        TimeSpan ttl = DnsTtl.Max;
        int hops = 0;
        while (true)
        {
            (DnsMessage? message, DnsAnswer? failure) = await AskServersAsync(conf, question, cancellation);
            if (message is null)
            {
                return failure!;
            }

            DnsAlias alias = DnsAlias.Follow(message.Answers, question, DnsAlias.MaxHops - hops);
            hops += alias.Hops;
            ttl = Min(ttl, DnsTtl.Clamp(alias.TtlSeconds));
            if (hops > DnsAlias.MaxHops)
            {
                string detail = $"{question.Name}: more than {DnsAlias.MaxHops} aliases (CNAME), or a loop of them.";
                return DnsAnswer.Without(DnsOutcome.Failed, detail);
            }

            if (alias.Records.Count > 0)
            {
                return new DnsAnswer(DnsOutcome.Found, alias.Records, ttl, "");
            }

            // RFC 6604 section 3: the code speaks of the last name of the chain.
            TimeSpan denialTtl = DnsTtl.OfDenial(message);
            if (message.Code == DnsResponseCode.NoName)
            {
                return DnsAnswer.Without(DnsOutcome.NoName, $"{alias.Name}: no such name (NXDOMAIN).", denialTtl);
            }

            // A server that forwards may hand out an alias without what stands behind it: ask for that by its own name.
            if (alias.Hops > 0 && denialTtl == TimeSpan.Zero && DnsName.TryNormalize(alias.Name, out string? target))
            {
                question = question with { Name = target };
                continue;
            }

            string type = question.Type.ToString().ToUpperInvariant();
            return DnsAnswer.Without(DnsOutcome.NoRecords, $"{alias.Name}: no {type} records.", denialTtl);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private async ValueTask<(DnsMessage? Message, DnsAnswer? Failure)> AskServersAsync(
        ResolvConf conf, DnsQuestion question, CancellationToken cancellation)
    {
        DnsAnswer failure = DnsAnswer.Without(DnsOutcome.Failed, $"{question.Name}: no name servers.");
        int first = conf.IsRotating ? (int)(Interlocked.Increment(ref _rotation) % (uint)conf.Servers.Count) : 0;
        for (int i = 0; i < conf.Attempts * conf.Servers.Count; i++)
        {
            IPEndPoint server = conf.Servers[(first + i) % conf.Servers.Count];
            (DnsMessage? message, DnsAnswer? problem) = await AskServerAsync(conf, server, question, cancellation);
            if (message is not null)
            {
                return (message, null);
            }

            // Some answer, even a refusal, says more about what is wrong than silence.
            failure = problem!.Outcome == DnsOutcome.TimedOut && i > 0 && failure.Outcome == DnsOutcome.Failed ? failure : problem;
        }

        return (null, failure);
    }

    private async ValueTask<(DnsMessage? Message, DnsAnswer? Failure)> AskServerAsync(
        ResolvConf conf, IPEndPoint server, DnsQuestion question, CancellationToken cancellation)
    {
        using CancellationTokenSource deadline = new(conf.Timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        DnsExchange exchange = new(server, question, conf.UsesTcp, HasEdns: true, conf.TrustsAuthenticData);
        try
        {
            (DnsMessage? message, DnsDefect defect) = await AskAdaptingAsync(exchange, either.Token);
            if (message is null)
            {
                _counters.CountMalformed();
                return Fail(DnsOutcome.Failed, $"{question.Name}: {server} sent an unusable answer ({defect}).");
            }

            if (message.Code is not (DnsResponseCode.NoError or DnsResponseCode.NoName))
            {
                _counters.CountServerFailure();
                return Fail(DnsOutcome.Failed, $"{question.Name}: {server} answered {message.Code}.");
            }

            if (IsLame(message))
            {
                _counters.CountServerFailure();
                return Fail(DnsOutcome.Failed, $"{question.Name}: {server} does not know the name and does not ask others (no recursion).");
            }

            return (message, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _counters.CountTimeout();
            return Fail(DnsOutcome.TimedOut, $"{question.Name}: {server} did not answer within {conf.Timeout.TotalSeconds:0.###} s.");
        }
        catch (SocketException e)
        {
            _counters.CountServerFailure();
            return Fail(DnsOutcome.Failed, $"{question.Name}: {server} cannot be asked ({e.SocketErrorCode}).");
        }
    }

    // The two ways in which a server can ask for the same question in another form, each taken once.
    private async ValueTask<(DnsMessage? Message, DnsDefect Defect)> AskAdaptingAsync(DnsExchange exchange, CancellationToken cancellation)
    {
        (DnsMessage? Message, DnsDefect Defect) answer = await _transport.AskAsync(exchange, cancellation);

        // RFC 6891 section 7: a server from before EDNS answers so.
        if (answer.Message is { Code: DnsResponseCode.FormatError or DnsResponseCode.NotImplemented or DnsResponseCode.BadVersion })
        {
            exchange = exchange with { HasEdns = false };
            answer = await _transport.AskAsync(exchange, cancellation);
        }

        // RFC 7766 section 5: a truncated answer is asked for again over TCP.
        return answer.Message is { IsTruncated: true }
            ? await _transport.AskAsync(exchange with { UsesTcp = true }, cancellation)
            : answer;
    }

    // A server that neither owns the zone nor asks others sends us elsewhere; a stub resolver does not follow.
    private static bool IsLame(DnsMessage message) =>
        message is { Code: DnsResponseCode.NoError, IsAuthoritative: false, IsRecursive: false, Answers.Count: 0 };

    private static (DnsMessage? Message, DnsAnswer? Failure) Fail(DnsOutcome outcome, string detail) =>
        (null, DnsAnswer.Without(outcome, detail));
}
