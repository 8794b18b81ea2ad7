using System.Globalization;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Maintenance;

/// <summary>What closed-out visitors get.</summary>
internal sealed class MaintenancePage
{
    /// <summary>The page where none is configured.</summary>
    public const string BuiltIn = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Back soon</title>
        <style>body{font-family:sans-serif;max-width:36em;margin:20vh auto;padding:0 1em}</style>
        <h1>Back soon</h1>
        <p>This site is being worked on. Please try again later.</p>

        """;

    private const int MostDigits = 20;

    private readonly int _status;
    private readonly byte[] _contentType;
    private readonly PinnedBody _content;

    public MaintenancePage(int status, byte[] contentType, PinnedBody content)
    {
        _status = status;
        _contentType = contentType;
        _content = content;
    }

    /// <summary>Answers with the page.</summary>
    public void Answer(Exchange exchange, long retryAfterMs)
    {
        exchange.Answer(_status, _contentType, _content);
        Span<byte> digits = stackalloc byte[MostDigits];
        long seconds = Math.Max(1, (retryAfterMs + 999) / 1000);
        seconds.TryFormat(digits, out int written, provider: CultureInfo.InvariantCulture);
        exchange.Response.Fields.Add(KnownField.RetryAfter, digits[..written]);
        exchange.Response.Fields.Add(KnownField.CacheControl, "no-store"u8);
    }
}
