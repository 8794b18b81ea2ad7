using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Cli.Tests.Commands;

/// <summary>An origin that answers each request with its name, on connections that it keeps.</summary>
internal sealed class NamedOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _tasks = [];
    private readonly byte[] _answer;
    private readonly TaskCompletionSource? _gate;
    private int _count;

    /// <param name="name">What it answers.</param>
    /// <param name="gate">Answers wait for it; null: none waits.</param>
    public NamedOrigin(string name, TaskCompletionSource? gate = null)
    {
        _gate = gate;
        _answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\n\r\n{name}");
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _tasks.Add(AcceptAsync());
    }

    public int Port { get; }

    /// <summary>How many requests it has seen.</summary>
    public int Count => Volatile.Read(ref _count);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Task[] tasks;
        lock (_tasks)
        {
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                lock (_tasks)
                {
                    _tasks.Add(ServeAsync(client));
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            byte[] buffer = new byte[16 * 1024];
            int filled = 0;
            try
            {
                while (await client.GetStream().ReadAsync(buffer.AsMemory(filled), _end.Token) is var count and > 0)
                {
                    filled += count;
                    if (buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8))
                    {
                        Interlocked.Increment(ref _count);
                        filled = 0;
                        await (_gate?.Task.WaitAsync(_end.Token) ?? Task.CompletedTask);
                        await client.GetStream().WriteAsync(_answer, _end.Token);
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The end of the test, or of the connection.
            }
        }
    }
}
