// Hot: runs for each request that passes the stack.
using System.Globalization;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Respond;

/// <summary>Answers every request alike.</summary>
internal sealed class RespondModule : IRequestModule
{
    private readonly int _status;
    private readonly byte[] _contentType;
    private readonly PinnedBody? _body;
    private readonly FieldTemplate[] _fields;

    public RespondModule(int status, byte[] contentType, PinnedBody? body, FieldTemplate[] fields)
    {
        _status = status;
        _contentType = contentType;
        _body = body;
        _fields = fields;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        exchange.Answer(_status, _contentType, _body);
        foreach (FieldTemplate field in _fields)
        {
            if (!field.TrySet(exchange, exchange.Response.Fields))
            {
                return new(Refusal.BadRequest(exchange, "respond", field.TooLarge().Message));
            }
        }

        exchange.Trace?.Add("respond", _status.ToString(CultureInfo.InvariantCulture));
        return new(Verdict.Answered);
    }
}
