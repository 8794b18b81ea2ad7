namespace Weir.Upstream.Resolving;

/// <summary>What the resolver has done since the start. Shared by threads; every member is atomic.</summary>
public sealed class DnsCounters
{
    private long _queries;
    private long _tcpQueries;
    private long _timeouts;
    private long _serverFailures;
    private long _foreignDatagrams;
    private long _malformed;
    private long _denials;
    private long _failures;
    private long _keptAddresses;
    private long _callbackFailures;

    /// <summary>Queries sent to a server, over UDP and TCP.</summary>
    public long Queries => Volatile.Read(ref _queries);

    /// <summary>Of these, over TCP.</summary>
    public long TcpQueries => Volatile.Read(ref _tcpQueries);

    /// <summary>Queries that a server left unanswered for resolv.conf's timeout.</summary>
    public long Timeouts => Volatile.Read(ref _timeouts);

    /// <summary>Queries that a server refused, could not answer, or answered without knowing the name's zone.</summary>
    public long ServerFailures => Volatile.Read(ref _serverFailures);

    /// <summary>Datagrams with another identifier or question than was asked: late answers, or an attack.</summary>
    public long ForeignDatagrams => Volatile.Read(ref _foreignDatagrams);

    /// <summary>Answers that broke the format.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Lookups of a name that ended with "there is no such name" or "it has no such records".</summary>
    public long Denials => Volatile.Read(ref _denials);

    /// <summary>Lookups of a name that ended without an answer.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Lookups that brought nothing, after which the last good addresses stayed in use.</summary>
    public long KeptAddresses => Volatile.Read(ref _keptAddresses);

    /// <summary>Exceptions thrown by those who were told of a change.</summary>
    public long CallbackFailures => Volatile.Read(ref _callbackFailures);

    internal void CountQuery(bool isTcp)
    {
        Interlocked.Increment(ref _queries);
        if (isTcp)
        {
            Interlocked.Increment(ref _tcpQueries);
        }
    }

    internal void CountTimeout() => Interlocked.Increment(ref _timeouts);

    internal void CountServerFailure() => Interlocked.Increment(ref _serverFailures);

    internal void CountForeignDatagram() => Interlocked.Increment(ref _foreignDatagrams);

    internal void CountMalformed() => Interlocked.Increment(ref _malformed);

    internal void CountDenial() => Interlocked.Increment(ref _denials);

    internal void CountFailure() => Interlocked.Increment(ref _failures);

    internal void CountKeptAddresses() => Interlocked.Increment(ref _keptAddresses);

    internal void CountCallbackFailure() => Interlocked.Increment(ref _callbackFailures);
}
