using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Health;

/// <summary>
/// Asks by a request on a connection of its own, which also proves that the server still accepts. The answer passes the parser that
/// clients' answers pass; redirects are not followed.
/// </summary>
internal abstract class RequestCheck : HealthCheck
{
    /// <summary>What is read of an answer's content.</summary>
    protected const int MaxBodyOctets = 64 * 1024;

    private readonly OriginPool _pool;
    private readonly string _authority;
    private OriginStream? _stream;

    /// <summary>A check of the server behind the pool, which nobody else uses.</summary>
    protected RequestCheck(OriginPool pool, string authority, ActiveHealthPolicy policy)
        : base(policy)
    {
        _pool = pool;
        _authority = authority;
    }

    protected RequestHead Request { get; } = new();

    protected ResponseHead Response { get; } = new();

    protected override async ValueTask<CheckVerdict> RunAsync()
    {
        OriginLease lease = await _pool.ConnectAsync();
        if (lease.Stream is not { } stream)
        {
            return Failed(lease.Error!);
        }

        _stream = stream;
        try
        {
            return IsOver ? Failed(ProxyErrors.ConnectTimeout) : await TalkAsync(stream);
        }
        finally
        {
            _stream = null;
            stream.Release();
        }
    }

    protected override void OnOver() => _stream?.Abort(ProxyErrors.OriginTimeout);

    /// <summary>Asks and judges.</summary>
    protected abstract ValueTask<CheckVerdict> TalkAsync(OriginStream stream);

    /// <summary>Begins the request's head: the caller adds what is its own.</summary>
    protected void WriteHead(string method, string target)
    {
        Request.Clear();
        Response.Clear();
        HeaderFields fields = Request.Fields;
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        Request.SetMethod(fields.Store(Encoding.ASCII.GetBytes(method)));
        Request.SetPath(fields.Store(Encoding.ASCII.GetBytes(path)));
        if (query >= 0)
        {
            Request.SetQuery(fields.Store(Encoding.ASCII.GetBytes(target[(query + 1)..])), hasQuery: true);
        }

        ByteSlice authority = fields.Store(Encoding.ASCII.GetBytes(_authority));
        Request.SetAuthority(authority, authority, 0);
        fields.Add("User-Agent"u8, "Weir/health"u8);
    }

    /// <summary>Reads the final head into <see cref="Response"/>.</summary>
    protected async ValueTask<ProxyError?> ReadHeadAsync(OriginStream stream)
    {
        for (int interim = 0; interim <= OriginStream.MaxInterims;)
        {
            if (!stream.TryReadHead(Response, out ProxyError? error))
            {
                error = stream.ErrorOf(await stream.WaitAsync(Policy.TimeoutMs));
                if (error is not null)
                {
                    return error;
                }

                continue;
            }

            if (error is not null || Response.Status >= 200)
            {
                return error;
            }

            if (Response.Status == 101)
            {
                return ProxyErrors.OriginBadUpgrade;
            }

            Response.Clear();
            interim++;
        }

        return ProxyErrors.OriginBadHead;
    }

    /// <summary>Reads the content, as much as is looked at.</summary>
    protected static async ValueTask<ProxyError?> ReadBodyAsync(OriginStream stream, MemoryStream read)
    {
        while (read.Length < MaxBodyOctets)
        {
            BodyRead piece = await stream.ResponseBody.ReadAsync();
            if (piece.Error is { } error)
            {
                return error;
            }

            int room = MaxBodyOctets - (int)read.Length;
            read.Write(piece.Data.Span[..Math.Min(piece.Data.Length, room)]);
            if (piece.IsEnd)
            {
                break;
            }
        }

        return null;
    }
}
