using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Faults;

/// <summary>One conversation with one fault on one side, after so many octets of what that side sends.</summary>
internal sealed class FaultRun
{
    private const string Yaml = Proxy.Simple + "\ntunnels: { idle: 30s, lifetime: 60s }";
    private const int MostSeconds = 400;

    private readonly Conversation _conversation;
    private readonly FaultKind _kind;
    private readonly bool _isClientSide;
    private readonly Proxy _proxy;
    private readonly Side _clientSide;
    private readonly List<Side> _origins = [];
    private readonly int _at;
    private readonly Peer _client;
    private int _judgedRequests;

    public FaultRun(Conversation conversation, FaultKind kind, bool isClientSide, int at)
    {
        _conversation = conversation;
        _kind = kind;
        _isClientSide = isClientSide;
        _at = at;
        _proxy = new Proxy(Yaml);
        _client = _proxy.Connect();
        Limit(_client, isClientSide);
        _clientSide = new Side(_client, kind, isClientSide ? at : int.MaxValue);
    }

    private bool IsHarmless => _kind is FaultKind.Split or FaultKind.OneOctetReads or FaultKind.OneOctetSends;

    // A tunnel whose one direction has ended still lives; behind an answer that ends the connection only rest is thrown away.
    private bool IsOver => _conversation.IsTunnel ? _client.IsClosed : _client.IsEnded;

    public static int OctetsOf(Conversation conversation, bool isClientSide) => isClientSide
        ? conversation.Client.Length + conversation.Later.Length
        : conversation.OnHead.Length + conversation.OnRequest.Sum(part => part.Length)
            + conversation.TunnelDown.Length;

    /// <summary>Plays it. False: the side never took so many octets, so there was no fault.</summary>
    public bool Go()
    {
        using (_proxy)
        {
            _clientSide.Say(_conversation.Client);
            Play();
            for (int second = 0; second < MostSeconds && !IsOver && !_clientSide.IsSatisfied; second++)
            {
                _proxy.Advance(1_000);
                Play();
                _clientSide.IsSatisfied = HasEverything();
            }

            bool isReached = IsReached();
            Judge();
            _proxy.AssertClean();
            return isReached;
        }
    }

    private bool IsReached()
    {
        Peer? faulty = _isClientSide ? _client : _origins.FirstOrDefault()?.Peer;
        return faulty is not null && faulty.Connection.Sent.Length >= _at;
    }

    private void Play()
    {
        bool isMoving = true;
        for (int i = 0; isMoving && i < 1_000; i++)
        {
            _proxy.Run();
            isMoving = PlayClient() | PlayOrigins();
        }

        isMoving.ShouldBeFalse("The conversation does not come to rest.");
    }

    private bool PlayClient()
    {
        if (_conversation.Signal.Length > 0 && !_clientSide.HasSaidMore
            && _client.Received.Contains(_conversation.Signal, StringComparison.Ordinal))
        {
            _clientSide.HasSaidMore = true;
            _clientSide.Say(_conversation.Later);
        }

        return _clientSide.Flush();
    }

    private bool PlayOrigins()
    {
        IReadOnlyList<Peer> connections = _proxy.Origin.Connections;
        while (_origins.Count < connections.Count)
        {
            // Only the first connection is faulty: what is tried again meets a server in good health.
            bool isFaulty = !_isClientSide && _origins.Count == 0;
            Limit(connections[_origins.Count], isFaulty);
            _origins.Add(new Side(connections[_origins.Count], _kind, isFaulty ? _at : int.MaxValue));
        }

        bool hasMoved = false;
        foreach (Side side in _origins)
        {
            Serve(side);
            hasMoved |= side.Flush();
        }

        return hasMoved;
    }

    private void Serve(Side side)
    {
        if (side.IsTunnel)
        {
            return;
        }

        if (_conversation.OnHead.Length > 0 && !side.HasSaidMore && side.Peer.Received.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            side.HasSaidMore = true;
            side.Say(_conversation.OnHead);
        }

        while (side.Peer.TryTake(isResponse: false, isHead: false, out Message request))
        {
            int number = _conversation.OnRequest.Count > 1 && request.StartLine.Contains("/2", StringComparison.Ordinal) ? 1 : 0;
            request.Body.ShouldBe(_conversation.RequestBodies[number], "half a request reached the origin as a whole one");
            side.Say(_conversation.OnRequest[number]);
            if (_conversation.IsTunnel)
            {
                side.IsTunnel = true;
                side.Say(_conversation.TunnelDown);
                break;
            }
        }
    }

    private bool HasEverything()
    {
        if (_conversation.IsTunnel)
        {
            return false;
        }

        int at = 0;
        for (int i = 0; i < _conversation.Expected.Count;)
        {
            bool isEnded = _client.IsEnded && !_client.WasReset;
            if (!Message.TryRead(_client.Received[at..], true, false, isEnded, out Message message, out int consumed))
            {
                return false;
            }

            at += consumed;
            i += message.Status >= 200 ? 1 : 0;
        }

        return true;
    }

    private void Judge()
    {
        string side = _isClientSide ? "client" : "origin";
        string what = $"{_conversation.Name} {_kind} {side} at {_at}: {_client.Received}";
        while (_client.Received.Length > 0)
        {
            if (!_client.TryTake(isResponse: true, isHead: false, out Message message))
            {
                JudgeTruncated(message, what);
                return;
            }

            if (message.Status == 101)
            {
                JudgeTunnel(what);
                return;
            }

            if (message.Status >= 200)
            {
                JudgeFinal(message, what);
            }
        }

        if (IsHarmless)
        {
            _judgedRequests.ShouldBe(_conversation.Expected.Count, what);
        }
        else if (_judgedRequests < _conversation.Expected.Count && !_isClientSide)
        {
            // The client did nothing wrong: it must not be left waiting.
            _client.IsEnded.ShouldBeTrue(what);
        }
    }

    private void JudgeFinal(Message message, string what)
    {
        if (message["Proxy-Status"] is not null)
        {
            IsHarmless.ShouldBeFalse(what);
            message.Status.ShouldBeInRange(400, 599, what);
            _judgedRequests++;
            return;
        }

        _judgedRequests.ShouldBeLessThan(_conversation.Expected.Count, what);
        (int status, string body) = _conversation.Expected[_judgedRequests++];
        message.Status.ShouldBe(status, what);
        message.Body.ShouldBe(body, what);
        if (_conversation.Name == "chunked-trailers")
        {
            message.Trailers.ShouldBe("X-Sum: 1\r\n", what);
        }
    }

    private void JudgeTruncated(Message message, string what)
    {
        IsHarmless.ShouldBeFalse(what);
        if (_isClientSide && _kind != FaultKind.End && !_client.IsClosed)
        {
            return;
        }

        _client.IsClosed.ShouldBeTrue(what);
        bool isFramed = message.StartLine.Length == 0
            || message["Content-Length"] is not null || message["Transfer-Encoding"] is not null;
        (isFramed || _client.WasReset).ShouldBeTrue(what);
    }

    private void JudgeTunnel(string what)
    {
        string down = _client.TakeAll();
        _conversation.TunnelDown.StartsWith(down, StringComparison.Ordinal).ShouldBeTrue(what);
        string up = _origins.Count > 0 ? _origins[0].Peer.TakeAll() : "";
        _conversation.Later.StartsWith(up, StringComparison.Ordinal).ShouldBeTrue(what);
        if (IsHarmless)
        {
            down.ShouldBe(_conversation.TunnelDown, what);
            up.ShouldBe(_conversation.Later, what);
        }

        // Whatever happens, the limits of tunnels end it.
        _client.IsClosed.ShouldBeTrue(what);
    }

    private void Limit(Peer peer, bool isFaulty)
    {
        if (isFaulty && _kind == FaultKind.OneOctetReads)
        {
            peer.Connection.MaxReceive = 1;
        }
        else if (isFaulty && _kind == FaultKind.OneOctetSends)
        {
            peer.Connection.MaxSend = 1;
        }
        else if (isFaulty && _kind >= FaultKind.ResetsWhileTaking)
        {
            peer.Connection.OpenWindow(_at);
        }
    }
}
