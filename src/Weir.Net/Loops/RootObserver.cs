using System.Runtime.CompilerServices;

namespace Weir.Net.Loops;

/// <summary>Awaits a root task for its exception only. Reused: a busy loop observes a task for each exchange.</summary>
internal sealed class RootObserver
{
    private readonly Loop _loop;
    private readonly Action _onCompleted;
    private ValueTaskAwaiter _awaiter;

    public RootObserver(Loop loop)
    {
        _loop = loop;
        _onCompleted = OnCompleted;
    }

    public RootObserver? NextFree { get; set; }

    public void Start(ValueTask task)
    {
        NextFree = null;
        _awaiter = task.GetAwaiter();
        if (_awaiter.IsCompleted)
        {
            OnCompleted();
            return;
        }

        _awaiter.UnsafeOnCompleted(_onCompleted);
    }

    private void OnCompleted()
    {
        ValueTaskAwaiter awaiter = _awaiter;
        _awaiter = default;
        _loop.ReturnObserver(this);
        try
        {
            awaiter.GetResult();
        }
        catch (Exception exception)
        {
            // The edge where a defect's exception becomes a report: the connection's own code has closed it already.
            _loop.ReportFailure(exception);
        }
    }
}
