using Weir.Net.Time;

namespace Weir.Net.Tests.Testing;

/// <summary>A timer that does what the test says.</summary>
internal sealed class ActionTimer : LoopTimer
{
    private readonly Action<ActionTimer> _onDue;

    public ActionTimer(Action<ActionTimer> onDue) => _onDue = onDue;

    public int Number { get; init; }

    protected internal override void OnDue() => _onDue(this);

    protected internal override void OnReady()
    {
    }
}
