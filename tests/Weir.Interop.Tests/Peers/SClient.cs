using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Weir.Interop.Tests.Peers;

/// <summary>`openssl s_client`, with one request over what it connects to.</summary>
internal static partial class SClient
{
    /// <summary>Shakes hands, asks for "/" and ends. What it said, and what it exited with.</summary>
    public static async Task<(int Code, string Said)> AskAsync(int port, string host, params IEnumerable<string> more)
    {
        string[] options = [.. more];
        string[] name = options.Contains("-noservername") ? [] : ["-servername", host];
        ProcessStartInfo start = new("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", .. name, "-ign_eof", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            try
            {
                await process.StandardInput.WriteAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended already: its handshake was refused.
            }

            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            Programs.End(process);
        }
    }

    /// <summary>Whether it resumed a session.</summary>
    public static bool IsResumed(string said) => Reused().IsMatch(said);

    [GeneratedRegex("^Reused, TLSv", RegexOptions.Multiline)]
    private static partial Regex Reused();
}
