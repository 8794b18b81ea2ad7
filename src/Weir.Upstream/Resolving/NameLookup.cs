using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>One lookup of a host or a service, from scratch: hosts, then the DNS with the search list. Thread-safe.</summary>
internal sealed class NameLookup : IDisposable
{
    // Sockets open at once. A start with a thousand names must not use up the process's descriptors.
    private const int MaxQueriesAtOnce = 64;

    private readonly ResolverFiles _files;
    private readonly DnsClient _client;
    private readonly SemaphoreSlim _slots = new(MaxQueriesAtOnce);

    public NameLookup(ResolverFiles files, DnsClient client)
    {
        _files = files;
        _client = client;
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>Finds the addresses of a host as a user writes it; a dot at the end means "exactly this name".</summary>
    public async ValueTask<AddressAnswer> FindAddressesAsync(string host, CancellationToken cancellation)
    {
        if (FixedNames.TryGet(host, out AddressAnswer? known))
        {
            return known;
        }

        // hosts(5) has whole names: the search list does not apply, and what it says about a name is all that is to know.
        if (DnsName.TryNormalize(host, out string? plain) && _files.Hosts.TryGet(plain, out IReadOnlyList<IpAddress>? listed))
        {
            return AddressAnswer.Of(listed);
        }

        ResolvConf conf = _files.ResolvConf;
        AddressAnswer? failure = null;
        AddressAnswer? denial = null;
        foreach (string name in SearchList.Candidates(host, conf))
        {
            AddressAnswer answer = await AskBothAsync(conf, name, cancellation);
            if (answer.IsFound || answer.HasTimedOut)
            {
                return answer;
            }

            // As the C library does: a domain of the search list whose servers fail does not hide the names after it.
            denial = answer.IsDenial ? answer : denial;
            failure = answer.IsDenial ? failure : answer;
        }

        return failure ?? denial ?? AddressAnswer.None(DnsOutcome.NoName, $"{host}: no such name.");
    }

    /// <summary>Finds the SRV records of a service as a user writes it.</summary>
    public async ValueTask<DnsAnswer> FindServersAsync(string service, CancellationToken cancellation)
    {
        ResolvConf conf = _files.ResolvConf;
        DnsAnswer? failure = null;
        DnsAnswer? denial = null;
        foreach (string name in SearchList.Candidates(service, conf))
        {
            DnsAnswer answer = await AskAsync(conf, new DnsQuestion(name, DnsType.Srv), cancellation);
            if (answer.Outcome is DnsOutcome.Found or DnsOutcome.TimedOut)
            {
                return answer;
            }

            denial = answer.IsDenial ? answer : denial;
            failure = answer.IsDenial ? failure : answer;
        }

        return failure ?? denial ?? DnsAnswer.Without(DnsOutcome.NoName, $"{service}: not a name that can be asked for.", DnsTtl.Max);
    }

    private async ValueTask<AddressAnswer> AskBothAsync(ResolvConf conf, string name, CancellationToken cancellation)
    {
        Task<DnsAnswer> v4 = AskAsync(conf, new DnsQuestion(name, DnsType.A), cancellation).AsTask();
        Task<DnsAnswer> v6 = conf.SkipsIPv6
            ? Task.FromResult(DnsAnswer.Without(DnsOutcome.NoRecords, "", DnsTtl.Max))
            : AskAsync(conf, new DnsQuestion(name, DnsType.Aaaa), cancellation).AsTask();
        await Task.WhenAll(v4, v6);
        return new AddressAnswer(FamilyAnswer.From(await v4), FamilyAnswer.From(await v6));
    }

    private async ValueTask<DnsAnswer> AskAsync(ResolvConf conf, DnsQuestion question, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            return await _client.QueryAsync(conf, question, cancellation);
        }
        finally
        {
            _slots.Release();
        }
    }
}
