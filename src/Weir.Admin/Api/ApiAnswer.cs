using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Weir.Admin.Api;

/// <summary>Answers of the API.</summary>
internal static class ApiAnswer
{
    public static Task WriteErrorAsync(HttpContext http, int status, string cause, string remedy, IReadOnlyList<string>? nearest = null) =>
        WriteAsync(http, new ApiError(cause, remedy, nearest ?? []), AdminJson.Default.ApiError, status);

    public static async Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await using (Utf8JsonWriter writer = new(http.Response.BodyWriter))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public static async Task WriteTextAsync(HttpContext http, string text, string contentType, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
