using System.Threading.Tasks.Sources;

namespace Weir.Abstractions.Tests.Async;

/// <summary>Something that a method waits for until the test lets it go. Reusable, allocates nothing.</summary>
internal sealed class ManualSource : IValueTaskSource<int>
{
    private Action<object?>? _continuation;
    private object? _state;
    private short _version;
    private int _result;

    public ValueTask<int> WaitAsync() => new(this, _version);

    public void Complete(int result)
    {
        _result = result;
        Action<object?> continuation = _continuation!;
        _continuation = null;
        continuation(_state);
    }

    public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    public int GetResult(short token)
    {
        _version++;
        return _result;
    }
}
