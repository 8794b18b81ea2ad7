using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Challenge;

/// <summary>Knows bots that may pass.</summary>
internal interface IBotCheck
{
    /// <summary>Whether the request claims to be of such a bot: cheap, and asked first.</summary>
    bool Claims(Exchange exchange);

    /// <summary>Why the request passes; null: it does not.</summary>
    ValueTask<string?> CheckAsync(Exchange exchange);
}
