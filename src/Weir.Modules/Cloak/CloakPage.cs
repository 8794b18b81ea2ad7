using Weir.Abstractions.Bodies;

namespace Weir.Modules.Cloak;

/// <summary>What clients read in place of an origin's own error: nothing about it.</summary>
internal static class CloakPage
{
    private static readonly PinnedBody _clientError = new("This request could not be served.\n"u8);
    private static readonly PinnedBody _serverError = new("This request could not be served. Please try again later.\n"u8);

    /// <summary>The page for an error's status.</summary>
    public static PinnedBody For(int status) => status < 500 ? _clientError : _serverError;
}
