namespace Weir.Pipeline.Health;

/// <summary>Answers in a row, and what they make of a server. One prober's own.</summary>
internal sealed class CheckStreak
{
    private readonly int _rise;
    private readonly int _fall;
    private bool _isFailing;
    private bool _isKnown;
    private bool _lastWasGood;

    /// <summary>Begins with what is known already.</summary>
    public CheckStreak(int rise, int fall, bool isFailing, bool isKnown)
    {
        _rise = rise;
        _fall = fall;
        _isFailing = isFailing;
        _isKnown = isKnown || isFailing;
    }

    /// <summary>Like answers in a row, the last one included.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// Takes an answer. A server of which nothing is known is used, so that a single good answer is enough to call it healthy; to make it
    /// fail takes as many bad ones as ever.
    /// </summary>
    public CheckTurn Take(bool isGood)
    {
        Length = isGood == _lastWasGood ? Math.Min(Length, int.MaxValue - 1) + 1 : 1;
        _lastWasGood = isGood;
        if (!isGood)
        {
            return !_isFailing && Length >= _fall ? Turn(CheckTurn.Fell) : CheckTurn.None;
        }

        if (_isFailing)
        {
            return Length >= _rise ? Turn(CheckTurn.Rose) : CheckTurn.None;
        }

        return _isKnown ? CheckTurn.None : Turn(CheckTurn.Known);
    }

    private CheckTurn Turn(CheckTurn turn)
    {
        _isFailing = turn == CheckTurn.Fell;
        _isKnown = true;
        return turn;
    }
}
