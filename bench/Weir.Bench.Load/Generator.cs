// Hot: it shares a CPU with the origin that answers the server under test, and must cost less than both.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>One thread that sends what is due, reads what came, and waits for whichever is next.</summary>
internal sealed unsafe class Generator : IDisposable
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Requests that were due at the end are waited for this long, then they count as unanswered.
    private static readonly long _graceTicks = Stopwatch.Frequency * 2;

    private readonly LoadOptions _options;
    private readonly LoadConnection[] _connections;
    private readonly Queue<int> _free;
    private readonly Latencies _latencies = new();
    private readonly Poller _poller;
    private readonly byte* _request;
    private readonly int _requestLength;

    private long _start;
    private long _recordFrom;
    private long _end;
    private long _due;
    private long _responses;
    private long _errors;

    public Generator(LoadOptions options, Poller poller)
    {
        _options = options;
        _poller = poller;
        byte[] request = Encoding.ASCII.GetBytes(
            $"GET {options.Path} HTTP/1.1\r\nHost: {options.Authority}\r\nUser-Agent: weir-bench\r\nAccept: */*\r\n\r\n");
        _requestLength = request.Length;
        _request = (byte*)NativeMemory.Alloc((nuint)request.Length);
        request.CopyTo(new Span<byte>(_request, request.Length));
        _connections = [.. Enumerable.Range(0, options.Connections).Select(_ => new LoadConnection(options.Target))];
        _free = new Queue<int>(options.Connections);
    }

    private bool IsClosedLoop => _options.Rate == 0;

    public Result Run()
    {
        _poller.OnLoad = Receive;
        for (int i = 0; i < _connections.Length; i++)
        {
            Open(i);
            _free.Enqueue(i);
        }

        _start = Stopwatch.GetTimestamp();
        _recordFrom = _start + (_options.WarmupSeconds * Stopwatch.Frequency);
        _end = _recordFrom + (_options.Seconds * Stopwatch.Frequency);
        long now = _start;
        while (now < _end || (HasPending() && now < _end + _graceTicks))
        {
            SendWhatIsDue(now);
            _poller.Wait(NanosecondsUntilNext(now));
            now = Stopwatch.GetTimestamp();
        }

        long unanswered = IsClosedLoop ? 0 : ArrivalsBefore(_end) - _due + _connections.LongCount(connection => connection.IntendedAt != 0);
        return new Result(_options.Rate, _options.Seconds, _responses, _errors, unanswered, _latencies);
    }

    public void Dispose()
    {
        foreach (LoadConnection connection in _connections)
        {
            connection.Dispose();
        }

        NativeMemory.Free(_request);
    }

    private bool HasPending() => !IsClosedLoop && (_due < ArrivalsBefore(_end) || _free.Count < _connections.Length);

    private long ArrivalsBefore(long time) =>
        (long)((((Int128)(time - _start) * _options.Rate) + Stopwatch.Frequency - 1) / Stopwatch.Frequency);

    private long TimeOf(long arrival) => _start + (long)((Int128)arrival * Stopwatch.Frequency / _options.Rate);

    private void SendWhatIsDue(long now)
    {
        if (IsClosedLoop)
        {
            while (now < _end && _free.TryDequeue(out int index))
            {
                Send(index, now);
            }

            return;
        }

        long arrived = ArrivalsBefore(Math.Min(now, _end));
        while (_due < arrived && _free.TryDequeue(out int index))
        {
            Send(index, TimeOf(_due++));
        }
    }

    private void Send(int index, long intendedAt)
    {
        LoadConnection connection = _connections[index];
        connection.IntendedAt = Math.Max(intendedAt, 1);
        if (Native.Send(connection.Descriptor, _request, _requestLength, Native.NoSignal) != _requestLength)
        {
            Fail(index);
        }
    }

    private long NanosecondsUntilNext(long now)
    {
        // Nothing can be sent before an answer frees a connection, or nothing is to be sent any more.
        if (IsClosedLoop || _free.Count == 0 || now >= _end)
        {
            return NanosecondsPerSecond / 10;
        }

        return Math.Clamp((TimeOf(_due) - now) * NanosecondsPerSecond / Stopwatch.Frequency, 0, NanosecondsPerSecond / 10);
    }

    private void Receive(int index)
    {
        LoadConnection connection = _connections[index];
        nint read = Native.Receive(connection.Descriptor, _poller.Buffer, Poller.BufferBytes, 0);
        if (read < 0 && Marshal.GetLastPInvokeError() == Native.WouldBlock)
        {
            return;
        }

        // Octets on an idle connection are an answer that nobody asked for, or the server closed it.
        ReadOutcome outcome = read <= 0 || connection.IntendedAt == 0
            ? ReadOutcome.Broken
            : connection.Reader.Read(new ReadOnlySpan<byte>(_poller.Buffer, (int)read));
        if (outcome == ReadOutcome.Broken)
        {
            Fail(index);
        }
        else if (outcome == ReadOutcome.Done)
        {
            Complete(index);
        }
    }

    private void Complete(int index)
    {
        LoadConnection connection = _connections[index];
        long now = Stopwatch.GetTimestamp();
        if (connection.IntendedAt >= _recordFrom)
        {
            _latencies.Record((now - connection.IntendedAt) * 1_000_000 / Stopwatch.Frequency);
            _responses++;
            _errors += connection.Reader.Status is >= 200 and < 300 ? 0 : 1;
        }

        connection.IntendedAt = 0;
        _free.Enqueue(index);
    }

    private void Fail(int index)
    {
        _errors++;
        bool isFree = _connections[index].IntendedAt == 0;
        Open(index);
        if (!isFree)
        {
            _free.Enqueue(index);
        }
    }

    private void Open(int index)
    {
        _connections[index].Open();
        _poller.Add(_connections[index].Descriptor, EventKind.Load, index);
    }
}
