using System.Globalization;
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
internal sealed class HttpCheck : HealthCheck
{
    private const int MaxBodyOctets = 64 * 1024;

    private readonly OriginPool _pool;
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private readonly string _authority;
    private OriginStream? _stream;

    /// <summary>A check of the server behind the pool, which nobody else uses.</summary>
    public HttpCheck(OriginPool pool, string authority, ActiveHealthPolicy policy)
        : base(policy)
    {
        _pool = pool;
        _authority = authority;
    }

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

    private async ValueTask<CheckVerdict> TalkAsync(OriginStream stream)
    {
        if (Policy.ProxyProtocolVersion != 0)
        {
            stream.WriteOwnProxyHeader(Policy.ProxyProtocolVersion);
        }

        WriteHead();
        OriginRequestOptions options = new()
        {
            BodyLength = BodyLength.None,
            Close = true,
            WriteTimeoutMs = Policy.TimeoutMs,
            IdleTimeoutMs = Policy.TimeoutMs,
        };
        ProxyError? error = await stream.SendHeadAsync(_request, options) ?? await ReadHeadAsync(stream);
        if (error is not null)
        {
            return Failed(error, stream.RejectDetail);
        }

        string answered = "answered " + _response.Status.ToString(CultureInfo.InvariantCulture);
        if (!Policy.Accepts(_response.Status))
        {
            return CheckVerdict.Bad(answered);
        }

        return Policy.Body is null ? CheckVerdict.Good(answered) : await ReadBodyAsync(stream, Policy.Body, answered);
    }

    private void WriteHead()
    {
        _request.Clear();
        _response.Clear();
        HeaderFields fields = _request.Fields;
        int query = Policy.Path.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? Policy.Path : Policy.Path[..query];
        _request.SetMethod(fields.Store(Encoding.ASCII.GetBytes(Policy.Method)));
        _request.SetPath(fields.Store(Encoding.ASCII.GetBytes(path)));
        if (query >= 0)
        {
            _request.SetQuery(fields.Store(Encoding.ASCII.GetBytes(Policy.Path[(query + 1)..])), hasQuery: true);
        }

        ByteSlice authority = fields.Store(Encoding.ASCII.GetBytes(_authority));
        _request.SetAuthority(authority, authority, 0);
        fields.Add("User-Agent"u8, "Weir/health"u8);
        fields.Add("Accept"u8, "*/*"u8);
    }

    private async ValueTask<ProxyError?> ReadHeadAsync(OriginStream stream)
    {
        for (int interim = 0; interim <= OriginStream.MaxInterims;)
        {
            if (!stream.TryReadHead(_response, out ProxyError? error))
            {
                error = stream.ErrorOf(await stream.WaitAsync(Policy.TimeoutMs));
                if (error is not null)
                {
                    return error;
                }

                continue;
            }

            if (error is not null || _response.Status >= 200)
            {
                return error;
            }

            if (_response.Status == 101)
            {
                return ProxyErrors.OriginBadUpgrade;
            }

            _response.Clear();
            interim++;
        }

        return ProxyErrors.OriginBadHead;
    }

    private async ValueTask<CheckVerdict> ReadBodyAsync(OriginStream stream, BodyExpectation expected, string answered)
    {
        using MemoryStream read = new();
        while (read.Length < MaxBodyOctets)
        {
            BodyRead piece = await stream.ResponseBody.ReadAsync();
            if (piece.Error is { } error)
            {
                return Failed(error, stream.RejectDetail);
            }

            int room = MaxBodyOctets - (int)read.Length;
            read.Write(piece.Data.Span[..Math.Min(piece.Data.Length, room)]);
            if (piece.IsEnd)
            {
                break;
            }
        }

        bool isMet = expected.IsMet(read.GetBuffer().AsSpan(0, (int)read.Length));
        return new CheckVerdict(isMet, isMet ? answered : $"{answered} without the expected body ({expected.Text})");
    }
}
