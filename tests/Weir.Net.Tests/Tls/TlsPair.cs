using Weir.Net.Connections;
using Weir.Net.Memory;
using Weir.Net.Tests.Testing;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

/// <summary>A client and a server that speak TLS to each other, over memory: the test carries the records.</summary>
internal sealed class TlsPair : IDisposable
{
    private readonly TestLoop _test;
    private readonly TlsClientContext _clients;
    private int _toServer;
    private int _toClient;

    public TlsPair(TestLoop test, TlsContext server, TlsClientContext clients, AlpnProtocols protocols = AlpnProtocols.Http1)
    {
        _test = test;
        _clients = clients;
        Client = test.Connect();
        Server = test.Connect();
        Server.AcceptTls(server, null, protocols);
    }

    public MemoryConnection Client { get; }

    public MemoryConnection Server { get; }

    /// <summary>What is done to the client's session before it begins.</summary>
    public Action<nint>? Prepare { get; set; }

    /// <summary>Octets of records carried so far, both ways.</summary>
    public int Carried => _toServer + _toClient;

    /// <summary>Where carrying ends: the fault of a fault test.</summary>
    public int MostCarried { get; set; } = int.MaxValue;

    /// <summary>Shakes hands; what came of it on both sides.</summary>
    public (ReadStatus Client, ReadStatus Server) ShakeHands()
    {
        Client.ConnectTls(_clients);
        Prepare?.Invoke(Client.Tls!.Handle);
        Task<ReadStatus> client = Client.ReadAsync(Connection.NoTimeout).AsTask();
        Task<ReadStatus> server = Server.ReadAsync(Connection.NoTimeout).AsTask();
        Carry();
        if (Carried >= MostCarried)
        {
            Client.PeerReset();
            Server.PeerReset();
            _test.Turn();
        }

        return (_test.Result(new ValueTask<ReadStatus>(client)), _test.Result(new ValueTask<ReadStatus>(server)));
    }

    /// <summary>Carries what was sent, until nobody sends any more.</summary>
    public void Carry()
    {
        bool hasMoved = true;
        while (hasMoved)
        {
            _test.Turn();
            bool toServer = Move(Client, Server, ref _toServer);
            bool toClient = Move(Server, Client, ref _toClient);
            hasMoved = toServer || toClient;
        }
    }

    public void Dispose()
    {
        Client.Close();
        Server.Close();
        _test.Turn();
    }

    private bool Move(MemoryConnection from, MemoryConnection to, ref int moved)
    {
        ReadOnlySpan<byte> sent = from.Sent[moved..];
        int room = MostCarried - Carried;
        sent = sent[..Math.Min(sent.Length, room)];
        if (sent.IsEmpty || to.IsClosed)
        {
            return false;
        }

        moved += sent.Length;
        to.PeerSend(sent);
        return true;
    }
}
