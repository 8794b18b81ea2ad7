namespace Weir.Modules.Cors;

/// <summary>What is said to origins that are allowed; values of fields, made when the configuration loads.</summary>
internal sealed record CorsAnswers
{
    public required byte[] Methods { get; init; }

    /// <summary>Null: whatever was asked for.</summary>
    public required byte[]? Headers { get; init; }

    public required byte[] Expose { get; init; }

    public required byte[] MaxAge { get; init; }

    public required bool Credentials { get; init; }

    public required bool PrivateNetwork { get; init; }
}
