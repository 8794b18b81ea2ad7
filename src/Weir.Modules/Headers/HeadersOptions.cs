using Weir.Abstractions.Options;

namespace Weir.Modules.Headers;

/// <summary>Options of `headers`.</summary>
public sealed record HeadersOptions
{
    [Option("What is done to the request's fields, on the way down.")]
    public RequestFieldsOptions Request { get; init; } = new();

    [Option("What is done to the response's fields, on the way up.")]
    public ResponseFieldsOptions Response { get; init; } = new();
}
