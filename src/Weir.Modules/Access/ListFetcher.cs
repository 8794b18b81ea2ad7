using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Weir.Modules.Access;

/// <summary>Fetches lists over HTTP, within bounds on time and size. Away from the loops: it waits.</summary>
internal static class ListFetcher
{
    private const int MostOctets = 64 * 1024 * 1024;
    private const int MostRedirects = 3;

    private static readonly Lazy<HttpClient> _client = new(() => new HttpClient(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxAutomaticRedirections = MostRedirects,
        UseCookies = false,
    })
    {
        Timeout = TimeSpan.FromSeconds(60),
    });

    /// <summary>Fetches a URL, unless its content still has the tag.</summary>
    public static FetchedList Fetch(string url, string? tag)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, url);
            if (tag is not null && EntityTagHeaderValue.TryParse(tag, out EntityTagHeaderValue? known))
            {
                request.Headers.IfNoneMatch.Add(known);
            }

            using CancellationTokenSource end = new(_client.Value.Timeout);
            using HttpResponseMessage response = _client.Value.Send(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            if (response.StatusCode == HttpStatusCode.NotModified)
            {
                return default;
            }

            return response.StatusCode == HttpStatusCode.OK
                ? Read(response, end.Token)
                : new FetchedList(null, null, $"the server answered {(int)response.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or UriFormatException)
        {
            return new FetchedList(null, null, failure.Message);
        }
    }

    private static FetchedList Read(HttpResponseMessage response, CancellationToken end)
    {
        using Stream content = response.Content.ReadAsStream(end);
        using MemoryStream whole = new();
        byte[] buffer = new byte[64 * 1024];
        for (int read = content.Read(buffer); read > 0; read = content.Read(buffer))
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > MostOctets || end.IsCancellationRequested)
            {
                return new FetchedList(
                    null, null, whole.Length > MostOctets ? $"it has more than {MostOctets >> 20} MiB." : "it took longer than a minute.");
            }
        }

        return new FetchedList(Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length), response.Headers.ETag?.ToString(), null);
    }
}
