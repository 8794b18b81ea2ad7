namespace Weir.Abstractions.Errors;

/// <summary>
/// Why an exchange could not be completed: where it happened, whose fault it is, whether another server may be tried, and what the
/// client is told. A value, not an exception: the instances are the table in <see cref="ProxyErrors"/>.
/// </summary>
public sealed class ProxyError
{
    internal ProxyError(int index, string name, int status, string proxyStatus, Fault fault, Phase phase, bool isRetryable, string text)
    {
        Index = index;
        Name = name;
        Status = status;
        ProxyStatus = proxyStatus;
        Fault = fault;
        Phase = phase;
        IsRetryable = isRetryable;
        Text = text;
    }

    /// <summary>Its place in <see cref="ProxyErrors.All"/>: what its counter is found by.</summary>
    public int Index { get; }

    /// <summary>The name in logs, traces and metrics: snake_case, stable.</summary>
    public string Name { get; }

    /// <summary>The status code the client gets, if its response had not begun. 499 is only logged: the client is gone.</summary>
    public int Status { get; }

    /// <summary>The error type of RFC 9209 section 2.3.</summary>
    public string ProxyStatus { get; }

    /// <summary>Who caused it.</summary>
    public Fault Fault { get; }

    /// <summary>The phase of the exchange in which it happens.</summary>
    public Phase Phase { get; }

    /// <summary>
    /// Whether the failure says nothing against trying again with an idempotent request, before a byte of the response came
    /// (RFC 9110 section 9.2.2).
    /// </summary>
    public bool IsRetryable { get; }

    /// <summary>What happened and what to look at, for the operator. Never sent to a client.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
