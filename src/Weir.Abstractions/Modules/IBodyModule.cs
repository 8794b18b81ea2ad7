using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;

namespace Weir.Abstractions.Modules;

/// <summary>Changes bodies while they stream. Asked once the head is known; null leaves the octets untouched and uncopied.</summary>
public interface IBodyModule : IModule
{
    /// <summary>A filter for the request's content, or null.</summary>
    BodyFilter? OpenRequestFilter(Exchange exchange);

    /// <summary>A filter for the response's content, or null.</summary>
    BodyFilter? OpenResponseFilter(Exchange exchange);
}
