using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Weir.Interop.Tests.Peers;

/// <summary>The weir binary as a process of its own.</summary>
internal sealed partial class WeirProcess : IAsyncDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task<string> _errors;

    private WeirProcess(Process process, string folder, int port, Task<string> errors)
    {
        _process = process;
        _folder = folder;
        _errors = errors;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it. Where descriptors are limited, the shell's ulimit does it.</summary>
    public static async Task<WeirProcess> StartAsync(string yaml, int descriptors = 4096, string protocols = "[h1]")
    {
        string folder = Programs.NewFolder();
        string config = Path.Combine(folder, "weir.yaml");
        await File.WriteAllTextAsync(
            config, $"admin: off\nlisten: [{{ address: \"127.0.0.1:0\", protocols: {protocols} }}]\n" + yaml.Replace("{folder}", folder));
        Process process = Programs.Start("/bin/sh", "-c", $"ulimit -n {descriptors}; exec \"$0\" run -c \"$1\"", Programs.Weir, config);
        string said = "";
        while (await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            said += line + "\n";
            if (Listening().Match(line) is { Success: true } match)
            {
                int port = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                return new WeirProcess(process, folder, port, process.StandardError.ReadToEndAsync());
            }
        }

        Programs.End(process);
        throw new InvalidOperationException("weir did not start: " + said);
    }

    public Task<Wire> ConnectAsync() => Wire.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));

    public string ReadFile(string name) => File.ReadAllText(Path.Combine(_folder, name));

    /// <summary>Octets of memory that are its own and not on disk (VmRSS).</summary>
    public long ResidentOctets => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2].Trim(),
        CultureInfo.InvariantCulture);

    /// <summary>How many descriptors it holds now.</summary>
    public int CountDescriptors() => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    public void Terminate() => Kill(_process.Id, SigTerm).ShouldBe(0);

    /// <summary>Waits for its end and gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await _errors;
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Programs.End(_process);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex("listens on 127\\.0\\.0\\.1:([0-9]+)")]
    private static partial Regex Listening();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
