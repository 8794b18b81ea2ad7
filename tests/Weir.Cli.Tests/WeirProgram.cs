using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Cli.Tests;

/// <summary>A run of the program as a user starts it: arguments in; standard output, standard error and the exit code out.</summary>
internal sealed partial class WeirProgram : IAsyncDisposable
{
    // A machine that does much else at the same time is no reason to fail.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly SemaphoreSlim _news = new(0);

    private WeirProgram(Process process) => _process = process;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using WeirProgram program = Start(arguments);
        int code = await program.ExitAsync();
        return (code, program.Output, program.Errors);
    }

    public static WeirProgram Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "weir"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };

        // The apphost looks for its runtime where the tests' own lives.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        WeirProgram program = new(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => program.Take(program._output, line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Take(program._errors, line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Waits until a text stands in what was written.</summary>
    public async Task<string> SeeAsync(string text)
    {
        using CancellationTokenSource end = new(_patience);
        while (!Output.Contains(text, StringComparison.Ordinal) && !Errors.Contains(text, StringComparison.Ordinal))
        {
            _process.HasExited.ShouldBeFalse($"'{text}' did not come; the program wrote:\n{Output}\n{Errors}");
            await _news.WaitAsync(TimeSpan.FromMilliseconds(100), end.Token);
        }

        return Output + Errors;
    }

    /// <summary>The port of a program that was told to take a free one.</summary>
    public async Task<int> PortAsync()
    {
        await SeeAsync(" listens on ");
        string address = Errors[(Errors.IndexOf("listens on ", StringComparison.Ordinal) + 11)..].Split(' ', ',')[0];
        return int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    public void Signal(int number) => Kill(_process.Id, number).ShouldBe(0);

    public async Task<int> ExitAsync()
    {
        using CancellationTokenSource end = new(_patience);
        await _process.WaitForExitAsync(end.Token);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _news.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.Append(line).Append('\n');
        }

        _news.Release();
    }
}
