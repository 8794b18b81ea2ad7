using System.Text.Json;

namespace Weir.Net.Tls;

/// <summary>The names of <see cref="TlsFailure"/> in metrics and logs.</summary>
public static class TlsFailures
{
    /// <summary>The names, in order: "peer_gone" and so on.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enum.GetNames<TlsFailure>().Select(name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];

    /// <summary>One's name.</summary>
    public static string Name(TlsFailure failure) => Names[(int)failure];
}
