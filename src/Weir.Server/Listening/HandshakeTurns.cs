namespace Weir.Server.Listening;

/// <summary>
/// How many handshakes one turn of a loop may begin: each costs as much as a hundred requests, and established connections come first.
/// Belongs to its loop.
/// </summary>
internal sealed class HandshakeTurns
{
    private const int PerTurn = 4;

    private long _turn = -1;
    private int _started;

    /// <summary>Takes one of the turn's places; false: there is none, come again in a later turn.</summary>
    public bool TryStart(long turn)
    {
        if (turn != _turn)
        {
            _turn = turn;
            _started = 0;
        }

        if (_started == PerTurn)
        {
            return false;
        }

        _started++;
        return true;
    }
}
