using Weir.Abstractions.Exchanges;
using Weir.Expressions.Checking;

namespace Weir.Expressions.Evaluation;

/// <summary>An address.</summary>
internal abstract class AddressNode : Node
{
    public override ValueKind Kind => ValueKind.Address;

    public abstract IpAddress Evaluate(Exchange exchange);
}
