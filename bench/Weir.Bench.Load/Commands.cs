using System.Text;

namespace Weir.Bench.Load;

/// <summary>
/// Runs asked for on standard input, a line of options each; the answer is a line of JSON. The origin answers all the time.
/// </summary>
internal sealed unsafe class Commands(Poller poller)
{
    private const int StandardInput = 0;
    private const long HourNanoseconds = 3600L * 1_000_000_000;

    private readonly StringBuilder _pending = new();
    private bool _isOver;

    /// <returns>The exit status.</returns>
    public int Serve(int port)
    {
        using Origin origin = new(port, poller);
        poller.OnCommand = Read;
        poller.Add(StandardInput, EventKind.Command, 0);
        Console.WriteLine("ready");
        while (!_isOver)
        {
            poller.Wait(HourNanoseconds);
            while (TakeLine() is { } line)
            {
                Run(line);
            }
        }

        return 0;
    }

    private void Run(string line)
    {
        if (!LoadOptions.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out LoadOptions options, out string message))
        {
            Console.WriteLine($"{{\"error\": \"{message.Split('\n')[0]}\"}}");
            return;
        }

        using Generator generator = new(options, poller);
        Console.WriteLine(generator.Run().ToJson());
    }

    private void Read()
    {
        nint read = Native.Read(StandardInput, poller.Buffer, Poller.BufferBytes);
        _isOver |= read <= 0;
        _ = _pending.Append(Encoding.ASCII.GetString(poller.Buffer, (int)Math.Max(read, 0)));
    }

    private string? TakeLine()
    {
        string text = _pending.ToString();
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        _ = _pending.Remove(0, end + 1);
        return text[..end];
    }
}
