using Weir.Abstractions.Exchanges;

namespace Weir.Abstractions.Modules;

/// <summary>Runs on the way down, in list order.</summary>
public interface IRequestModule : IModule
{
    /// <summary>Looks at the request, may change it, may answer it.</summary>
    ValueTask<Verdict> OnRequestAsync(Exchange exchange);
}
