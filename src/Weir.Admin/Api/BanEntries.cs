using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>Who is kept out.</summary>
/// <param name="Bans">The one that ends first in front.</param>
public sealed record BanEntries(IReadOnlyList<Ban> Bans);
