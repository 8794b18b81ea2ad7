using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>What a module said of the answer to a fetch that it refused, beside the error: who asked may answer so, too.</summary>
public sealed class FetchRefusal
{
    private readonly HeaderFields? _fields;
    private readonly int _status;
    private readonly int _retryAfterSeconds;
    private readonly string? _detail;

    private FetchRefusal(Exchange exchange)
    {
        _fields = exchange.HasErrorFields ? exchange.ErrorFields.Copy() : null;
        _status = exchange.ErrorStatus;
        _retryAfterSeconds = exchange.RetryAfterSeconds;
        _detail = exchange.ErrorDetail;
    }

    /// <summary>What an exchange holds of it; null: nothing.</summary>
    public static FetchRefusal? Of(Exchange exchange) =>
        exchange.HasErrorFields || exchange.ErrorStatus > 0 || exchange.RetryAfterSeconds > 0 || exchange.ErrorDetail is not null
            ? new FetchRefusal(exchange)
            : null;

    /// <summary>Says the same of another exchange's answer.</summary>
    public void CopyTo(Exchange exchange)
    {
        _fields?.CopyTo(exchange.ErrorFields);
        exchange.ErrorStatus = _status;
        exchange.RetryAfterSeconds = _retryAfterSeconds;
        exchange.ErrorDetail = _detail;
    }
}
