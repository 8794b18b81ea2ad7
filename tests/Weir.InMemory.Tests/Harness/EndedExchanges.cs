using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Finishing;

namespace Weir.InMemory.Tests.Harness;

/// <summary>What an access log would hold of the exchange that ended last.</summary>
internal sealed class EndedExchanges : IExchangeLog
{
    private readonly byte[] _target = new byte[256];
    private int _targetLength;

    public int Count { get; private set; }

    public string? Error { get; private set; }

    public string? ErrorDetail { get; private set; }

    /// <summary>The error of the last exchange that had one.</summary>
    public string? LastFailure { get; private set; }

    public string? LastFailureDetail { get; private set; }

    public Fault EndedBy { get; private set; }

    public int Status { get; private set; }

    public int Retries { get; private set; }

    public bool IsHedged { get; private set; }

    public string? ServerName { get; private set; }

    public string? AnsweredBy { get; private set; }

    public string? RouteName { get; private set; }

    public long ReceivedOctets { get; private set; }

    public long SentBodyOctets { get; private set; }

    /// <summary>The target as the access log would show it.</summary>
    public string Target => Encoding.Latin1.GetString(_target, 0, _targetLength);

    public void Write(Exchange exchange)
    {
        // Budgets count what is allocated for a request: not for this.
        _targetLength = Math.Min(exchange.Request.Target.Length, _target.Length);
        exchange.Request.Target[.._targetLength].CopyTo(_target);
        Count++;
        Error = exchange.Error?.Name;
        ErrorDetail = exchange.ErrorDetail;
        LastFailure = Error ?? LastFailure;
        LastFailureDetail = Error is null ? LastFailureDetail : ErrorDetail;
        EndedBy = exchange.EndedBy;
        Status = exchange.Response.Status;
        Retries = exchange.Retries;
        IsHedged = exchange.IsHedged;
        ServerName = exchange.ServerName;
        AnsweredBy = exchange.AnsweredBy;
        RouteName = exchange.RouteName;
        ReceivedOctets = exchange.ReceivedOctets;
        SentBodyOctets = exchange.SentBodyOctets;
    }
}
