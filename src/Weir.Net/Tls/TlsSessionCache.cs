namespace Weir.Net.Tls;

/// <summary>Sessions of one origin that can be resumed, the newest first; of one loop. RFC 8446 appendix C.4: each is used once.</summary>
internal sealed class TlsSessionCache : IDisposable
{
    private const int MostSessions = 8;

    private readonly List<nint> _sessions = [];
    private bool _isClosed;

    /// <summary>Keeps a session and its reference; false when it is not kept.</summary>
    public bool Put(nint session)
    {
        if (_isClosed)
        {
            return false;
        }

        if (_sessions.Count == MostSessions)
        {
            LibSsl.SSL_SESSION_free(_sessions[0]);
            _sessions.RemoveAt(0);
        }

        _sessions.Add(session);
        return true;
    }

    /// <summary>Takes the newest; 0 when there is none. The reference goes along.</summary>
    public nint Take()
    {
        while (_sessions.Count > 0)
        {
            nint session = _sessions[^1];
            _sessions.RemoveAt(_sessions.Count - 1);
            if (LibSsl.SSL_SESSION_is_resumable(session) == 1)
            {
                return session;
            }

            LibSsl.SSL_SESSION_free(session);
        }

        return 0;
    }

    public void Dispose()
    {
        _isClosed = true;
        _sessions.ForEach(LibSsl.SSL_SESSION_free);
        _sessions.Clear();
    }
}
