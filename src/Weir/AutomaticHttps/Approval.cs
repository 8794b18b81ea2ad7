using System.Net;

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

    /// <summary>Whether a name may have a certificate, by which answer, or that there was none.</summary>
    /// <param name="url">The approval URL.</param>
    /// <param name="name">The name, checked already.</param>
    public async Task<Verdict> AskAsync(string url, string name)
    {
        try
        {
            char join = url.Contains('?') ? '&' : '?';
            using HttpRequestMessage request = new(HttpMethod.Get, $"{url}{join}domain={Uri.EscapeDataString(name)}");
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return new Verdict(
                answer.StatusCode == HttpStatusCode.OK, HasAnswered: true, $"the approval URL answered {(int)answer.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Verdict(IsApproved: false, HasAnswered: false, $"the approval URL did not answer: {exception.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What came of it.</summary>
    /// <param name="IsApproved">Whether the name may have a certificate.</param>
    /// <param name="HasAnswered">Whether that is the service's word.</param>
    /// <param name="Reason">For the log.</param>
    internal readonly record struct Verdict(bool IsApproved, bool HasAnswered, string Reason);
}
