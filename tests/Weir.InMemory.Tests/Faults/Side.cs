using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Faults;

/// <summary>One side of a faulty conversation: what it says goes out until its fault.</summary>
internal sealed class Side
{
    private readonly FaultKind _kind;
    private readonly int _faultAt;
    private readonly int _resetAt;
    private string _pending = "";
    private int _said;
    private bool _isOver;

    public Side(Peer peer, FaultKind kind, int faultAt)
    {
        Peer = peer;
        _kind = kind;
        _faultAt = kind >= FaultKind.OneOctetReads ? int.MaxValue : faultAt;
        _resetAt = kind == FaultKind.ResetsWhileTaking ? faultAt : int.MaxValue;
    }

    public Peer Peer { get; }

    public bool HasSaidMore { get; set; }

    public bool IsTunnel { get; set; }

    public bool IsSatisfied { get; set; }

    public void Say(string text) => _pending += text;

    /// <summary>Sends what is allowed to go; true when that was anything.</summary>
    public bool Flush()
    {
        if (!_isOver && !Peer.IsClosed && Peer.Connection.Sent.Length >= _resetAt)
        {
            _isOver = true;
            Peer.Connection.PeerReset();
            return true;
        }

        if (_isOver || Peer.IsClosed || (_pending.Length == 0 && _said != _faultAt))
        {
            return false;
        }

        int count = Math.Min(_pending.Length, _faultAt - _said);
        if (count > 0)
        {
            Peer.Connection.PeerSend(System.Text.Encoding.Latin1.GetBytes(_pending[..count]));
            _pending = _pending[count..];
            _said += count;
            return true;
        }

        return Fail();
    }

    private bool Fail()
    {
        if (_kind == FaultKind.Split)
        {
            // The first segment was seen alone; now the second one follows.
            Peer.Connection.PeerSend(System.Text.Encoding.Latin1.GetBytes(_pending));
            _said += _pending.Length + 1;
            _pending = "";
            return true;
        }

        _isOver = true;
        if (_kind == FaultKind.Reset)
        {
            Peer.Connection.PeerReset();
        }
        else if (_kind == FaultKind.End)
        {
            Peer.Connection.PeerEnd();
        }

        return _kind != FaultKind.Stall;
    }
}
