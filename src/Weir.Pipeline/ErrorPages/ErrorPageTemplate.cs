namespace Weir.Pipeline.ErrorPages;

/// <summary>
/// A page that takes the place of the built-in one. <c>{status}</c>, <c>{reason}</c> and <c>{request_id}</c> in it are replaced, escaped
/// as the form needs; every other brace stays as it is.
/// </summary>
/// <param name="Statuses">For which statuses.</param>
/// <param name="Form">What it is; the other forms keep their pages.</param>
/// <param name="Octets">The page, in UTF-8.</param>
public sealed record ErrorPageTemplate(StatusPattern Statuses, ErrorPageForm Form, ReadOnlyMemory<byte> Octets)
{
    /// <summary>The form of a file by its name: .json and .txt say so, everything else is HTML.</summary>
    public static ErrorPageForm FormOf(string fileName) => Path.GetExtension(fileName).ToUpperInvariant() switch
    {
        ".JSON" => ErrorPageForm.Json,
        ".TXT" => ErrorPageForm.Text,
        _ => ErrorPageForm.Html,
    };
}
