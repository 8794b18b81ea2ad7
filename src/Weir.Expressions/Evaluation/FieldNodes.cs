// Hot: asked for each request that an expression looks at.
using Weir.Abstractions.Exchanges;

namespace Weir.Expressions.Evaluation;

/// <summary>A field that is a number. The delegate is made once and captures nothing.</summary>
internal sealed class IntFieldNode(Func<Exchange, long> read) : IntNode
{
    public override long Evaluate(Exchange exchange) => read(exchange);
}

/// <summary>A field that is an address.</summary>
internal sealed class AddressFieldNode(Func<Exchange, IpAddress> read) : AddressNode
{
    public override IpAddress Evaluate(Exchange exchange) => read(exchange);
}

/// <summary>A field that is true or false.</summary>
internal sealed class BoolFieldNode(Func<Exchange, bool> read) : BoolNode
{
    public override bool Evaluate(Exchange exchange) => read(exchange);
}
