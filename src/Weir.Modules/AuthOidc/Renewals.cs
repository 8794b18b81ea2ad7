using Weir.Modules.Remembering;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// Renews each session once: the requests that a page sends all have the same cookie, and a provider takes a refresh token once. What came
/// of it stays for a while, for those that were on their way. Any thread; one lock.
/// </summary>
internal sealed class Renewals
{
    private const int Most = 4096;
    private const long KeptMs = 30_000;

    private static readonly Task<Renewal> _tooMany = Task.FromResult(
        new Renewal(null, "too many sessions are renewed at once", IsOver: false));

    private readonly Lock _lock = new();
    private readonly Dictionary<CredentialDigest, Entry> _entries = [];

    /// <summary>The renewal of a cookie's session, which somebody else may have begun.</summary>
    public Task<Renewal> Join(CredentialDigest cookie, long nowMs, Func<Task<Renewal>> start)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(cookie, out Entry? entry) && (!entry.Task.IsCompleted || nowMs - entry.AtMs < KeptMs))
            {
                return entry.Task;
            }

            if (_entries.Count >= Most)
            {
                foreach ((CredentialDigest old, _) in _entries.Where(pair => pair.Value.Task.IsCompleted
                    && nowMs - pair.Value.AtMs >= KeptMs).ToArray())
                {
                    _entries.Remove(old);
                }

                if (_entries.Count >= Most)
                {
                    return _tooMany;
                }
            }

            Task<Renewal> task = start();
            _entries[cookie] = new Entry(task, nowMs);
            return task;
        }
    }

    private sealed record Entry(Task<Renewal> Task, long AtMs);
}
