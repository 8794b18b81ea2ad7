using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Weir.Telemetry.Events;

/// <summary>
/// Writes events to a stream (standard error) from a thread of its own. The queue is bounded: when the stream is slower than the
/// events, the newest are lost and counted, and nobody waits.
/// </summary>
public sealed class LogWriter : ILogSink, IDisposable
{
    private const int QueueLength = 1024;

    private readonly BlockingCollection<LogRecord> _queue = new(QueueLength);
    private readonly Stream _stream;
    private readonly LogFormat _format;
    private readonly Thread _thread;
    private readonly StringBuilder _text = new();
    private readonly ArrayBufferWriter<byte> _octets = new();
    private WeirLog? _owner;
    private long _lostSaid;

    /// <summary>Starts the thread. The stream is closed with the writer.</summary>
    public LogWriter(Stream stream, LogFormat format)
    {
        _stream = stream;
        _format = format;
        _thread = new Thread(Run) { Name = "weir-events", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Names the log in front of this sink, so that what it held back or lost is said once a second.</summary>
    public void Attach(WeirLog owner) => Volatile.Write(ref _owner, owner);

    /// <inheritdoc/>
    public bool TryWrite(LogRecord record)
    {
        try
        {
            return _queue.TryAdd(record);
        }
        catch (InvalidOperationException)
        {
            // It was stopped meanwhile (ObjectDisposedException is one of these): nobody reads any more.
            return false;
        }
    }

    /// <summary>Writes what is queued and ends the thread. Returns false when the stream did not take it in time.</summary>
    public bool Stop(TimeSpan within)
    {
        _queue.CompleteAdding();
        return _thread.Join(within);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Stop(TimeSpan.FromSeconds(1)))
        {
            _queue.Dispose();
        }

        _stream.Dispose();
    }

    private void Run()
    {
        while (!_queue.IsCompleted)
        {
            if (_queue.TryTake(out LogRecord? record, millisecondsTimeout: 1000))
            {
                Write(record);
                continue;
            }

            SayWhatWasHeldBack();
        }
    }

    private void SayWhatWasHeldBack()
    {
        WeirLog? owner = Volatile.Read(ref _owner);
        owner?.FlushSuppressed();
        long lost = owner?.Lost ?? 0;
        if (lost > _lostSaid)
        {
            owner!.Write(OperatorEvents.EventsLost, lost - _lostSaid);
            _lostSaid = lost;
        }
    }

    private void Write(LogRecord record)
    {
        _octets.ResetWrittenCount();
        if (_format == LogFormat.Json)
        {
            LogRendering.WriteJson(record, _octets);
        }
        else
        {
            _text.Clear();
            if (_format == LogFormat.Journal)
            {
                LogRendering.WritePriority(record, _text);
            }

            LogRendering.WriteText(record, _text);
            Encoding.UTF8.GetBytes(_text.ToString(), _octets);
        }

        try
        {
            _stream.Write(_octets.WrittenSpan);
            _stream.Flush();
        }
        catch (IOException)
        {
            // Standard error is gone or full: there is nobody left to tell. The next record tries again.
        }
    }
}
