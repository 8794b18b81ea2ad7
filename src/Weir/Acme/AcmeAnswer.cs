using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Acme;

/// <summary>An issuer's answer that was no refusal.</summary>
internal sealed record AcmeAnswer(HttpStatusCode Status, byte[] Body, string? Location, TimeSpan? RetryAfter)
{
    /// <summary>The body as a record.</summary>
    /// <exception cref="AcmeException">It is something else.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize(Body, type) is { } read)
            {
                return read;
            }
        }
        catch (JsonException)
        {
            // Told below, together with a null.
        }

        throw new AcmeException("the issuer answered with something that is no ACME object");
    }
}
