using System.Collections.Concurrent;

namespace Weir.Cli.Demo;

/// <summary>A little traffic: one request after the other, counted by the origin that answered.</summary>
internal sealed class DemoTraffic
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(40);

    private readonly ConcurrentDictionary<string, int> _answered = new(StringComparer.Ordinal);
    private int _failed;

    /// <summary>Requests that got no good answer.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Requests that an origin has answered since the last call.</summary>
    public int Take(string origin) => _answered.TryRemove(origin, out int count) ? count : 0;

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(HttpClient client, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage response = await client.GetAsync("/", end);
                string origin = response.Headers.TryGetValues("X-Origin", out IEnumerable<string>? values) ? values.First() : "";
                _answered.AddOrUpdate(origin, 1, (_, count) => count + 1);
                Interlocked.Add(ref _failed, response.IsSuccessStatusCode ? 0 : 1);
                await Task.Delay(_pause, end);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failed);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
