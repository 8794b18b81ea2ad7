using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Admin.Api;

namespace Weir.Cli.Control;

/// <summary>What the admin answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body, JSON.</param>
internal sealed record AdminReply(HttpStatusCode Status, string Body)
{
    public bool IsDone => Status == HttpStatusCode.OK;

    /// <summary>The body as a record; null when it is something else.</summary>
    public T? Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Says to standard error why it was not done; gives the exit code.</summary>
    public int Complain()
    {
        ApiError? error = Read(AdminJson.Default.ApiError);
        Console.Error.WriteLine(
            error?.Error is null ? $"weir: the admin answered {(int)Status}; is that a Weir?" : $"weir: {error.Error} {error.Remedy}");
        if (error?.Nearest is { Count: > 1 } nearest)
        {
            Console.Error.WriteLine("Known there: " + string.Join(", ", nearest));
        }

        return ExitCode.Refused;
    }
}
