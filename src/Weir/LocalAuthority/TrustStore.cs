using System.Diagnostics;

namespace Weir.LocalAuthority;

/// <summary>Where this machine's programs look for the authorities that they believe: Debian's and its kin's.</summary>
public sealed class TrustStore
{
    private const string FileName = "weir-local-authority.crt";
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly string _program;

    /// <param name="folder">Where authorities of this machine's own are put.</param>
    /// <param name="program">What makes the machine's list anew.</param>
    public TrustStore(string folder = "/usr/local/share/ca-certificates", string program = "/usr/sbin/update-ca-certificates")
    {
        _folder = folder;
        _program = program;
    }

    /// <summary>The file that is ours.</summary>
    public string File => Path.Combine(_folder, FileName);

    /// <summary>What does it by hand.</summary>
    public string ByHand => $"sudo install -m 644 ROOT.pem {File} && sudo {_program}";

    /// <summary>Puts a root there. Null: done; else why not.</summary>
    public async Task<string?> InstallAsync(string rootPem)
    {
        try
        {
            if (!Directory.Exists(_folder))
            {
                return $"there is no folder {_folder} on this machine";
            }

            await System.IO.File.WriteAllTextAsync(File, rootPem);
            System.IO.File.SetUnixFileMode(File, Readable);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }

        return await UpdateAsync();
    }

    /// <summary>Takes it away. Null: it is gone; else why not.</summary>
    public async Task<string?> UninstallAsync()
    {
        try
        {
            if (!System.IO.File.Exists(File))
            {
                return null;
            }

            System.IO.File.Delete(File);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }

        return await UpdateAsync();
    }

    private async Task<string?> UpdateAsync()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using CancellationTokenSource late = new(_patience);
            Task<string> said = process.StandardError.ReadToEndAsync(late.Token);
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(late.Token), said, process.WaitForExitAsync(late.Token));
            return process.ExitCode == 0 ? null : $"{_program} ended with {process.ExitCode}: {(await said).Trim()}";
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return $"{_program} cannot be run: {exception.Message}";
        }
    }
}
