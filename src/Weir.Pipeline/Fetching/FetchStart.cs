using System.Threading.Tasks.Sources;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Pipeline.Fetching;

/// <summary>
/// The beginning of a fetch: completes once, in a turn of its own, when the response's head is there or the fetch failed.
/// </summary>
internal sealed class FetchStart : ReadyItem, IValueTaskSource<FetchResult>
{
    private readonly Loop _loop;
    private FetchResult? _result;
    private Action<object?>? _continuation;
    private object? _state;

    public FetchStart(Loop loop) => _loop = loop;

    /// <summary>Whether it is known how the fetch begins.</summary>
    public bool IsSet => _result is not null;

    public ValueTask<FetchResult> Task => _result is { } result ? new(result) : new(this, 0);

    /// <summary>Completes it; a second time is ignored.</summary>
    public void Set(FetchResult result)
    {
        if (_result is not null)
        {
            return;
        }

        _result = result;
        if (_continuation is not null)
        {
            _loop.Schedule(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<FetchResult>.GetStatus(short token) =>
        _result is null ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

    void IValueTaskSource<FetchResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    FetchResult IValueTaskSource<FetchResult>.GetResult(short token) => _result!;

    /// <inheritdoc/>
    protected override void OnReady() => _continuation!(_state);
}
