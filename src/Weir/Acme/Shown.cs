namespace Weir.Acme;

/// <summary>A proof that is shown until this is disposed of.</summary>
internal sealed class Shown : IAsyncDisposable
{
    private readonly Func<ValueTask> _end;

    public Shown(Func<ValueTask> end) => _end = end;

    public ValueTask DisposeAsync() => _end();
}
