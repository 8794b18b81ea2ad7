using System.Text;
using Weir.Net.Connections;
using Weir.Net.Memory;
using Weir.Net.Tls;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A client that speaks TLS over memory: the test carries the records, as far and in such pieces as it likes.</summary>
internal sealed class SecureClient
{
    private readonly Proxy _proxy;
    private readonly StringBuilder _received = new();
    private int _toWeir;
    private int _fromWeir;
    private string _toSay = "";

    public SecureClient(Proxy proxy, MemoryConnection far, TlsClientContext clients)
    {
        _proxy = proxy;
        Far = far;
        Near = new MemoryConnection(proxy.Loop);
        Near.ConnectTls(clients);
    }

    /// <summary>The client's end.</summary>
    public MemoryConnection Near { get; }

    /// <summary>Weir's end.</summary>
    public MemoryConnection Far { get; }

    /// <summary>How the client's last read ended.</summary>
    public ReadStatus Last { get; private set; }

    /// <summary>The content received.</summary>
    public string Received => _received.ToString();

    /// <summary>Octets of records carried to Weir, and from it.</summary>
    public int ToWeir => _toWeir;

    public int FromWeir => _fromWeir;

    /// <summary>Where carrying ends.</summary>
    public int MostToWeir { get; set; } = int.MaxValue;

    public int MostFromWeir { get; set; } = int.MaxValue;

    /// <summary>How many octets Weir gets at once.</summary>
    public int PieceToWeir { get; set; } = int.MaxValue;

    /// <summary>Sends content, once the handshake is over.</summary>
    public SecureClient Say(string text)
    {
        _toSay += text;
        Pump();
        return this;
    }

    /// <summary>Carries what both sides have said, until they come to rest.</summary>
    public void Pump()
    {
        bool hasMoved = true;
        while (hasMoved)
        {
            _proxy.Run();
            Read();
            Speak();
            bool toWeir = Move(Near, Far, ref _toWeir, MostToWeir, PieceToWeir);
            bool fromWeir = Move(Far, Near, ref _fromWeir, MostFromWeir, int.MaxValue);
            hasMoved = toWeir || fromWeir;
        }

        if (Far.IsShutDown && Last == ReadStatus.Pending && !Near.IsClosed)
        {
            Near.PeerEnd();
            _proxy.Run();
            Read();
        }
    }

    /// <summary>Ends without a word: Weir sees the end of the transport.</summary>
    public void Vanish()
    {
        Far.PeerEnd();
        _proxy.Run();
    }

    /// <summary>Frees the client's end.</summary>
    public void Close()
    {
        Near.Close(reset: true);
        if (!Far.IsClosed)
        {
            Far.PeerReset();
        }

        _proxy.Run();
    }

    private void Read()
    {
        while (!Near.IsClosed && Last is ReadStatus.Data or ReadStatus.Pending)
        {
            Last = Near.TryRead();
            _received.Append(Encoding.Latin1.GetString(Near.Received));
            Near.Consume(Near.ReceivedCount);
            if (Last != ReadStatus.Data)
            {
                return;
            }
        }
    }

    private void Speak()
    {
        if (_toSay.Length == 0 || Near.HasFailed || Near.Tls is not { IsHandshaking: false })
        {
            return;
        }

        Encoding.Latin1.GetBytes(_toSay).CopyTo(Near.OutputSpace(_toSay.Length));
        Near.CommitOutput(_toSay.Length);
        _toSay = "";
        Near.FlushAsync(Connection.NoTimeout).IsCompleted.ShouldBeTrue();
    }

    private static bool Move(MemoryConnection from, MemoryConnection to, ref int moved, int most, int piece)
    {
        ReadOnlySpan<byte> sent = from.Sent[moved..];
        sent = sent[..Math.Min(Math.Min(sent.Length, most - moved), piece)];
        if (sent.IsEmpty || to.IsClosed)
        {
            return false;
        }

        moved += sent.Length;
        to.PeerSend(sent);
        return true;
    }
}
