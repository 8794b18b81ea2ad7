using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Weir.Config.Model;

namespace Weir.Acme;

/// <summary>
/// DNS-01 (RFC 8555 section 8.4) through a program of the user's: `PROGRAM present _acme-challenge.NAME. VALUE` sets a TXT record and ends
/// when it can be seen, `PROGRAM cleanup …` removes it.
/// </summary>
internal sealed class DnsProver : IProver
{
    private const int MostSaid = 300;

    // A process that ends waits for it.
    private static readonly TimeSpan _longestCleanup = TimeSpan.FromSeconds(10);

    private readonly string _program;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;

    public DnsProver(string program, TimeSpan timeout, TimeProvider clock)
    {
        _program = program;
        _timeout = timeout;
        _clock = clock;
    }

    public AcmeChallenge Kind => AcmeChallenge.Dns;

    public async Task<IAsyncDisposable> ShowAsync(string name, string token, string authorization, CancellationToken cancelled)
    {
        string value = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(authorization)));
        await RunAsync("present", name, value, _timeout, cancelled);
        return new Shown(async () =>
        {
            try
            {
                await RunAsync("cleanup", name, value, _timeout < _longestCleanup ? _timeout : _longestCleanup, CancellationToken.None);
            }
            catch (AcmeException)
            {
                // A record that stays harms nobody; whoever proves the name next has another value.
            }
        });
    }

    private async Task RunAsync(string verb, string name, string value, TimeSpan timeout, CancellationToken cancelled)
    {
        ProcessStartInfo start = new(_program, [verb, $"_acme-challenge.{name}.", value])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetDirectoryName(_program),
        };
        using CancellationTokenSource late = new(timeout, _clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancelled, late.Token);
        using Process process = new() { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new AcmeException($"acme.dns.exec cannot be run: {exception.Message}", exception);
        }

        try
        {
            process.StandardInput.Close();
            Task<string> said = LastLineAsync(process.StandardError, end.Token);
            await Task.WhenAll(said, LastLineAsync(process.StandardOutput, end.Token), process.WaitForExitAsync(end.Token));
            if (process.ExitCode != 0)
            {
                throw new AcmeException($"acme.dns.exec {verb} ended with {process.ExitCode}: {await said}");
            }
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw cancelled.IsCancellationRequested
                ? exception
                : new AcmeException($"acme.dns.exec {verb} did not end within {timeout.TotalSeconds} s", exception);
        }
    }

    private static async Task<string> LastLineAsync(StreamReader reader, CancellationToken cancelled)
    {
        string last = "it said nothing";
        char[] chunk = new char[1024];
        StringBuilder line = new();
        int count;
        while ((count = await reader.ReadAsync(chunk, cancelled)) > 0)
        {
            foreach (char letter in chunk.AsSpan(0, count))
            {
                if (letter != '\n')
                {
                    _ = line.Length < MostSaid ? line.Append(letter) : line;
                    continue;
                }

                last = line.Length > 0 ? line.ToString() : last;
                line.Clear();
            }
        }

        return line.Length > 0 ? line.ToString() : last;
    }
}
