using Weir.Net.Loops;

namespace Weir.Net.Tests.Testing;

/// <summary>An item of the ready list that does what the test says.</summary>
internal sealed class ActionItem : ReadyItem
{
    private readonly Action<ActionItem> _onReady;

    public ActionItem(Action<ActionItem> onReady) => _onReady = onReady;

    protected internal override void OnReady() => _onReady(this);
}
