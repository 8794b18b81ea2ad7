// Hot: runs for each request that passes the stack.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Redirect;

/// <summary>Sends the client elsewhere.</summary>
internal sealed class RedirectModule : IRequestModule
{
    private readonly Template _to;
    private readonly int _status;

    public RedirectModule(Template to, int status)
    {
        _to = to;
        _status = status;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        exchange.Answer(_status);
        HeaderFields fields = exchange.Response.Fields;
        if (!_to.TryStore(exchange, fields, out ByteSlice location))
        {
            return new(Refusal.BadRequest(exchange, "redirect", "the target made of the client's values leaves its path, or has no host"));
        }

        fields.AddStored(KnownField.Location, location);
        exchange.Trace?.Add("redirect", $"{_status} to {Encoding.Latin1.GetString(fields.Slice(location))}");
        return new(Verdict.Answered);
    }
}
