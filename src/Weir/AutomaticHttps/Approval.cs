namespace Weir.AutomaticHttps;

/// <summary>Asks the user's own service whether a name may have a certificate.</summary>
internal sealed class Approval : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = _patience,
        MaxResponseContentBufferSize = 1 << 16,
    };

    /// <summary>Null: it may. Else why not.</summary>
    /// <param name="url">The approval URL.</param>
    /// <param name="name">The name, checked already.</param>
    public async Task<string?> AskAsync(string url, string name)
    {
        try
        {
            char join = url.Contains('?') ? '&' : '?';
            using HttpRequestMessage request = new(HttpMethod.Get, $"{url}{join}domain={Uri.EscapeDataString(name)}");
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return answer.StatusCode == System.Net.HttpStatusCode.OK ? null : $"the approval URL answered {(int)answer.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return $"the approval URL did not answer: {exception.Message}";
        }
    }

    public void Dispose() => _http.Dispose();
}
