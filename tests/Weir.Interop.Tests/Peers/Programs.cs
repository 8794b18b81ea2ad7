using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Weir.Interop.Tests.Peers;

/// <summary>Programs that a test runs: found, bounded in time, ended with the test.</summary>
internal static class Programs
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    /// <summary>The built weir binary.</summary>
    public static string Weir { get; } = typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "WeirProgram").Value!;

    /// <summary>A folder of the test's own.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("weir-interop-").FullName;

    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // The apphost of weir looks for the runtime that runs this test.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "../../../.."));
        return Process.Start(start)!;
    }

    /// <summary>Runs a program to its end; its standard output as Latin-1 would be wrong for text, so it is read as UTF-8.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using Process process = Start(program, arguments);
        using CancellationTokenSource deadline = new(_patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Waits until a program accepts connections; false when it ended before, or does not within 20 s.</summary>
    public static async Task<bool> AnswersAsync(Process process, int port)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 1000 && !process.HasExited; i++)
        {
            try
            {
                using Wire wire = await Wire.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return true;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync();
            }
        }

        return false;
    }

    public static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }
}
