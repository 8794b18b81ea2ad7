using Weir.AutomaticHttps;
using Weir.Config.Model;
using Weir.Pipeline.Challenges;

namespace Weir.Acme;

/// <summary>HTTP-01 (RFC 8555 section 8.3): by this process, and by those that share its data directory.</summary>
internal sealed class HttpProver : IProver
{
    private readonly HttpChallenges _challenges;
    private readonly CertificateStore _store;

    public HttpProver(HttpChallenges challenges, CertificateStore store)
    {
        _challenges = challenges;
        _store = store;
    }

    public AcmeChallenge Kind => AcmeChallenge.Http;

    public Task<IAsyncDisposable> ShowAsync(string name, string token, string authorization, CancellationToken cancelled)
    {
        _challenges.Add(token, authorization);
        _store.WriteChallenge(token, authorization);
        return Task.FromResult<IAsyncDisposable>(new Shown(() =>
        {
            _challenges.Remove(token);
            _store.RemoveChallenge(token);
            return ValueTask.CompletedTask;
        }));
    }
}
